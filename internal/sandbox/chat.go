package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// window is how long a business may answer freely after the user's last
// message (Meta: customer service windows).
const window = 24 * time.Hour

// Chat is one conversation between a business number and a user, as the
// user's phone shows it.
type Chat struct {
	ID              desk.ID   `json:"id"`
	PhoneNumberID   string    `json:"phone_number_id"`
	Business        string    `json:"business"` // verified name of the number
	User            User      `json:"user"`
	LastInboundAt   desk.Time `json:"last_inbound_at,omitempty"`
	WindowExpiresAt desk.Time `json:"window_expires_at,omitempty"`
	LastMessageAt   desk.Time `json:"last_message_at"`
	LastMessage     *Message  `json:"last_message,omitempty"`
	Unread          int       `json:"unread"`
	Delivery        bool      `json:"delivery"` // the phone is reachable
	Receipts        bool      `json:"receipts"` // it sends read receipts
	Open            bool      `json:"open"`     // on the phone's screen
	ReadTo          desk.ID   `json:"read_to,omitempty"`
	TypingUntil     desk.Time `json:"typing_until,omitempty"`
	FreeUntil       desk.Time `json:"free_until,omitempty"` // free entry point after an ad

	numberID desk.ID
	entryAt  desk.Time
}

const chatColumns = `c.id, c.number_id, n.phone_number_id, n.verified_name, ` + userColumns + `, c.last_inbound_at, c.last_message_at,
	c.unread, c.delivery, c.receipts, c.is_open, c.read_to, c.typing_until, c.entry_at, c.free_until`

const chatJoin = ` FROM sandbox_chat c
	JOIN sandbox_number n ON n.id = c.number_id AND n.account_id = c.account_id
	JOIN sandbox_user u ON u.id = c.user_id AND u.account_id = c.account_id`

func (c *Chat) fields() []any {
	f := append([]any{&c.ID, &c.numberID, &c.PhoneNumberID, &c.Business}, c.User.fields()...)
	return append(f, &c.LastInboundAt, &c.LastMessageAt, &c.Unread, &c.Delivery, &c.Receipts, &c.Open, &c.ReadTo, &c.TypingUntil,
		&c.entryAt, &c.FreeUntil)
}

func (c *Chat) expire() {
	if c.LastInboundAt > 0 {
		c.WindowExpiresAt = c.LastInboundAt.Add(window)
	}
}

// Chat returns one conversation, or a 404.
func (s *Sandbox) Chat(ctx context.Context, accountID, chatID desk.ID) (c Chat, err error) {
	err = s.db.Read(ctx).QueryRow(`SELECT `+chatColumns+chatJoin+` WHERE c.id=$1 AND c.account_id=$2`, chatID, accountID).Scan(c.fields()...)
	c.expire()
	return c, found(err)
}

// ChatQuery asks for conversations, the most recent first.
type ChatQuery struct {
	AccountID     desk.ID
	PhoneNumberID string // "" for all numbers
	Cursor        string // from the page before
	Limit         int    // at most and by default 100
}

// Chats lists conversations with their newest message. The second result is
// the cursor of the next page, "" on the last.
func (s *Sandbox) Chats(ctx context.Context, q ChatQuery) ([]Chat, string, error) {
	limit := pageSize(q.Limit, 100)
	var a dbx.Args
	where := ` WHERE c.account_id=` + a.Add(q.AccountID)
	if q.PhoneNumberID != "" {
		n, err := s.Number(ctx, q.AccountID, q.PhoneNumberID)
		if err != nil {
			return nil, "", err
		}
		where += ` AND c.number_id=` + a.Add(n.id)
	}
	if q.Cursor != "" {
		var at, id int64
		if _, err := fmt.Sscanf(q.Cursor, "%d.%d", &at, &id); err != nil {
			return nil, "", desk.Refuse(desk.CodeInvalidCursor)
		}
		where += ` AND (c.last_message_at, c.id) < (` + a.Add(at) + `,` + a.Add(id) + `)`
	}
	rows, err := dbx.All(s.db.Read(ctx), scanListedChat, `SELECT `+chatColumns+`, c.last_message_id, COALESCE(m.wamid, ''), COALESCE(m.direction, ''),
		COALESCE(m.status, ''), COALESCE(m.view, '{}'), COALESCE(m.accepted_at, 0)`+chatJoin+`
		LEFT JOIN sandbox_message m ON m.id = c.last_message_id AND m.account_id = c.account_id`+where+`
		ORDER BY c.last_message_at DESC, c.id DESC LIMIT `+a.Add(limit+1), a.Values()...)
	if err != nil || len(rows) <= limit {
		return rows, "", err
	}
	last := rows[limit-1]
	return rows[:limit], fmt.Sprintf("%d.%d", int64(last.LastMessageAt), int64(last.ID)), nil
}

func scanListedChat(r dbx.Scanner) (Chat, error) {
	var c Chat
	var m Message
	var view string
	err := r.Scan(append(c.fields(), &m.ID, &m.WAMID, &m.Direction, &m.Status, &view, &m.At)...)
	if err != nil {
		return c, err
	}
	c.expire()
	if m.WAMID != "" {
		m.ChatID = c.ID
		c.LastMessage = &m
	}
	return c, json.Unmarshal([]byte(view), &m.View)
}

// StartChat opens the conversation of a user with a number on the user's
// phone. Nothing is sent; an existing conversation is returned as it is.
func (s *Sandbox) StartChat(ctx context.Context, accountID desk.ID, phoneNumberID string, userID desk.ID) (Chat, error) {
	n, err := s.Number(ctx, accountID, phoneNumberID)
	if err != nil {
		return Chat{}, err
	}
	id, at := s.ids(), s.stamp()
	err = s.db.Do(ctx, func(tx *dbx.Tx) error {
		var absent bool
		err := tx.QueryRow(`SELECT absent FROM sandbox_user WHERE id=$1 AND account_id=$2`, userID, accountID).Scan(&absent)
		if err != nil {
			return found(err)
		}
		if absent {
			return desk.RefuseField("user_id", desk.CodeContactUnreachable)
		}
		return tx.QueryRow(`INSERT INTO sandbox_chat (id, account_id, number_id, user_id, last_message_at, created_at)
			VALUES ($1,$2,$3,$4,$5,$5) ON CONFLICT (account_id, number_id, user_id) DO UPDATE SET user_id=excluded.user_id RETURNING id`,
			id, accountID, n.id, userID, at).Scan(&id)
	})
	if err != nil {
		return Chat{}, err
	}
	s.changed(accountID, id)
	return s.Chat(ctx, accountID, id)
}

// Age moves the user's last message d back in time, and with it the end of the
// service window and of a free entry point. It returns the chat as it is then.
func (s *Sandbox) Age(ctx context.Context, accountID, chatID desk.ID, d time.Duration) (Chat, error) {
	if d <= 0 || d > 365*24*time.Hour {
		return Chat{}, desk.RefuseField("duration", desk.CodeOutOfRange)
	}
	err := s.touchOne(ctx, `UPDATE sandbox_chat SET last_inbound_at=`+minus("last_inbound_at")+`, entry_at=`+minus("entry_at")+
		`, free_until=`+minus("free_until")+` WHERE account_id=$1 AND id=$2`, accountID, chatID, d.Milliseconds())
	if err != nil {
		return Chat{}, err
	}
	s.changed(accountID, chatID)
	return s.Chat(ctx, accountID, chatID)
}

// minus takes $3 from a time that has been set.
func minus(column string) string {
	return `CASE WHEN ` + column + `=0 THEN 0 ELSE ` + column + `-$3 END`
}

// SetOptOut is the user's wish about marketing: the business is told, and
// marketing templates no longer reach her (131050).
func (s *Sandbox) SetOptOut(ctx context.Context, accountID, chatID desk.ID, out bool) error {
	c, err := s.Chat(ctx, accountID, chatID)
	if err != nil {
		return err
	}
	n, err := s.numberByID(ctx, accountID, c.numberID)
	if err != nil {
		return err
	}
	value := "resume"
	if out {
		value = "stop"
	}
	now := s.stamp()
	late, err := s.lag(ctx, &n)
	if err != nil {
		return err
	}
	pref := map[string]any{"user_id": c.User.UserID, "detail": "User requested to " + value + " marketing messages",
		"category": "marketing_messages", "value": value, "timestamp": int64(now) / 1000}
	if !c.User.HidePhone {
		pref["wa_id"] = c.User.WaID
	}
	hook := newHook(s.ids(), chatID, "user_preferences",
		n.value("contacts", []any{c.User.contact()}, "user_preferences", []any{pref}), now.Add(late))
	err = s.db.Do(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(`UPDATE sandbox_user SET opted_out=$3 WHERE account_id=$1 AND id=$2`, accountID, c.User.ID, out)
		return errors.Join(err, enqueue(tx, &n, hook))
	})
	s.told(err, &n, chatID)
	return err
}

// told wakes the delivery and announces a changed chat after a commit.
func (s *Sandbox) told(err error, n *Number, chatID desk.ID) {
	if err == nil {
		s.couriers.wake(n)
		s.changed(n.AccountID, chatID)
	}
}
