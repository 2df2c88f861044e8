package e2e_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/prosa-desk/prosa/internal/sandbox"
)

// Two companies on one installation know nothing of each other.
func TestTwoCompanies(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d database) {
		p := launch(t, d, "127.0.0.1")
		w := setUp(t, p, "")
		w.hire()
		w.open(sandbox.Limits{SentMS: 10, DeliveredMS: 30})
		n := &neighbours{company: w}
		n.furnish()
		p.stop()
		if out, err := command(t, p, nil, password+"\n", "--data-dir", p.data, "user", "add", "--account", "Concorrente",
			"--name", "Zélia", "--email", "zelia@concorrente.example", "--role", "admin", "--password-stdin"); err != nil {
			t.Fatalf("user add: %v\n%s", err, out)
		}
		p.start()
		n.zelia = signIn(t, p, w.contract, "zelia@concorrente.example", password)
		n.nothingToRead()
		n.nothingToDo()
		n.nothingToHear()
	})
}

// neighbours are a company with something of everything, and the administrator
// of another one.
type neighbours struct {
	*company
	zelia    *client
	customer customer
	ticket   ticket
	said     message
	tag      string
	upload   media
}

func (n *neighbours) furnish() {
	n.t.Helper()
	n.tag = post[named](n.ada, "/tags", fields{"name": "VIP", "color": "#FAB005"}).ID
	n.provider.must(n.provider.box.SeedTemplates(n.t.Context(), meta, waba, []byte(templateSet)))
	n.ada.done(http.MethodPost, "/templates/sync", fields{})
	n.customer, n.ticket = n.served("Guido", "5511987650701")
	n.upload = n.ana.file("x.jpg", "image/jpeg", jpegFile(n.t, 9, 9))
	n.said = n.ana.messages(n.ticket.ID)[0]
}

func (n *neighbours) nothingToRead() {
	n.t.Helper()
	at := "/tickets/" + n.ticket.ID
	for _, path := range []string{at, at + "/messages", at + "/timeline", at + "/log", at + "/waiting", "/messages/" + n.said.ID,
		"/contacts/" + n.ticket.Contact.ID, "/queues/" + n.vendas, "/users/" + n.ana.me.ID, "/tags/" + n.tag, "/connections/" + n.shop.ID,
		"/templates/" + n.template("boas_vindas").ID, "/contacts/" + n.ticket.Contact.ID + "/history",
		"/users/" + n.ana.me.ID + "/history"} {
		n.zelia.hidden(http.MethodGet, path, nil)
	}
	if a := n.zelia.raw("/api/v1/media/" + n.upload.ID); a.status != http.StatusNotFound {
		n.t.Errorf("a file of the other company: %d", a.status)
	}
	for _, path := range []string{"/tickets", "/contacts", "/queues", "/tags", "/connections", "/templates", "/teams", "/raw-events", "/sandbox/chats",
		"/sandbox/connections", "/settings/history"} {
		if a := n.zelia.done(http.MethodGet, path, nil); len(decode[items[json.RawMessage]](n.t, a.body).Items) != 0 {
			n.t.Errorf("%s of a new company: %.500s", path, a.body)
		}
	}
	if list := all[named](n.zelia, "/users"); len(list) != 1 {
		n.t.Errorf("users of a new company: %+v", list)
	}
}

func (n *neighbours) nothingToDo() {
	n.t.Helper()
	at := "/tickets/" + n.ticket.ID
	n.zelia.hidden(http.MethodPost, at+"/accept", nil)
	n.zelia.hidden(http.MethodPost, at+"/messages", fields{"body": "oi"})
	n.zelia.hidden(http.MethodPatch, "/users/"+n.ana.me.ID, fields{"active": false})
	n.zelia.hidden(http.MethodPatch, "/connections/"+n.shop.ID, fields{"active": false})
	n.zelia.hidden(http.MethodDelete, "/tags/"+n.tag, nil)
	n.zelia.refused(http.StatusUnprocessableEntity, "unknown_reference", http.MethodPost, "/tickets", fields{"mode": "steps",
		"contact_id": n.ticket.Contact.ID, "connection_id": n.shop.ID, "queue_id": n.vendas})
}

func (n *neighbours) nothingToHear() {
	n.t.Helper()
	stream := n.zelia.listen()
	n.received(n.ticket.ID, n.customer.writes("segredo da loja").WAMID)
	if r := get[searchResult](n.zelia, "/search?q=segredo"); len(r.Messages)+len(r.Tickets) != 0 {
		n.t.Errorf("the other company finds %+v", r)
	}
	post[named](n.zelia, "/queues", fields{"name": "Vendas", "color": "#228BE6"})
	stream.wait("register.changed", func(f frame) bool { return f.Type == "register.changed" })
	stream.knowsNothing(0, n.ticket.ID, "segredo", "Guido")
}
