package inbound

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/routing"
)

// Reasons why an element stays raw, beside those of adapters and the codes of
// desk. Stable and translatable; an adapter's may be followed by ": place".
const (
	ReasonUnknownNumber  = "unknown_number"      // no connection for it, or none that shares the secret
	ReasonInactive       = "connection_inactive" // its connection is switched off
	ReasonUnknownMessage = "unknown_message"     // it changes a message that we don't have
	ReasonBlocked        = "contact_blocked"     // in quarantine
	ReasonAgentPhone     = "agent_phone"         // an agent's own mobile, which opens no ticket
	ReasonConstraint     = "constraint"          // the database refused the row
	ReasonInternal       = "internal_error"      // a fault of ours; the log tells more
)

// unit is one element on its way into one connection.
type unit struct {
	adapter channel.Webhook
	line    routing.Line
	account desk.Account
	element channel.Element
	event   channel.Event
	reason  string  // why it can't be interpreted; "" if it can
	raw     desk.ID // of its row, when it is stored already
	byAgent bool    // from an agent's private mobile
}

// prepare finds the connections of each element and interprets it. Nothing is
// written. An element for several connections becomes several units.
func (r *Receiver) prepare(ctx context.Context, adapter channel.Webhook, via routing.Line, elements []channel.Element) ([]unit, error) {
	account, err := r.Directory.Account(ctx, via.AccountID)
	if err != nil {
		return nil, err
	}
	var units []unit
	for _, e := range elements {
		lines, err := r.Directory.ForElement(ctx, via, e.ExternalID, e.GroupID)
		if err != nil {
			return nil, err
		}
		u := unit{adapter: adapter, account: account, element: e}
		if len(lines) == 0 {
			u.line, u.reason = via, ReasonUnknownNumber
			units = append(units, u)
			continue
		}
		u.event, u.reason = interpret(adapter, e)
		for _, line := range lines {
			each := u
			each.line = line
			if !line.Active {
				each.reason = ReasonInactive
			}
			if each.byAgent, err = r.isAgent(ctx, &each); err != nil {
				return nil, err
			}
			units = append(units, each)
		}
	}
	return units, nil
}

// interpret reads an element; the reason is "" when that succeeded. An adapter
// never panics; should it all the same, its neighbours must not suffer.
func interpret(adapter channel.Webhook, e channel.Element) (event channel.Event, reason string) {
	if e.Err != nil {
		return channel.Event{}, reasonOf(e.Err)
	}
	defer func() {
		if p := recover(); p != nil {
			event, reason = channel.Event{}, ReasonInternal
		}
	}()
	event, err := adapter.Interpret(e.Raw)
	if err != nil {
		return channel.Event{}, reasonOf(err)
	}
	return event, ""
}

// maxReason bounds what an adapter's error may put into a row.
const maxReason = 200

func reasonOf(err error) string {
	s := err.Error()
	if len(s) > maxReason {
		s = s[:maxReason]
	}
	return strings.ToValidUTF8(s, "")
}

// isAgent reports whether a unit's message comes from an agent's own mobile
// and the account does not want those as contacts (E8, §4-48).
func (r *Receiver) isAgent(ctx context.Context, u *unit) (bool, error) {
	m := u.event.Message
	if m == nil || m.Echo || u.account.Settings.AgentsAsContacts {
		return false, nil
	}
	return r.Directory.IsAgentPhone(ctx, u.account.ID, matchKey(m.From))
}

func matchKey(s channel.Sender) string {
	if s.Phone == "" {
		return ""
	}
	return desk.MatchKey(desk.FromWhatsApp(s.Phone))
}

// takeAll takes units in: those of one conversation one after another, in the
// provider's order, different conversations side by side, so that they share
// commits. It stops a conversation at its first failure.
func (r *Receiver) takeAll(ctx context.Context, units []unit) (Result, error) {
	if len(units) == 1 {
		return r.take(ctx, &units[0])
	}
	var (
		mu    sync.Mutex
		total Result
		errs  []error
		wg    sync.WaitGroup
	)
	slots := make(chan struct{}, parallel)
	for _, list := range byConversation(units) {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			sum, err := r.takeInOrder(ctx, list)
			mu.Lock()
			defer mu.Unlock()
			total = total.plus(sum)
			if err != nil {
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
	return total, errors.Join(errs...)
}

func (r *Receiver) takeInOrder(ctx context.Context, list []*unit) (Result, error) {
	var total Result
	for _, u := range list {
		one, err := r.take(ctx, u)
		if err != nil {
			return total, err
		}
		total = total.plus(one)
	}
	return total, nil
}

// byConversation sorts units into lists that must keep their order, in the
// order of their first members.
func byConversation(units []unit) [][]*unit {
	at := map[string]int{}
	var lists [][]*unit
	for i := range units {
		key := units[i].conversation()
		n, known := at[key]
		if !known {
			n = len(lists)
			at[key], lists = n, append(lists, nil)
		}
		lists[n] = append(lists[n], &units[i])
	}
	return lists
}

// conversation names what a unit must keep its order within.
func (u *unit) conversation() string {
	e := &u.event
	var who channel.Sender
	switch {
	case e.Status != nil: // any order will do, but one row is better not fought over
		return fmt.Sprintf("%d status %s", u.line.ID, e.Status.ProviderID)
	case e.Message != nil:
		who = e.Message.From
	case e.Reaction != nil:
		who = e.Reaction.From
	case e.Edit != nil:
		who = e.Edit.From
	case e.Revoke != nil:
		who = e.Revoke.From
	case e.Consent != nil:
		who = e.Consent.From
	case e.Identity != nil:
		who = e.Identity.Old
	default:
		return fmt.Sprintf("%d other", u.line.ID)
	}
	if key := matchKey(who); key != "" {
		return fmt.Sprintf("%d phone %s", u.line.ID, key)
	}
	return fmt.Sprintf("%d user %s", u.line.ID, who.UserID)
}
