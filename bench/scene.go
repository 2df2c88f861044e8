package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// scene is a database with its program, provider and signed-in administrator,
// on which everything of one database is measured.
type scene struct {
	*stage
	prog    *program
	run     *running
	out     *provider
	admin   *browser
	texts   []string       // to write with
	writing []conversation // customers have written lately: the service window is open
	more    []conversation // the same on the numbers beside those of the data
	seq     atomic.Int64   // of everything a run makes
	taken   atomic.Int64   // messages accepted by the operations

	sentOnly []int // messages of the data that have not reached their phones
}

// conversation is an open ticket with its contact's number.
type conversation struct {
	ticket int
	id     desk.ID
	line   line
	phone  string
}

const (
	textPool = 2_000
	senders  = 64 // of O7
)

func openScene(ctx context.Context, prog *program, st *stage) (*scene, error) {
	s := &scene{stage: st, prog: prog}
	w := newWriter(seed+1, st.d.words, 0) // what O9 looks for stays as it was
	for n := range textPool {
		s.texts = append(s.texts, w.text(n))
	}
	for n := range s.d.messages {
		if s.d.undelivered(n) {
			s.sentOnly = append(s.sentOnly, n)
		}
	}
	var err error
	if s.out, err = startProvider(ctx, st.company); err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.out.stop(ctx))
	}
	return s, nil
}

// start runs the program and signs in.
func (s *scene) start(ctx context.Context) (err error) {
	if s.run, err = s.prog.start(ctx, s.place); err != nil {
		return err
	}
	if s.admin == nil {
		if s.admin, err = signIn(ctx, s.run.addr, adminEmail); err != nil {
			s.run.kill()
			return err
		}
	}
	s.admin.addr = s.run.addr // sessions outlive the process
	if err := s.out.attach(ctx, s.admin, s.company); err != nil {
		s.run.kill()
		return err
	}
	return nil
}

// close ends what is left of the program, and the provider.
func (s *scene) close(ctx context.Context) error {
	s.run.kill()
	err := s.out.stop(ctx)
	s.stage.close()
	return err
}

func (s *scene) text(n int64) string { return s.texts[int(n)%len(s.texts)] }

// customersWrite opens the service window of every open ticket: on the phones
// of the simulator, whose webhooks bring it in.
func (s *scene) customersWrite(ctx context.Context) error {
	for i := range s.d.tickets {
		t := &s.d.tickets[i]
		if t.status != desk.Open || i == 0 || len(s.writing) == 1_000 {
			continue
		}
		c := conversation{ticket: i, id: t.id, line: s.company.Connections[t.connection], phone: phoneOf(t.contact)}
		_, err := s.out.world.SendAsCustomer(ctx, sandbox.CustomerMessage{AccountID: s.company.Account, PhoneNumberID: c.line.PhoneID,
			Phone: c.phone, Name: "Cliente", Type: sandbox.TypeText, Body: s.text(int64(i))})
		if err != nil {
			return fmt.Errorf("customer writes: %w", err)
		}
		s.writing = append(s.writing, c)
	}
	return s.windowsOpen(ctx)
}

// windowsOpen waits until all of them may be answered.
func (s *scene) windowsOpen(ctx context.Context) error {
	deadline := time.Now().Add(20 * time.Second)
	for _, c := range s.writing {
		for {
			var t struct {
				Window *time.Time `json:"window_expires_at"`
			}
			if err := s.admin.get(ctx, "/api/v1/tickets/"+c.id.String(), &t); err != nil {
				return err
			}
			if t.Window != nil && t.Window.After(time.Now()) {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("the message of the customer of ticket %d did not arrive", c.ticket+1)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	return nil
}

// on are the conversations of one of the company's numbers.
func (s *scene) on(connection int) []conversation {
	id := s.company.Connections[connection].ID
	return slices.DeleteFunc(slices.Concat(s.writing, s.more), func(c conversation) bool { return c.line.ID != id })
}

// webhook is a signed request of Meta's with one text message, as the
// simulator would write it.
func (s *scene) webhook(l line, phone, text string, n int64) []byte {
	return s.signed(l, incoming(l, phone, text, n))
}

// signed is a webhook with a value (Meta: webhooks/messages).
func (s *scene) signed(l line, value string) []byte {
	body := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":%q,"changes":[{"field":"messages","value":%s}]}]}`, wabaID, value)
	return rawRequest("POST", s.run.addr, l.Hook, body, "X-Hub-Signature-256: "+sandbox.Sign(appSecret, []byte(body)))
}

// incoming is the value of one with a message.
func incoming(l line, phone, text string, n int64) string {
	return fmt.Sprintf(`{"messaging_product":"whatsapp","metadata":{"display_phone_number":%q,"phone_number_id":%q},`+
		`"contacts":[{"profile":{"name":"Cliente"},"wa_id":%q}],"messages":[%s]}`,
		l.Display, l.PhoneID, phone, element(phone, text, n))
}

// element is its message. The id is the run's own.
func element(phone, text string, n int64) string {
	return fmt.Sprintf(`{"from":%q,"id":"wamid.RUN%d","timestamp":"%d","type":"text","text":{"body":%q}}`, phone, n, time.Now().Unix(), text)
}

// reply is a request to answer in a conversation.
func (s *scene) reply(c conversation, text string, n int64) []byte {
	return rawRequest("POST", s.run.addr, "/api/v1/tickets/"+c.id.String()+"/messages", `{"body":`+quoted(text)+`}`,
		"Cookie: "+s.admin.cookie, fmt.Sprintf("Idempotency-Key: bench-%d", n))
}

func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // every string can be JSON
	}
	return string(b)
}

// removeAll forgets a run's copy of the data.
func (s *stage) removeAll() error { return os.RemoveAll(filepath.Dir(s.dir)) }
