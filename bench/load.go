package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// loader writes a data set the way a year of work would have left it: the
// store's own statements, in the order of time, under a clock of that time.
// What retention has long removed (raw events, idempotency keys) is not made.
type loader struct {
	*dataset
	company  *company
	store    *store.Store
	now      time.Time
	contacts []person
	texts    *writer
	photos   []desk.Media // none but on the desk
}

// person is a contact as stored, with her row on her connection.
type person struct{ contact, identity, channel desk.ID }

// chunk is how many rows of the data set one transaction writes: many more than
// the program would, because nobody waits.
const chunk = 2_000

func load(ctx context.Context, s *store.Store, c *company, d *dataset, photos []desk.Media) error {
	l := &loader{dataset: d, company: c, photos: photos}
	l.store = store.New(s.DB, nil, func() time.Time { return l.now }, nil)
	if err := l.meetAll(ctx); err != nil {
		return fmt.Errorf("contacts: %w", err)
	}
	if err := l.openAll(ctx); err != nil {
		return fmt.Errorf("tickets: %w", err)
	}
	if err := l.happenAll(ctx); err != nil {
		return fmt.Errorf("messages: %w", err)
	}
	return nil
}

func (l *loader) at(ms int64) { l.now = time.UnixMilli(ms) }

// each runs fn for 0 … n-1, some a transaction.
func (l *loader) each(ctx context.Context, n int, fn func(tx *dbx.Tx, i int) error) error {
	for from := 0; from < n; from += chunk {
		err := l.store.DB.Do(ctx, func(tx *dbx.Tx) error {
			for i := from; i < min(from+chunk, n); i++ {
				if err := fn(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// phoneOf is the number of the n-th contact; names are words of the vocabulary.
func phoneOf(contact int) string { return fmt.Sprintf("5511981%06d", contact) }

func (l *loader) nameOf(contact int) string {
	title := func(s string) string { r := []rune(s); return strings.ToUpper(string(r[:1])) + string(r[1:]) }
	n := len(l.words)
	return title(l.words[n/2+contact%(n/2)]) + " " + title(l.words[n/4+contact*7%(n/4)])
}

func (l *loader) meetAll(ctx context.Context) error {
	l.now = dataFrom
	l.store.IDs = desk.NewIDs(l.store.Now, otherNode, 0)
	l.contacts = make([]person, l.Contacts)
	heard := l.lastHeard()
	return l.each(ctx, l.Contacts, func(tx *dbx.Tx, i int) error {
		l.now = dataFrom
		connection := l.company.Connections[i%l.Connections].ID
		who, err := l.store.ResolveContact(tx, l.company.Account, connection, store.Sender{Phone: phoneOf(i), Name: l.nameOf(i)})
		if err != nil {
			return err
		}
		p := person{contact: who.Contact.ID, identity: who.Identity.ID}
		touch := store.ChannelTouch{AccountID: l.company.Account, ContactID: p.contact, ConnectionID: connection, IdentityID: p.identity}
		if n := heard[i]; n >= 0 {
			l.at(l.messages[n].at) // the store clamps a message's time to the present
			touch.InboundAt, touch.InboundID = desk.Time(l.messages[n].at), providerID(n)
		}
		ch, err := l.store.TouchChannel(tx, touch)
		p.channel = ch.ID
		l.contacts[i] = p
		return err
	})
}

// undelivered reports whether a message of ours has not reached its phone:
// statuses that a run brings in find it.
func (d *dataset) undelivered(n int) bool { return d.messages[n].out && n%40 < 3 }

// lastHeard is each contact's newest message, -1 for none.
func (l *loader) lastHeard() []int {
	list := slices.Repeat([]int{-1}, l.Contacts)
	for n, m := range l.messages {
		if !m.out {
			list[l.tickets[m.ticket].contact] = n
		}
	}
	return list
}

func providerID(n int) string { return fmt.Sprintf("wamid.BENCH%012d", n) }

// openAll writes the tickets as they are at the end of the year.
func (l *loader) openAll(ctx context.Context) error {
	return l.each(ctx, l.Tickets, func(tx *dbx.Tx, i int) error {
		r := &l.tickets[i]
		l.at(r.created)
		l.store.IDs = desk.NewIDs(l.store.Now, ticketNode, 0)
		t := l.ticket(r)
		if err := l.store.InsertTicket(tx, &t); err != nil {
			return err
		}
		if t.ID != r.id || t.Number != int64(i+1) {
			return fmt.Errorf("ticket %d became number %d with id %d, wanted id %d", i+1, t.Number, t.ID, r.id)
		}
		return nil
	})
}

func (l *loader) ticket(r *ticketRow) desk.Ticket {
	p := l.contacts[r.contact]
	last := l.messages[r.messages[len(r.messages)-1]]
	t := desk.Ticket{AccountID: l.company.Account, ContactID: p.contact, ConnectionID: l.company.Connections[r.connection].ID,
		ChannelID: p.channel, IdentityID: p.identity, QueueID: l.company.Queues[r.queue], UserID: l.userOf(r), Status: r.status,
		Origin: desk.OriginInbound, Unread: r.unread, AcceptedAt: desk.Time(r.accepted), FirstResponseAt: desk.Time(r.accepted),
		ClosedAt: desk.Time(r.closed), LastMessageAt: desk.Time(last.at), LastMessageID: last.id,
		LastPos: max(last.at, r.closed, r.accepted)}
	if r.unread > 0 {
		first := l.messages[r.messages[len(r.messages)-r.unread]]
		t.FirstUnreadID, t.WaitingSince = first.id, desk.Time(first.at)
	}
	switch r.status {
	case desk.Pending:
		t.QueuedAt = desk.Time(r.created)
	case desk.Closed:
		t.ClosedBy, t.CloseSource = t.UserID, desk.ClosedByAgent
	}
	return t
}

func (l *loader) userOf(r *ticketRow) desk.ID {
	if r.user == nobody {
		return 0
	}
	return l.company.Users[r.user]
}

// act is something that happened: a message, or an event of a ticket.
type act struct {
	at      int64
	message int // or -1
	ticket  int
	event   desk.EventType
}

// acts are all of them in the order of time.
func (d *dataset) acts() []act {
	list := make([]act, 0, len(d.messages)+3*len(d.tickets))
	for n, m := range d.messages {
		list = append(list, act{at: m.at, message: n, ticket: m.ticket})
	}
	for i := range d.tickets {
		t := &d.tickets[i]
		for _, e := range []struct {
			at  int64
			typ desk.EventType
		}{{t.created, desk.EvTicketCreated}, {t.accepted, desk.EvTicketAccepted}, {t.closed, desk.EvTicketClosed}} {
			if e.at != 0 {
				list = append(list, act{at: e.at, message: -1, ticket: i, event: e.typ})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b act) int { return int(a.at - b.at) })
	return list
}

// happenAll lets it all happen. PostgreSQL takes in several conversations at
// once; SQLite has one writer.
func (l *loader) happenAll(ctx context.Context) error {
	hands := 1
	if l.store.DB.Dialect() == dbx.Postgres {
		hands = 3
	}
	parts := make([][]act, hands)
	for _, a := range l.acts() {
		parts[a.ticket%hands] = append(parts[a.ticket%hands], a)
	}
	errs := make([]error, hands)
	var wg sync.WaitGroup
	for k, acts := range parts {
		one := &loader{dataset: l.dataset, company: l.company, contacts: l.contacts, texts: l.dataset.writer()}
		one.store = store.New(l.store.DB, nil, func() time.Time { return one.now }, nil)
		wg.Go(func() { errs[k] = one.live(ctx, acts, eventNode+k) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// live lets some of it happen. The node number keeps the ids of its events
// apart from those of others.
func (l *loader) live(ctx context.Context, acts []act, node int) error {
	l.at(acts[0].at)
	l.store.IDs = desk.NewIDs(l.store.Now, node, 0)
	return l.each(ctx, len(acts), func(tx *dbx.Tx, i int) error {
		a := acts[i]
		l.at(a.at)
		if a.message < 0 {
			return l.happen(tx, a)
		}
		return l.say(tx, a.message)
	})
}

func (l *loader) happen(tx *dbx.Tx, a act) error {
	r := &l.tickets[a.ticket]
	sight := l.company.sight(r)
	actor := desk.ByUser(l.userOf(r))
	if a.event == desk.EvTicketCreated {
		actor = desk.Actor{Kind: desk.ActorContact, ID: l.contacts[r.contact].contact}
	}
	return l.store.Record(tx, desk.Event{AccountID: l.company.Account, Type: a.event, Entity: "ticket", EntityID: r.id,
		TicketID: r.id, Pos: a.at, Actor: actor, After: &sight, At: desk.Time(a.at)})
}

// photo makes some messages photos with a caption.
func (l *loader) photo(m *desk.Message, n int) []desk.Media {
	if len(l.photos) == 0 || n%photoEvery != 0 {
		return nil
	}
	m.Type = desk.TypeImage
	return []desk.Media{l.photos[n/photoEvery%len(l.photos)]}
}

func (l *loader) say(tx *dbx.Tx, n int) error {
	row := &l.messages[n]
	r := &l.tickets[row.ticket]
	p, at := l.contacts[r.contact], desk.Time(row.at)
	m := desk.Message{ID: row.id, AccountID: l.company.Account, ConnectionID: l.company.Connections[r.connection].ID,
		ContactID: p.contact, ChannelID: p.channel, TicketID: r.id, Pos: row.at, Direction: desk.In, Author: desk.AuthorContact,
		Type: desk.TypeText, Body: l.texts.text(n), ProviderID: providerID(n), Status: desk.StatusReceived, At: at, ProviderAt: at}
	typ, actor := desk.EvMessageReceived, desk.Actor{Kind: desk.ActorContact, ID: p.contact}
	if row.out {
		m.Direction, m.Author, m.UserID, m.Status = desk.Out, desk.AuthorUser, l.userOf(r), desk.StatusRead
		m.SentAt, m.DeliveredAt, m.ReadAt = at.Add(time.Second), at.Add(2*time.Second), at.Add(time.Minute)
		if l.undelivered(n) {
			m.Status, m.DeliveredAt, m.ReadAt = desk.StatusSent, 0, 0
		}
		typ, actor = desk.EvMessageCreated, desk.ByUser(m.UserID)
	}
	if err := l.store.InsertMessage(tx, &m, l.photo(&m, n)...); err != nil {
		return err
	}
	sight := l.company.sight(r)
	return l.store.RecordMessage(tx, typ, actor, &m, &sight, map[string]any{"type": string(m.Type)})
}
