package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// reference is what the database alone can take in: the row statements of an
// inbound message, search text included, on the same data, from the same number
// of callers in one process, with no HTTP, signature or JSON before them.
func (s *scene) reference(ctx context.Context, load loadSpec) (o outcome, err error) {
	db, err := dbx.Open(ctx, dbx.Config{Path: s.databasePath(), URL: s.url})
	if err != nil {
		return o, err
	}
	st := store.New(db, desk.NewIDs(time.Now, otherNode, 0), time.Now, nil)
	o, err = callers(load, func(call int64) error {
		n := s.seq.Add(1)
		c := s.writing[int(call)%min(senders, len(s.writing))]
		in := arriving{scene: s, c: c, n: n, text: s.text(n)}
		return db.Do(ctx, func(tx *dbx.Tx) error { return in.take(tx, st) })
	})
	return o, errors.Join(err, db.Close())
}

// arriving is one message about to be taken in.
type arriving struct {
	*scene
	c    conversation
	n    int64
	text string
}

func (a *arriving) take(tx *dbx.Tx, st *store.Store) error {
	account, id := a.company.Account, fmt.Sprintf("wamid.RUN%d", a.n)
	raw := store.RawEvent{AccountID: account, ConnectionID: a.c.line.ID, Key: id, State: store.RawDone,
		ExternalID: a.c.line.PhoneID, GroupID: wabaID, Body: incoming(a.c.line, a.c.phone, a.text, a.n)}
	if _, err := st.InsertRaw(tx, &raw); err != nil {
		return err
	}
	who, err := st.ResolveContact(tx, account, a.c.line.ID, store.Sender{Phone: a.c.phone, Name: "Cliente"})
	if err != nil {
		return err
	}
	now := desk.TimeOf(time.Now())
	ch, err := st.TouchChannel(tx, store.ChannelTouch{AccountID: account, ContactID: who.Contact.ID, ConnectionID: a.c.line.ID,
		IdentityID: who.Identity.ID, InboundAt: now, InboundID: id})
	if err != nil {
		return err
	}
	m := desk.Message{ID: st.IDs.Next(), AccountID: account, ConnectionID: a.c.line.ID, ContactID: who.Contact.ID, ChannelID: ch.ID,
		Direction: desk.In, Author: desk.AuthorContact, Type: desk.TypeText, Body: a.text, ProviderID: id,
		Status: desk.StatusReceived, At: now, ProviderAt: now}
	t, err := st.TouchInbound(tx, store.InboundTouch{AccountID: account, ContactID: m.ContactID, ConnectionID: m.ConnectionID,
		IdentityID: who.Identity.ID, MessageID: m.ID})
	if err != nil {
		return err
	}
	m.TicketID, m.Pos = t.ID, t.LastPos
	if err := st.InsertMessage(tx, &m); err != nil {
		return err
	}
	sight := t.Sight()
	return st.RecordMessage(tx, desk.EvMessageReceived, desk.Actor{Kind: desk.ActorContact, ID: m.ContactID}, &m, &sight,
		map[string]any{"type": string(m.Type)})
}

// stored counts the messages of a place, whose program is stopped.
func stored(ctx context.Context, at place) (n int64, err error) {
	err = withStore(ctx, at, func(s *store.Store) error {
		return s.DB.Read(ctx).QueryRow(`SELECT COUNT(*) FROM message`).Scan(&n)
	})
	return n, err
}
