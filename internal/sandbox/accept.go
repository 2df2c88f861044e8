package sandbox

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// accepted is a message that passed every check, on its way into the ledger.
type accepted struct {
	n        *Number
	user     User
	byUserID bool
	category string
	closed   bool         // the service window counts as closed by a fault
	sync     bool         // a closed window is refused at once
	failure  *rules.Error // to be reported by status
	lags     [3]time.Duration
	hookIDs  [3]desk.ID
	view     string
	m        Message
	chat     Chat
	unheard  bool // not yet shown by the phone
}

// accept writes a message into the ledger with the webhooks it will cause. A
// *rules.Error means that it was refused and nothing is kept.
func (s *Sandbox) accept(ctx context.Context, a *accepted) error {
	for i := range a.lags {
		late, err := s.lag(ctx, a.n)
		if err != nil {
			return err
		}
		a.lags[i], a.hookIDs[i] = late, s.ids()
	}
	a.view = asJSON(a.m.View)
	newChat := s.ids()
	a.m.At = s.stamp()
	prepared := *a // a write function may run more than once
	err := s.db.Do(ctx, func(tx *dbx.Tx) error {
		*a = prepared
		if err := a.lockChat(tx, newChat); err != nil {
			return err
		}
		if err := a.decide(); err != nil {
			return err
		}
		return a.write(tx)
	})
	s.told(err, a.n, a.m.ChatID)
	return err
}

// lockChat finds or opens the conversation, and reads what decides the
// message's fate.
func (a *accepted) lockChat(tx *dbx.Tx, newID desk.ID) error {
	c := &a.chat
	err := tx.QueryRow(`INSERT INTO sandbox_chat (id, account_id, number_id, user_id, last_message_at, created_at)
		VALUES ($1,$2,$3,$4,$5,$5) ON CONFLICT (account_id, number_id, user_id) DO UPDATE SET user_id=excluded.user_id
		RETURNING id, last_inbound_at, delivery, receipts, is_open, entry_at, free_until`,
		newID, a.n.AccountID, a.n.id, a.user.ID, a.m.At).
		Scan(&c.ID, &c.LastInboundAt, &c.Delivery, &c.Receipts, &c.Open, &c.entryAt, &c.FreeUntil)
	a.m.ChatID = c.ID
	return err
}

// decide settles whether the window lets the message through, and the states
// it goes through at once.
func (a *accepted) decide() error {
	open := a.chat.LastInboundAt > 0 && a.m.At < a.chat.LastInboundAt.Add(window) && !a.closed
	if a.category == categoryService && !open && a.failure == nil {
		refusal := rules.New(131047, "Message failed to send because more than 24 hours have passed since the customer last replied to this number.")
		if a.sync {
			return refusal
		}
		a.failure = refusal
	}
	m, l := &a.m, &a.n.Limits
	if a.failure != nil {
		m.Status, m.ErrorCode = statusFailed, a.failure.Code
		m.FailedAt = m.At.Add(millis(l.SentMS, 50))
		return nil //nolint:nilerr // refused on the phone, not by us
	}
	m.Status, m.SentAt = statusSent, m.At.Add(millis(l.SentMS, 50))
	a.unheard = true
	if a.chat.Delivery {
		m.Status, m.DeliveredAt = statusDelivered, max(m.SentAt, m.At.Add(millis(l.DeliveredMS, 150)))
		if a.chat.Open {
			a.unheard = false
			if a.chat.Receipts {
				m.Status, m.ReadAt = statusRead, max(m.DeliveredAt, m.At.Add(millis(l.ReadMS, 400)))
			}
		}
	}
	if c := &a.chat; c.entryAt > 0 && c.FreeUntil == 0 && m.At < c.entryAt.Add(entryAnswer) {
		c.FreeUntil = m.At.Add(entryFree)
	}
	return nil
}

// write takes the message's place in the number's order and keeps it. Locks:
// chat, then number.
func (a *accepted) write(tx *dbx.Tx) error {
	serviced := 0
	if a.failure == nil && a.category == categoryService {
		serviced = 1
	}
	var services int64
	err := tx.QueryRow(`UPDATE sandbox_number SET seq=seq+1, service_month=$3,
		service_count=CASE WHEN service_month=$3 THEN service_count ELSE 0 END + $4
		WHERE id=$1 AND account_id=$2 RETURNING seq, service_count`, a.n.id, a.n.AccountID, monthOf(a.m.At), serviced).Scan(&a.m.Seq, &services)
	if err != nil {
		return err
	}
	pricing := ""
	if a.failure == nil {
		a.m.Pricing = price(a.n, a.category, services, a.chat.FreeUntil > a.m.At)
		pricing = asJSON(a.m.Pricing)
	}
	if err := insertMessage(tx, a.n.AccountID, a.n.id, &a.m, a.view, pricing, !a.unheard); err != nil {
		return err
	}
	return errors.Join(enqueue(tx, a.n, a.hooks()...), a.showInChat(tx))
}

// hooks are the webhooks of the states the message reached.
func (a *accepted) hooks() []hook {
	r := receipt{wamid: a.m.WAMID, user: &a.user, byUserID: a.byUserID, correlation: a.m.Correlation, pricing: a.m.Pricing, freeUntil: a.chat.FreeUntil}
	var hooks []hook
	add := func(status string, at desk.Time, failure *rules.Error) {
		if at > 0 {
			i := len(hooks)
			hooks = append(hooks, newHook(a.hookIDs[i], a.m.ChatID, "messages", r.status(a.n, status, at, failure), at.Add(a.lags[i])))
		}
	}
	add(statusFailed, a.m.FailedAt, a.failure)
	add(statusSent, a.m.SentAt, nil)
	add(statusDelivered, a.m.DeliveredAt, nil)
	add(statusRead, a.m.ReadAt, nil)
	return hooks
}

// showInChat brings the chat up to date on the phone; what failed or waits for
// the phone is not shown.
func (a *accepted) showInChat(tx *dbx.Tx) error {
	if a.failure != nil {
		return nil //nolint:nilerr // refused on the phone, not by us
	}
	shown, unread := desk.ID(0), 0
	if a.m.DeliveredAt > 0 {
		shown = a.m.ID
		if a.unheard {
			unread = 1
		}
	}
	_, err := tx.Exec(`UPDATE sandbox_chat SET typing_until=0, free_until=$3, unread=unread+$4,
		last_message_id=CASE WHEN CAST($5 AS BIGINT)=0 THEN last_message_id ELSE $5 END,
		last_message_at=CASE WHEN CAST($5 AS BIGINT)=0 THEN last_message_at ELSE $6 END WHERE id=$1 AND account_id=$2`,
		a.m.ChatID, a.n.AccountID, a.chat.FreeUntil, unread, shown, a.m.At)
	return err
}

// wamid makes a message id that looks like Meta's and is unique as ours is.
func wamid(phone string, id desk.ID) string {
	raw := fmt.Sprintf("\x1c\x18%c%s\x15\x02\x00\x11\x18\x10%016X\x00", len(phone), phone, int64(id))
	return "wamid." + base64.StdEncoding.EncodeToString([]byte(raw))
}
