package api

import (
	"context"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// notification is an event addressed to this user.
type notification struct {
	ID           id             `json:"id"`
	Type         desk.EventType `json:"type"`
	At           when           `json:"at"`
	Seen         bool           `json:"seen"`
	Actor        actor          `json:"actor"`
	TicketID     ref            `json:"ticket_id"`
	TicketNumber int64          `json:"ticket_number,omitempty"`
	ContactName  string         `json:"contact_name,omitempty"`
	QueueID      ref            `json:"queue_id"`
	UserID       ref            `json:"user_id" doc:"agent of the ticket"`
	MessageID    ref            `json:"message_id"`
	ConnectionID ref            `json:"connection_id"`
	Data         map[string]any `json:"data"`
}

type notifications struct {
	Items  []notification `json:"items"`
	Next   *string        `json:"next" doc:"cursor of the next page; null at the end"`
	Unseen int            `json:"unseen" doc:"at most 30"`
}

type notificationsIn struct {
	Cursor string `query:"cursor" maxLength:"300" doc:"next of the page before"`
}

type notificationsSeen struct {
	ID id `json:"id" doc:"the newest one seen"`
}

type seeNotifications struct{ Body notificationsSeen }

func (s *Server) notificationRoutes() {
	op := operation{tag: "me"}
	handle(s, op.get("list-notifications", "/me/notifications", "Events addressed to this user, newest first",
		"New in my queues, handed to me, my message did not leave; for those who look after connections, a connection's trouble."), s.listNotifications)
	handle(s, op.post("see-notifications", "/me/notifications/seen", "Everything up to here has been seen", "").empty(), s.seeNotifications)
}

func (s *Server) listNotifications(ctx context.Context, in *notificationsIn) (*body[notifications], error) {
	v := viewer(ctx)
	p, err := s.store.Notices(s.read(ctx), v, in.Cursor)
	if err != nil {
		return nil, err
	}
	unseen, err := s.unseen(ctx, v)
	if err != nil {
		return nil, err
	}
	list, err := s.viewNotices(ctx, v, p.Items)
	if err != nil {
		return nil, err
	}
	return answer(notifications{Items: list, Next: cursor(p.Next), Unseen: unseen}), nil
}

// unseen counts the notifications on the first page that are news to the
// viewer.
func (s *Server) unseen(ctx context.Context, v *desk.Viewer) (int, error) {
	seen, err := s.store.NoticesSeen(s.read(ctx), v.AccountID, v.UserID)
	if err != nil {
		return 0, err
	}
	p, err := s.store.Notices(s.read(ctx), v, "")
	n := 0
	for _, e := range p.Items {
		if e.ID > seen {
			n++
		}
	}
	return n, err
}

// viewNotices translates events with the tickets they are about.
func (s *Server) viewNotices(ctx context.Context, v *desk.Viewer, events []desk.Event) ([]notification, error) {
	q := s.read(ctx)
	seen, err := s.store.NoticesSeen(q, v.AccountID, v.UserID)
	if err != nil {
		return nil, err
	}
	var wanted []desk.ID
	for _, e := range events {
		if e.TicketID != 0 {
			wanted = append(wanted, e.TicketID)
		}
	}
	rows, err := s.store.TicketViews(q, v.AccountID, wanted)
	if err != nil {
		return nil, err
	}
	tickets := make(map[desk.ID]*store.TicketView, len(rows))
	for i := range rows {
		tickets[rows[i].ID] = &rows[i]
	}
	names, err := s.store.UserNames(q, v.AccountID, actorsOf(events))
	if err != nil {
		return nil, err
	}
	return viewed(events, func(e desk.Event) notification { return viewNotice(v, e, tickets[e.TicketID], names, seen) }), nil
}

func viewNotice(v *desk.Viewer, e desk.Event, t *store.TicketView, names map[desk.ID]string, seen desk.ID) notification {
	n := notification{ID: id(e.ID), Type: e.Type, At: when(e.At), Seen: e.ID <= seen, Actor: viewActor(e.Actor, names),
		TicketID: ref(e.TicketID), MessageID: ref(e.MessageID), Data: e.Data}
	if n.Data == nil {
		n.Data = map[string]any{}
	}
	if e.Entity == "connection" {
		n.ConnectionID = ref(e.EntityID)
	}
	if t != nil && v.CanSee(t.Sight()) {
		n.TicketNumber, n.ContactName = t.Number, nameFor(v, t.Contact.Name, t.Contact.Phone)
		n.QueueID, n.UserID, n.ConnectionID = ref(t.QueueID), ref(t.UserID), ref(t.ConnectionID)
	}
	return n
}

func (s *Server) seeNotifications(ctx context.Context, in *seeNotifications) (*none, error) {
	v := viewer(ctx)
	return nil, s.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		return s.store.SeeNotices(tx, v.AccountID, v.UserID, desk.ID(in.Body.ID))
	})
}
