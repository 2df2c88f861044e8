package e2e_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// The demo company: its logins are printed, its conversations are there, and
// its two numbers are simulated by the program itself.
func TestDemo(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d database) {
		p := launch(t, d, "127.0.0.1", "--demo")
		x := &demo{t: t, program: p, contract: newContract(t)}
		x.signInAll()
		x.everybodyHasWork()
		x.customerOnThePhone()
		x.simulatedTime()
		x.faults()
		x.ownNumber()
		x.restart()
		p.book.silentAbout(t, "Zuleica", "5541987659999", "abajur")
	})
}

// demo is a running demo and the people whose logins it printed.
type demo struct {
	t        *testing.T
	program  *program
	contract *contract
	people   map[string][]*client // by role
	chat     simChat
	ticket   ticket
	agent    *client
}

type simChat struct {
	ID              string     `json:"id"`
	ConnectionID    string     `json:"connection_id"`
	Name            string     `json:"name"`
	Phone           string     `json:"phone"`
	Open            bool       `json:"open"`
	WindowExpiresAt *time.Time `json:"window_expires_at"`
}

type simMessage struct {
	ID         string `json:"id"`
	Direction  string `json:"direction"`
	ProviderID string `json:"provider_id"`
	Status     string `json:"status"`
	View       struct {
		Type  string `json:"type"`
		Body  string `json:"body"`
		Media *struct {
			URL  string `json:"url"`
			Kind string `json:"kind"`
		} `json:"media"`
	} `json:"view"`
}

type simConnection struct {
	ConnectionID string `json:"connection_id"`
	Faults       []struct {
		Kind string `json:"kind"`
	} `json:"faults"`
}

// printedLogins reads role, e-mail and password of the lines under the notice.
func (x *demo) printedLogins() [][]string {
	x.t.Helper()
	x.program.book.find(x.t, "Sign in with:")
	x.program.book.find(x.t, "diego.nunes@")
	var list [][]string
	for _, line := range x.program.book.all() {
		if f := strings.Fields(line); len(f) == 3 && strings.Contains(f[1], "@") && slices.Contains([]string{"admin", "supervisor", "user"}, f[0]) {
			list = append(list, f)
		}
	}
	return list
}

func (x *demo) signInAll() {
	x.t.Helper()
	if s := get[setupState](guest(x.t, x.program, x.contract), "/setup"); s.Needed || !s.Demo {
		x.t.Errorf("the demo says %+v", s)
	}
	x.people = map[string][]*client{}
	logins := x.printedLogins()
	for _, l := range logins {
		c := signIn(x.t, x.program, x.contract, l[1], l[2])
		if c.me.Role != l[0] || !c.me.Account.Demo || !c.me.Sandbox {
			x.t.Errorf("%s signs in as %+v", l[1], c.me)
		}
		x.people[l[0]] = append(x.people[l[0]], c)
	}
	if len(logins) != 6 || len(x.people["admin"]) == 0 || len(x.people["supervisor"]) == 0 || len(x.people["user"]) < 3 {
		x.t.Fatalf("%d logins are printed: %v", len(logins), logins)
	}
}

func (x *demo) admin() *client { return x.people["admin"][0] }

// everybodyHasWork: tickets of every state, counted as listed, and no text of
// the simulator's in the way.
func (x *demo) everybodyHasWork() {
	x.t.Helper()
	total := 0
	for _, list := range x.people {
		for _, c := range list {
			n := get[counters](c, "/counters")
			for status, counted := range map[string]int{"open": n.Open, "pending": n.Pending, "closed": n.Closed} {
				listed := all[ticket](c, "/tickets?status="+status)
				if len(listed) != counted {
					x.t.Errorf("%s lists %d %s tickets, the badge says %d", c.me.Name, len(listed), status, counted)
				}
				if c.me.Role == "admin" {
					total += len(listed)
				}
			}
			if n.Open+n.Pending+n.Closed == 0 {
				x.t.Errorf("%s has no tickets", c.me.Name)
			}
		}
	}
	if total < 24 {
		x.t.Errorf("the demo has %d tickets, a few dozen are promised", total)
	}
	for _, t := range all[ticket](x.admin(), "/tickets?status=open") {
		for _, m := range x.admin().messages(t.ID) {
			if slices.Contains([]string{"pending", "sending"}, m.Status) {
				x.t.Errorf("a message of the story is still %s: %s", m.Status, asJSON(m))
			}
			for _, f := range m.Media {
				x.admin().message("the file of the story is there", m.ID, func(m message) bool { return m.Media[0].State == "ready" })
				if a := x.admin().raw("/api/v1/media/" + f.ID); a.status != http.StatusOK || len(a.body) == 0 {
					x.t.Errorf("a file of the story: %d", a.status)
				}
			}
		}
	}
	if list := all[template](x.admin(), "/templates?status=APPROVED"); len(list) < 3 {
		x.t.Errorf("the demo has %d approved templates", len(list))
	}
}

// write has the customer of the chat send something.
func (x *demo) write(body fields) simMessage {
	x.t.Helper()
	return post[simMessage](x.admin(), "/sandbox/chats/"+x.chat.ID+"/messages", body)
}

// phone is what the customer's phone shows, newest first.
func (x *demo) phone() []simMessage {
	x.t.Helper()
	return get[page[simMessage]](x.admin(), "/sandbox/chats/"+x.chat.ID+"/messages").Items
}

// customerOnThePhone plays a new customer through the simulator's API.
func (x *demo) customerOnThePhone() {
	t := x.t
	lines := get[items[simConnection]](x.admin(), "/sandbox/connections").Items
	if len(lines) != 2 {
		t.Fatalf("%d simulated connections", len(lines))
	}
	if chats := all[simChat](x.admin(), "/sandbox/chats"); len(chats) < 10 {
		t.Errorf("%d chats", len(chats))
	}
	x.chat = post[simChat](x.admin(), "/sandbox/chats", fields{"connection_id": lines[0].ConnectionID, "phone": "+55 41 98765-9999", "name": "Zuleica"})
	stream := x.admin().listen()
	x.write(fields{"type": "text", "body": "Vocês têm abajur?"})
	f := stream.wait("ticket.added", func(f frame) bool { return f.Type == "ticket.added" && f.Ticket.Contact.Name == "Zuleica" })
	x.ticket = f.Ticket
	i := slices.IndexFunc(x.people["user"], func(c *client) bool { return slices.Contains(c.me.Queues, deref(x.ticket.QueueID)) })
	if i < 0 {
		t.Fatalf("nobody works in the queue of %+v", x.ticket)
	}
	x.agent = x.people["user"][i]
	x.agent.act(x.ticket.ID, "accept")

	upload := x.admin().file("luz.jpg", "image/jpeg", jpegFile(t, 90, 60))
	x.write(fields{"type": "image", "media_id": upload.ID, "body": "igual a este"})
	eventually(t, "the picture arrives", func() (bool, any) {
		list := x.agent.messages(x.ticket.ID)
		last := list[len(list)-1]
		return last.Type == "image" && last.Media[0].State == "ready" && last.Media[0].Width == 90, last
	})
	patch[simChat](x.admin(), "/sandbox/chats/"+x.chat.ID, fields{"open": true})
	x.agent.reaches(x.agent.say(x.ticket.ID, "Temos dois modelos").ID, "read")
	file := x.agent.file("modelos.jpg", "image/jpeg", jpegFile(t, 120, 80))
	m := post[message](x.agent, "/tickets/"+x.ticket.ID+"/messages", fields{"type": "image", "media_id": file.ID})
	x.agent.reaches(m.ID, "read")
	shown := x.phone()
	if len(shown) != 4 || shown[0].View.Media == nil || shown[1].View.Body != "Temos dois modelos" {
		t.Fatalf("the phone shows %s", asJSON(shown))
	}
	if a := x.admin().raw(shown[0].View.Media.URL); a.status != http.StatusOK || !bytes.Equal(a.body, jpegFile(t, 120, 80)) {
		t.Errorf("the phone's picture: %d, %d bytes", a.status, len(a.body))
	}
}

// simulatedTime lets the window of one conversation end, on both sides.
func (x *demo) simulatedTime() {
	t := x.t
	stream := x.agent.listen()
	aged := post[simChat](x.admin(), "/sandbox/chats/"+x.chat.ID+"/age", fields{"left": 0})
	if aged.WindowExpiresAt == nil || aged.WindowExpiresAt.After(time.Now()) {
		t.Errorf("the simulator's window ends at %v", aged.WindowExpiresAt)
	}
	f := stream.of(0, "ticket.updated", x.ticket.ID)
	if f.Ticket.WindowExpiresAt == nil || f.Ticket.WindowExpiresAt.After(time.Now()) {
		t.Errorf("W3: the window ends at %v", f.Ticket.WindowExpiresAt)
	}
	path := "/tickets/" + x.ticket.ID + "/messages"
	x.agent.refused(http.StatusUnprocessableEntity, "window_closed", http.MethodPost, path, fields{"body": "Ainda aí?"})
	waiting := post[message](x.agent, path, fields{"body": "Ainda aí?", "queue": true})
	if waiting.Status != "queued_window" {
		t.Errorf("W1: %+v", waiting)
	}
	x.write(fields{"body": "Estou"})
	x.agent.reaches(waiting.ID, "read")
}

// faults makes the simulated provider fail and recover.
func (x *demo) faults() {
	t := x.t
	path := "/sandbox/connections/" + x.chat.ConnectionID + "/faults"
	on := put[simConnection](x.admin(), path, fields{"faults": []any{fields{"kind": "server_error", "count": 1}}})
	if len(on.Faults) != 1 {
		t.Errorf("faults: %+v", on)
	}
	x.agent.reaches(x.agent.say(x.ticket.ID, "Depois de um erro da Meta").ID, "read")
	put[simConnection](x.admin(), path, fields{"faults": []any{fields{"kind": "refuse", "code": 131026}}})
	failed := x.agent.reaches(x.agent.say(x.ticket.ID, "Recusada").ID, "failed")
	if failed.Error == nil || failed.Error.Code != "undeliverable" {
		t.Errorf("refused: %s", asJSON(failed))
	}
	put[simConnection](x.admin(), path, fields{"faults": []any{}})
}

// ownNumber adds a simulated number: connected at once, and working.
func (x *demo) ownNumber() {
	t := x.t
	queue := get[page[named]](x.admin(), "/queues").Items[0].ID
	made := post[connection](x.admin(), "/sandbox/connections", fields{"name": "Terceiro número", "queues": []string{queue}})
	if made.State != "connected" || !made.Simulated {
		t.Errorf("a simulated connection: %+v", made)
	}
	chat := post[simChat](x.admin(), "/sandbox/chats", fields{"connection_id": made.ID, "phone": "5541987659998", "name": "Yara"})
	post[simMessage](x.admin(), "/sandbox/chats/"+chat.ID+"/messages", fields{"type": "text", "body": "Oi"})
	tk := x.admin().ticketOf("pending", "5541987659998")
	if deref(tk.QueueID) != queue {
		t.Errorf("it went to queue %v", tk.QueueID)
	}
}

// restart: the demo is not made twice, and the simulator goes on where it was.
func (x *demo) restart() {
	t := x.t
	before := get[counters](x.admin(), "/counters")
	x.program.stop()
	x.program.start()
	if after := get[counters](x.admin(), "/counters"); after != before {
		t.Errorf("after the restart: %+v, before %+v", after, before)
	}
	x.write(fields{"body": "E depois de reiniciar?"})
	eventually(t, "her message arrives after the restart", func() (bool, any) {
		list := x.agent.messages(x.ticket.ID)
		last := list[len(list)-1]
		return last.Body == "E depois de reiniciar?", last
	})
	x.agent.reaches(x.agent.say(x.ticket.ID, "Tudo certo").ID, "read")
}
