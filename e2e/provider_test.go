package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// provider is Meta: the simulator as a server of its own with a database of its
// own, in this process, so that the program may be killed beside it.
type provider struct {
	t     *testing.T
	db    *dbx.DB
	box   *sandbox.Sandbox
	graph *httptest.Server
}

const (
	meta      = desk.ID(1) // the simulator's account
	appSecret = "app-secret-of-the-test"
	token     = "EAAB-token-of-the-test"
	waba      = "200000000000001"
)

func newProvider(t *testing.T) *provider {
	t.Helper()
	ids := desk.NewIDs(time.Now, 900, 0)
	db := testkit.SQLite(t)
	p := &provider{t: t, db: db, box: sandbox.New(sandbox.Options{DB: db, Now: time.Now, Seed: 11, IDs: ids.Next})}
	p.graph = httptest.NewServer(p.box.Graph())
	if err := p.box.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		if err := p.box.Stop(ctx); err != nil {
			t.Errorf("stop the provider: %v", err)
		}
		p.graph.CloseClientConnections()
		p.graph.Close()
	})
	return p
}

// in is the same provider in a subtest.
func (p *provider) in(t *testing.T) *provider {
	sub := *p
	sub.t = t
	return &sub
}

// number registers a phone number; its webhooks go nowhere until it is
// connected.
func (p *provider) number(id, display, name string, limits sandbox.Limits) {
	p.t.Helper()
	p.must(p.box.AddNumber(p.t.Context(), sandbox.Number{AccountID: meta, PhoneNumberID: id, WABAID: waba, Display: display,
		VerifiedName: name, AccessToken: token, AppSecret: appSecret, VerifyToken: "none yet", CallbackURL: p.graph.URL + "/nowhere",
		Limits: limits}))
}

// settings are what an administrator types to connect a number.
func (p *provider) settings(id string) fields {
	return fields{"phone_number_id": id, "waba_id": waba, "access_token": token, "app_secret": appSecret, "graph_url": p.graph.URL}
}

// connect is Meta's webhook form: the URL must answer the challenge, then the
// number's webhooks go there.
func (p *provider) connect(id string, c connection) {
	p.t.Helper()
	if err := p.box.VerifyCallback(p.t.Context(), c.WebhookURL, c.VerifyToken); err != nil {
		p.t.Fatalf("the webhook URL did not prove itself: %v", err)
	}
	n, err := p.box.Number(p.t.Context(), meta, id)
	p.must(err)
	n.CallbackURL, n.VerifyToken = c.WebhookURL, c.VerifyToken
	p.must(p.box.UpdateNumber(p.t.Context(), n))
}

func (p *provider) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// customer is somebody with a phone.
type customer struct {
	p      *provider
	number string // the business's phone number id she writes to
	phone  string
	name   string
}

// does has her do something on her phone, which must be possible.
func (c customer) does(m sandbox.CustomerMessage) sandbox.Message {
	c.p.t.Helper()
	m.AccountID, m.PhoneNumberID, m.Phone, m.Name = meta, c.number, c.phone, c.name
	sent, err := c.p.box.SendAsCustomer(c.p.t.Context(), m)
	c.p.must(err)
	return sent
}

func (c customer) writes(text string) sandbox.Message {
	c.p.t.Helper()
	return c.does(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: text})
}

// chat is her conversation with the number.
func (c customer) chat() sandbox.Chat {
	c.p.t.Helper()
	list, _, err := c.p.box.Chats(c.p.t.Context(), sandbox.ChatQuery{AccountID: meta, PhoneNumberID: c.number})
	c.p.must(err)
	for _, chat := range list {
		if desk.MatchKey(chat.User.WaID) == desk.MatchKey(c.phone) {
			return chat
		}
	}
	c.p.t.Fatalf("%s has no chat", c.phone)
	return sandbox.Chat{}
}

// sees waits until her phone shows a message of the business and returns it.
func (c customer) sees(wamid string) sandbox.Message {
	c.p.t.Helper()
	var found sandbox.Message
	eventually(c.p.t, "the phone shows "+wamid, func() (bool, any) {
		for _, m := range c.screen() {
			if m.WAMID == wamid {
				found = m
				return true, nil
			}
		}
		return false, nil
	})
	return found
}

// screen is what her phone shows, newest first.
func (c customer) screen() []sandbox.Message {
	c.p.t.Helper()
	list, err := c.p.box.ChatMessages(c.p.t.Context(), meta, c.chat().ID, 0, 200)
	c.p.must(err)
	return list
}

// reads opens the chat once.
func (c customer) reads() {
	c.p.t.Helper()
	c.p.must(c.p.box.Read(c.p.t.Context(), meta, c.chat().ID))
}

// ledger is everything a number accepted, in order.
func (p *provider) ledger(id string) []sandbox.Message {
	p.t.Helper()
	var list []sandbox.Message
	for after := int64(0); ; {
		page, err := p.box.Messages(p.t.Context(), sandbox.LedgerQuery{AccountID: meta, PhoneNumberID: id, AfterSeq: after})
		p.must(err)
		list = append(list, page...)
		if len(page) == 0 {
			return list
		}
		after = page[len(page)-1].Seq
	}
}

// owes counts the webhooks that nobody has taken yet.
func (p *provider) owes() (n int) {
	p.t.Helper()
	p.must(p.db.Read(p.t.Context()).QueryRow(`SELECT count(*) FROM sandbox_webhook`).Scan(&n))
	return n
}

// fails switches faults of a number; none switches all off.
func (p *provider) fails(id string, faults ...sandbox.Fault) {
	p.t.Helper()
	p.must(p.box.SetFaults(p.t.Context(), meta, id, faults))
}

// webhook posts a body as Meta would, with any signature, and returns the
// status; an error means that there was no answer.
func webhook(ctx context.Context, client *http.Client, url, signature string, body []byte) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if signature != "" {
		req.Header.Set("X-Hub-Signature-256", signature)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// signed posts a rightly signed body and returns the status.
func signed(t *testing.T, url string, body []byte) int {
	t.Helper()
	status, err := webhook(t.Context(), http.DefaultClient, url, sandbox.Sign(appSecret, body), body)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// envelope is a webhook about a number with the given elements of a list.
func envelope(id, list string, elements ...any) []byte {
	value := fields{"messaging_product": "whatsapp", "metadata": fields{"display_phone_number": "551130000000", "phone_number_id": id}, list: elements}
	body, err := json.Marshal(fields{"object": "whatsapp_business_account", "entry": []any{
		fields{"id": waba, "time": time.Now().Unix(), "changes": []any{fields{"field": "messages", "value": value}}}}})
	if err != nil {
		panic(err) // text and numbers can always be JSON
	}
	return body
}

// textFrom is one received text as Meta writes it.
func textFrom(phone, wamid, body string) fields {
	return fields{"from": phone, "id": wamid, "timestamp": fmt.Sprint(time.Now().Unix()), "type": "text", "text": fields{"body": body}}
}
