package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// Each viewer gets her own can[] and sees phones as she may (C17); those who
// are shown the same share the same bytes.
func TestStreamFramesDifferByViewer(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.queues(h.bruno, h.vendas)
		h.settings("hide_phone_from_users", true)
		ticket, _ := h.writes("5511987654321", h.one, h.vendas, "Olá")
		h.ok(h.desk.Accept(h.Context(), h.viewer(h.ana), ticket.ID, 0))
		ana, bruno, sonia := h.listen(h.ana), h.listen(h.bruno), h.listen(h.sonia)
		h.change(ticket.ID, desk.EvTicketTyped, func(*desk.Ticket) {})
		row, err := h.s.TicketView(h.q(), h.operator(), ticket.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []*ear{ana, bruno, sonia} {
			var f struct {
				Ticket struct {
					Can     []desk.Action
					Contact struct{ Phone string }
				}
			}
			e.last(frameTicketUpdated, &f)
			v := h.viewer(e.user)
			if want := v.Can(&row.Ticket, desk.Abilities{Templates: true, Reactions: true, Receipts: true}); !slices.Equal(f.Ticket.Can, want) {
				t.Errorf("can %v, want %v", f.Ticket.Can, want)
			}
			if got := f.Ticket.Contact.Phone; strings.Contains(got, "8765") != v.SeesPhones() {
				t.Errorf("phone %q, sees phones: %v", got, v.SeesPhones())
			}
		}
	})
}

func TestStreamSharesEqualFrames(t *testing.T) {
	a, b := desk.Viewer{UserID: 1, Role: desk.RoleSupervisor}, desk.Viewer{UserID: 2, Role: desk.RoleSupervisor}
	mine := desk.Viewer{UserID: 3, Role: desk.RoleUser}
	t0 := &told{row: &store.TicketView{Ticket: desk.Ticket{ID: 9, Status: desk.Open, UserID: 3}}, line: &lineOf{}}
	bodies := newBodies()
	var frames [][]byte
	for _, v := range []*desk.Viewer{&a, &b, &mine} {
		f, err := bodies.ticket(frameTicketUpdated, v, 9, t0)
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
	if &frames[0][0] != &frames[1][0] {
		t.Error("two supervisors got two copies of one frame")
	}
	if &frames[0][0] == &frames[2][0] {
		t.Error("the agent got the supervisors' frame")
	}
}

// A message that was deleted is empty for users and whole for administrators,
// in whatever order they are told (decisions.md 23).
func TestStreamHidesDeletedMessages(t *testing.T) {
	eachHouse(t, func(h *house) {
		_, m := h.writes("5511987654321", h.one, h.vendas, "segredo")
		ears := []*ear{h.listen(h.ana), h.listen(h.boss), h.listen(h.sonia)}
		h.do(func(tx *dbx.Tx) error {
			if _, err := h.s.RevokeMessage(tx, h.account, m.ID, 0); err != nil {
				return err
			}
			sight, err := h.s.SightOf(tx, &m)
			if err != nil {
				return err
			}
			return h.s.RecordMessage(tx, desk.EvMessageDeleted, desk.System(), &m, sight, nil)
		})
		for _, e := range ears {
			var f struct {
				Version int64
				Message struct {
					Body    string
					Version int64
				}
			}
			e.last(frameMessageUpdated, &f)
			if got := f.Message.Body == "segredo"; got != (e.user == h.boss) {
				t.Errorf("user %d of %d was told %q", e.user, h.boss, f.Message.Body)
			}
			if f.Version != 2 || f.Message.Version != 2 {
				t.Errorf("version %d %d, want the message's", f.Version, f.Message.Version)
			}
		}
	})
}

// Ticks are announced only, and still arrive; the ticket comes with them,
// because its list shows the last message's state.
func TestStreamTellsTicks(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, m := h.writes("5511987654321", h.one, h.vendas, "Olá")
		ana := h.listen(h.ana)
		ana.forget()
		h.do(func(tx *dbx.Tx) error {
			sight := ticket.Sight()
			h.s.AnnounceMessage(tx, &m, &sight)
			return nil
		})
		ana.hears("ticket.updated "+ticket.ID.String(), "message.updated "+m.ID.String())
		h.do(func(tx *dbx.Tx) error {
			h.s.AnnounceMessage(tx, &m, nil) // whoever announces need not know the sight
			return nil
		})
		ana.hears("ticket.updated "+ticket.ID.String(), "message.updated "+m.ID.String())
	})
}

// What the stream tells of a ticket's log is what its timeline holds.
func TestStreamEventsAreTheTimelines(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, _ := h.writes("5511987654321", h.one, h.vendas, "Olá")
		sonia := h.listen(h.sonia)
		sonia.forget()
		v := h.viewer(h.sonia)
		before, err := h.s.Timeline(h.q(), v, ticket.ID, store.TimelineQuery{})
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range desk.EventTypes() {
			if strings.HasPrefix(string(typ), "ticket.") && typ != desk.EvTicketCreated {
				h.change(ticket.ID, typ, func(*desk.Ticket) {})
			}
		}
		after, err := h.s.Timeline(h.q(), v, ticket.ID, store.TimelineQuery{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, item := range after.Items[len(before.Items):] {
			want = append(want, "event.created "+string(item.Event.Type))
		}
		got := slices.DeleteFunc(sonia.told(), func(s string) bool { return !strings.HasPrefix(s, "event.") })
		if !slices.Equal(got, want) || len(want) < 8 {
			t.Fatalf("told %q, the timeline has %q", got, want)
		}
	})
}

// A contact's new name shows in the lists.
func TestStreamShowsContactsAnew(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, _ := h.writes("5511987654321", h.one, h.vendas, "Olá")
		ana, bruno := h.listen(h.ana), h.listen(h.bruno)
		h.settings("users_only_own_wallet", true)
		ana.forget()
		bruno.forget()
		name := "Mariana Albuquerque"
		h.do(func(tx *dbx.Tx) error {
			_, err := h.s.UpdateContact(tx, h.operator(), ticket.ContactID, store.ContactPatch{Name: &name})
			return err
		})
		var f struct {
			Ticket struct{ Contact struct{ Name string } }
		}
		ana.last(frameTicketUpdated, &f)
		if f.Ticket.Contact.Name != name {
			t.Fatalf("the ticket shows %q", f.Ticket.Contact.Name)
		}
		ana.hears("ticket.updated "+ticket.ID.String(), "register.changed contacts")
		bruno.hears("register.changed contacts") // not whose
	})
}

// Alerts of connections go to those who look after them, registers to all.
func TestStreamTellsAlertsAndRegisters(t *testing.T) {
	eachHouse(t, func(h *house) {
		ana, boss := h.listen(h.ana), h.listen(h.boss)
		ana.forget()
		boss.forget()
		h.do(func(tx *dbx.Tx) error {
			return h.s.Record(tx, desk.Event{AccountID: h.account, Type: desk.EvConnectionAlert, Entity: "connection", EntityID: h.one,
				Data: map[string]any{"code": "flagged"}})
		})
		ana.hears()
		var f struct {
			Notification struct {
				ConnectionID string `json:"connection_id"`
				Data         map[string]any
			}
		}
		boss.last(frameNotification, &f)
		if f.Notification.ConnectionID != h.one.String() || f.Notification.Data["code"] != "flagged" {
			t.Fatalf("told %+v", f)
		}
		boss.hears(frameNotification)
		name := "Vendas e trocas"
		h.do(func(tx *dbx.Tx) error {
			_, err := h.s.UpdateQueue(tx, h.operator(), h.vendas, store.QueuePatch{Name: &name})
			return err
		})
		ana.hears("register.changed queues " + h.vendas.String())
	})
}

// Colleagues hear who comes, pauses and leaves. A page that loads again is no
// leaving.
func TestStreamTellsPresence(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		h := newHouse(t, db, func(h *Hub) { h.timing.grace = 50 * time.Millisecond })
		bruno := h.listen(h.bruno)
		says := func(available, online bool) {
			want := presenceFrame{Type: framePresence, UserID: id(h.ana), Available: available, Online: online}
			bruno.await("presence", func() bool {
				return slices.ContainsFunc(bruno.frames, func(f heard) bool {
					var got presenceFrame
					return f.kind == framePresence && json.Unmarshal(f.text, &got) == nil && got == want
				})
			})
			bruno.mu.Lock()
			bruno.frames = nil
			bruno.mu.Unlock()
		}
		ana := h.listen(h.ana)
		says(true, true)
		h.do(func(tx *dbx.Tx) error { return h.s.SetAvailability(tx, h.viewer(h.ana), false, "almoço") })
		says(false, true)
		_ = ana.body.Close()
		again := h.listen(h.ana)
		time.Sleep(100 * time.Millisecond) // longer than the grace
		bruno.mu.Lock()
		heardOf := slices.ContainsFunc(bruno.frames, func(f heard) bool {
			return f.kind == framePresence && strings.Contains(string(f.text), `"online":false`)
		})
		bruno.mu.Unlock()
		if u, err := h.s.User(h.q(), h.account, h.ana); err != nil || u.OnlineAt == 0 || heardOf {
			t.Fatalf("a reload counts as leaving: online %v, told %v, %v", u.OnlineAt, heardOf, err)
		}
		_ = again.body.Close()
		says(false, false)
		if u, err := h.s.User(h.q(), h.account, h.ana); err != nil || u.OnlineAt != 0 {
			t.Fatalf("still online: %v %v", u.OnlineAt, err)
		}
	})
}

// Whom no process notes any more is offline; whoever is here stays.
func TestPresenceNotes(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.listen(h.bruno)
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			u, err := h.s.User(h.q(), h.account, h.bruno)
			if err == nil && u.OnlineAt != 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("Bruno never came online", err)
			}
		}
		h.do(func(tx *dbx.Tx) error { return h.s.SetOnline(tx, h.account, h.ana, h.now()) })
		h.clock.Advance(absence * h.hub.timing.attend * 2)
		h.hub.attending.note()
		list, err := h.s.Presences(h.q(), h.account, []desk.ID{h.ana, h.bruno})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			if p.Online != (p.UserID == h.bruno) {
				t.Errorf("%d of %d is online: %v", p.UserID, h.bruno, p.Online)
			}
		}
	})
}
