package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Types of frames, as the contract's frame types enumerate them.
const (
	frameHello          = "hello"
	frameTicketAdded    = "ticket.added"
	frameTicketUpdated  = "ticket.updated"
	frameTicketRemoved  = "ticket.removed"
	frameMessageCreated = "message.created"
	frameMessageUpdated = "message.updated"
	frameEventCreated   = "event.created"
	frameCounters       = "counters"
	frameConnection     = "connection.state"
	framePresence       = "presence"
	frameNotification   = "notification"
	frameRegister       = "register.changed"
	frameScope          = "scope.changed"
	frameResync         = "resync"
	frameEnded          = "session.ended"
)

// lastVersion is that of a ticket that is no more: no frame comes after it. It
// is the largest whole number that browsers count with.
const lastVersion = 1<<53 - 1

// encode writes a frame as a server-sent event.
func encode(kind string, frame any) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, 512))
	b.WriteString("event: " + kind + "\ndata: ")
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(frame); err != nil { // ends the line
		return nil, fmt.Errorf("frame %s: %w", kind, err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// fixedFrames are those that are the same for everybody.
type fixedFrames struct{ first, scope, resync, ended []byte }

func newFixedFrames(version string) fixedFrames {
	must := func(kind string, frame any) []byte {
		b, err := encode(kind, frame)
		if err != nil {
			panic(err) // texts only: impossible
		}
		return b
	}
	return fixedFrames{
		first:  must(frameHello, helloFrame{Type: frameHello, Version: version}),
		scope:  must(frameScope, scopeFrame{Type: frameScope}),
		resync: must(frameResync, scopeFrame{Type: frameResync}),
		ended:  must(frameEnded, endFrame{Type: frameEnded}),
	}
}

// hello is a stream's first frame. It also says after how many milliseconds to
// connect again; these differ between sessions, so that after a restart not all
// browsers come at once.
func (f *fixedFrames) hello(session desk.ID) []byte {
	const soonest, spread = 1000, 2000
	return append(fmt.Appendf(nil, "retry: %d\n", soonest+int64(session)%spread), f.first...)
}

// bodies holds the frames made of one thing, so that viewers who are shown the
// same share the same bytes.
type bodies map[bodyKey][]byte

// bodyKey is what a frame depends on beside the thing itself.
type bodyKey struct {
	kind string
	can  string
	full bool // phones, or what was deleted, are shown
}

func newBodies() bodies { return bodies{} }

// once returns the frame for a key, making it the first time.
func (b bodies) once(k bodyKey, make func() any) ([]byte, error) {
	if frame, ok := b[k]; ok {
		return frame, nil
	}
	frame, err := encode(k.kind, make())
	if err == nil {
		b[k] = frame
	}
	return frame, err
}

// ticket makes the frame about a ticket for a viewer.
func (b bodies) ticket(kind string, v *desk.Viewer, ticketID desk.ID, t *told) ([]byte, error) {
	if kind == frameTicketRemoved {
		return b.once(bodyKey{kind: kind}, func() any {
			version := int64(lastVersion)
			if t.row != nil {
				version = t.row.Rev
			}
			return ticketRemovedFrame{Type: kind, Version: version, TicketID: id(ticketID)}
		})
	}
	k := bodyKey{kind: kind, can: joined(v.Can(&t.row.Ticket, t.line.abilities())), full: v.SeesPhones()}
	return b.once(k, func() any {
		return ticketFrame{Type: kind, Version: t.row.Rev, Ticket: viewTicket(v, t.row, t.line)}
	})
}

// message makes the frame about a message of a ticket for a viewer.
func (b bodies) message(kind string, v *desk.Viewer, t *told, l *lineOf, m *store.MessageView) ([]byte, error) {
	can := messageCan(v, &t.row.Ticket, m, l)
	k := bodyKey{kind: kind, can: joined(can), full: m.DeletedAt == 0 || v.Role == desk.RoleAdmin}
	return b.once(k, func() any {
		shown := *m // hiding must not reach the next viewer
		shown.HideFrom(v)
		view := viewMessage(&shown, l)
		view.Can = can
		return messageFrame{Type: kind, Version: m.Rev, TicketID: ref(m.TicketID), Message: view}
	})
}

// joined writes a list of texts as one, to compare it.
func joined[T ~string](list []T) string {
	var b strings.Builder
	for _, v := range list {
		b.WriteString(string(v))
		b.WriteByte(' ')
	}
	return b.String()
}
