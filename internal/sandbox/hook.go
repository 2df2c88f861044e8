package sandbox

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// hook is one change that a webhook will report.
type hook struct {
	id     desk.ID
	chatID desk.ID
	change string
	at     desk.Time // not before
}

// newHook makes a webhook that is due at a time.
func newHook(id, chatID desk.ID, field string, value any, at desk.Time) hook {
	return hook{id: id, chatID: chatID, change: asJSON(map[string]any{"field": field, "value": value}), at: at}
}

// lag draws how late faults make one webhook of a number.
func (s *Sandbox) lag(ctx context.Context, n *Number) (time.Duration, error) {
	if len(n.Faults) == 0 {
		return 0, nil
	}
	var late time.Duration
	slow, ok, err := s.strike(ctx, n, FaultSlowWebhooks, "")
	if err != nil {
		return 0, err
	}
	if ok {
		late += slow.delay()
	}
	jumbled, ok, err := s.strike(ctx, n, FaultReorder, "")
	if ok {
		late += time.Duration(s.dice.below(n.PhoneNumberID, jumbled.DelayMS+1)) * time.Millisecond
	}
	return late, err
}

// fewHooks is how many webhooks one statement writes: a message causes at most
// three, and more lengths would be more statements to prepare.
const fewHooks = 3

// enqueue writes webhooks that are owed. Nothing is owed to an app that has
// not subscribed.
func enqueue(tx *dbx.Tx, n *Number, hooks ...hook) error {
	if !n.Subscribed {
		return nil
	}
	for chunk := range slices.Chunk(hooks, fewHooks) {
		if err := insertHooks(tx, n, chunk); err != nil {
			return err
		}
	}
	return nil
}

func insertHooks(tx *dbx.Tx, n *Number, hooks []hook) error {
	var a dbx.Args
	rows := make([]string, len(hooks))
	for i, h := range hooks {
		rows[i] = "(" + strings.Join([]string{a.Add(h.id), a.Add(n.AccountID), a.Add(n.id), a.Add(h.chatID), a.Add(h.change),
			a.Add(h.at), a.Add(h.id.Time())}, ",") + ")"
	}
	_, err := tx.Exec(`INSERT INTO sandbox_webhook (id, account_id, number_id, chat_id, change, next_at, created_at) VALUES `+
		strings.Join(rows, ","), a.Values()...)
	return err
}

// value is the value of a change about a number: metadata and what is given as
// key, value pairs.
func (n *Number) value(pairs ...any) map[string]any {
	v := map[string]any{"messaging_product": "whatsapp",
		"metadata": map[string]any{"display_phone_number": n.Display, "phone_number_id": n.PhoneNumberID}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v[pairs[i].(string)] = pairs[i+1]
	}
	return v
}

// contact is the sender as webhooks name him; a hidden phone is left out.
func (u *User) contact() map[string]any {
	c := map[string]any{"profile": map[string]any{"name": u.Name}, "user_id": u.UserID}
	if u.HidePhone {
		c["profile"] = map[string]any{"name": u.Name, "username": strings.ToLower(strings.ReplaceAll(u.UserID, ".", ""))}
	} else {
		c["wa_id"] = u.WaID
	}
	return c
}

// seconds is a time as webhooks write it: unix seconds as text.
func seconds(t desk.Time) string { return strconv.FormatInt(int64(t)/1000, 10) }

// Emit sends the app any webhook about a number or its WABA: quality, name and
// account updates, restrictions, alerts. value is the JSON object Meta would
// put there.
func (s *Sandbox) Emit(ctx context.Context, accountID desk.ID, phoneNumberID, field string, value json.RawMessage) error {
	n, err := s.Number(ctx, accountID, phoneNumberID)
	if err != nil {
		return err
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(value, &object) != nil || object == nil {
		return desk.RefuseField("value", desk.CodeInvalid)
	}
	if field == "" || !isText(field, 100) {
		return desk.RefuseField("field", desk.CodeInvalid)
	}
	return s.send(ctx, &n, 0, field, value)
}

// send owes one webhook that is due now.
func (s *Sandbox) send(ctx context.Context, n *Number, chatID desk.ID, field string, value any) error {
	late, err := s.lag(ctx, n)
	if err != nil {
		return err
	}
	h := newHook(s.ids(), chatID, field, value, s.stamp().Add(late))
	err = s.db.Do(ctx, func(tx *dbx.Tx) error { return enqueue(tx, n, h) })
	if err == nil {
		s.couriers.wake(n)
	}
	return err
}

// sendToWABA owes one webhook about a WABA to each of its callback URLs.
func (s *Sandbox) sendToWABA(ctx context.Context, accountID desk.ID, waba, field string, value any, at desk.Time) error {
	numbers, err := s.Numbers(ctx, accountID)
	if err != nil {
		return err
	}
	done := map[string]bool{}
	var owners []Number
	var hooks []hook
	for _, n := range numbers {
		if n.WABAID != waba || done[n.CallbackURL] {
			continue
		}
		done[n.CallbackURL] = true
		late, err := s.lag(ctx, &n)
		if err != nil {
			return err
		}
		owners, hooks = append(owners, n), append(hooks, newHook(s.ids(), 0, field, value, at.Add(late)))
	}
	err = s.db.Do(ctx, func(tx *dbx.Tx) error {
		for i := range owners {
			if err := enqueue(tx, &owners[i], hooks[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		for i := range owners {
			s.couriers.wake(&owners[i])
		}
	}
	return err
}
