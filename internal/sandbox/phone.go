package sandbox

import (
	"context"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// Toggles are the switches of a chat. Nil leaves one as it is.
type Toggles struct {
	Delivery *bool `json:"delivery,omitempty"` // the phone is reachable
	Receipts *bool `json:"receipts,omitempty"` // it sends read receipts
	Open     *bool `json:"open,omitempty"`     // the chat is on the screen: what arrives is read at once
}

// SetToggles switches a chat. A phone that becomes reachable receives what
// waited for it.
func (s *Sandbox) SetToggles(ctx context.Context, accountID, chatID desk.ID, t Toggles) (Chat, error) {
	c, err := s.Chat(ctx, accountID, chatID)
	if err != nil {
		return c, err
	}
	set := func(now bool, wish *bool) bool {
		if wish != nil {
			return *wish
		}
		return now
	}
	err = s.touchOne(ctx, `UPDATE sandbox_chat SET delivery=$3, receipts=$4, is_open=$5 WHERE account_id=$1 AND id=$2`, accountID, chatID,
		set(c.Delivery, t.Delivery), set(c.Receipts, t.Receipts), set(c.Open, t.Open))
	if err != nil {
		return c, err
	}
	if err := s.catchUp(ctx, accountID, chatID); err != nil {
		return c, err
	}
	s.changed(accountID, chatID)
	return s.Chat(ctx, accountID, chatID)
}

// Open puts a chat on the phone's screen: its messages are read, and so will
// be those that arrive until CloseChat.
func (s *Sandbox) Open(ctx context.Context, accountID, chatID desk.ID) (Chat, error) {
	on := true
	return s.SetToggles(ctx, accountID, chatID, Toggles{Open: &on})
}

// CloseChat takes a chat off the screen.
func (s *Sandbox) CloseChat(ctx context.Context, accountID, chatID desk.ID) (Chat, error) {
	off := false
	return s.SetToggles(ctx, accountID, chatID, Toggles{Open: &off})
}

// Read shows the delivered messages of a chat once.
func (s *Sandbox) Read(ctx context.Context, accountID, chatID desk.ID) error {
	if _, err := s.Chat(ctx, accountID, chatID); err != nil {
		return err
	}
	if err := s.advance(ctx, accountID, chatID, true); err != nil {
		return err
	}
	s.changed(accountID, chatID)
	return nil
}

// Play listens to a voice message: the business gets a played status, once.
func (s *Sandbox) Play(ctx context.Context, accountID, chatID desk.ID, wamid string) error {
	m, err := s.message(ctx, accountID, chatID, wamid)
	if err != nil {
		return err
	}
	if m.View.Media == nil || !m.View.Media.Voice || m.Direction != desk.Out || m.DeliveredAt == 0 {
		return desk.RefuseField("wamid", desk.CodeInvalid)
	}
	if m.PlayedAt > 0 {
		return nil
	}
	c, n, err := s.chatAndNumber(ctx, accountID, chatID)
	if err != nil {
		return err
	}
	now := s.stamp()
	h := newHook(s.ids(), chatID, "messages", c.receipt(&m).status(&n, statusPlayed, now, nil), now)
	err = s.db.Do(ctx, func(tx *dbx.Tx) error {
		changed, err := tx.Exec(`UPDATE sandbox_message SET status='played', played_at=$3, seen=TRUE WHERE id=$1 AND account_id=$2 AND played_at=0`,
			m.ID, accountID, now)
		if err != nil || changed == 0 {
			return err
		}
		return enqueue(tx, &n, h)
	})
	s.told(err, &n, chatID)
	return err
}

func (s *Sandbox) chatAndNumber(ctx context.Context, accountID, chatID desk.ID) (Chat, Number, error) {
	c, err := s.Chat(ctx, accountID, chatID)
	if err != nil {
		return c, Number{}, err
	}
	n, err := s.numberByID(ctx, accountID, c.numberID)
	return c, n, err
}

// receipt is the one of a message already in the ledger.
func (c *Chat) receipt(m *Message) *receipt {
	return &receipt{wamid: m.WAMID, user: &c.User, byUserID: isUserID(m.Recipient), correlation: m.Correlation, pricing: m.Pricing, freeUntil: c.FreeUntil}
}

// catchUp delivers and shows what the switches of a chat now allow.
func (s *Sandbox) catchUp(ctx context.Context, accountID, chatID desk.ID) error {
	c, err := s.Chat(ctx, accountID, chatID)
	if err != nil {
		return err
	}
	if c.Delivery {
		if err := s.advance(ctx, accountID, chatID, false); err != nil {
			return err
		}
	}
	if c.Open {
		return s.advance(ctx, accountID, chatID, true)
	}
	return nil
}

// advanceChunk bounds the messages one transaction moves on: each is a row and
// a webhook.
const advanceChunk = 50

// advance moves the unseen messages of a chat on: those that wait for the
// phone to delivered, or, with show, those delivered to read. Without read
// receipts they are seen all the same, but the business isn't told.
func (s *Sandbox) advance(ctx context.Context, accountID, chatID desk.ID, show bool) error {
	for {
		c, n, err := s.chatAndNumber(ctx, accountID, chatID)
		if err != nil {
			return err
		}
		late, err := s.lag(ctx, &n)
		if err != nil {
			return err
		}
		ids := make([]desk.ID, advanceChunk)
		for i := range ids {
			ids[i] = s.ids()
		}
		step := advance{c: &c, n: &n, now: s.stamp(), late: desk.Time(late.Milliseconds()), ids: ids, show: show}
		moved := 0
		err = s.db.Do(ctx, func(tx *dbx.Tx) (err error) {
			moved, err = step.run(tx)
			return err
		})
		s.told(err, &n, chatID)
		if err != nil || moved < advanceChunk {
			return err
		}
	}
}

type advance struct {
	c    *Chat
	n    *Number
	now  desk.Time
	late desk.Time
	ids  []desk.ID
	show bool
}

// run moves one chunk. The chat's lock comes first, as everywhere.
func (a *advance) run(tx *dbx.Tx) (int, error) {
	var id desk.ID
	err := tx.QueryRow(`SELECT id FROM sandbox_chat WHERE id=$1 AND account_id=$2`+dbx.ForUpdate(tx), a.c.ID, a.n.AccountID).Scan(&id)
	if err != nil {
		return 0, found(err)
	}
	status := statusSent
	if a.show {
		status = statusDelivered
	}
	list, err := dbx.All(tx, scanMessage, `SELECT `+messageColumns+` FROM sandbox_message
		WHERE account_id=$1 AND chat_id=$2 AND seen=FALSE AND status=$3 ORDER BY id LIMIT $4`,
		a.n.AccountID, a.c.ID, status, advanceChunk)
	if err != nil {
		return 0, err
	}
	var hooks []hook
	for i := range list {
		h, err := a.move(tx, &list[i], a.ids[i])
		if err != nil {
			return 0, err
		}
		if h.change != "" {
			hooks = append(hooks, h)
		}
	}
	if err := enqueue(tx, a.n, hooks...); err != nil {
		return 0, err
	}
	return len(list), a.count(tx, list)
}

// move takes one message a step further; the webhook is empty when the
// business isn't told.
func (a *advance) move(tx *dbx.Tx, m *Message, hookID desk.ID) (hook, error) {
	at := max(a.now, m.SentAt, m.DeliveredAt)
	status, query := statusDelivered, `UPDATE sandbox_message SET status=$3, delivered_at=$4 WHERE id=$1 AND account_id=$2`
	switch {
	case a.show && a.c.Receipts:
		status, query = statusRead, `UPDATE sandbox_message SET status=$3, read_at=$4, seen=TRUE WHERE id=$1 AND account_id=$2`
	case a.show:
		_, err := tx.Exec(`UPDATE sandbox_message SET seen=TRUE WHERE id=$1 AND account_id=$2`, m.ID, a.n.AccountID)
		return hook{}, err
	}
	_, err := tx.Exec(query, m.ID, a.n.AccountID, status, at)
	return newHook(hookID, a.c.ID, "messages", a.c.receipt(m).status(a.n, status, at, (*rules.Error)(nil)), at+a.late), err
}

// count keeps the badge and the newest message of the chat.
func (a *advance) count(tx *dbx.Tx, moved []Message) error {
	if len(moved) == 0 {
		return nil
	}
	if a.show {
		_, err := tx.Exec(`UPDATE sandbox_chat SET unread=CASE WHEN unread<$3 THEN 0 ELSE unread-$3 END WHERE id=$1 AND account_id=$2`,
			a.c.ID, a.n.AccountID, len(moved))
		return err
	}
	last := moved[len(moved)-1]
	_, err := tx.Exec(`UPDATE sandbox_chat SET unread=unread+$3,
		last_message_id=CASE WHEN last_message_id<$4 THEN $4 ELSE last_message_id END,
		last_message_at=CASE WHEN last_message_at<$5 THEN $5 ELSE last_message_at END WHERE id=$1 AND account_id=$2`,
		a.c.ID, a.n.AccountID, len(moved), last.ID, last.At)
	return err
}
