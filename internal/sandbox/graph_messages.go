package sandbox

import (
	"context"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// postMessages is POST /{phone_number_id}/messages: send, or mark as read.
func (c *call) postMessages() (any, error) {
	body, err := c.read()
	if err != nil {
		return nil, err
	}
	m, refusal := rules.Decode(body)
	if refusal != nil {
		return nil, refusal
	}
	if m.IsRead() {
		return map[string]any{"success": true}, c.s.markRead(c.r.Context(), c.n, m)
	}
	return c.send(m)
}

func (c *call) send(m *rules.Message) (any, error) {
	ctx := c.r.Context()
	a := &accepted{n: c.n, category: categoryService}
	a.byUserID = m.To == ""
	if err := c.s.resolve(ctx, a, m); err != nil {
		return nil, err
	}
	if err := c.s.compose(ctx, a, m); err != nil {
		return nil, err
	}
	if err := c.s.pace(a); err != nil {
		return nil, err
	}
	if err := c.s.fate(ctx, a); err != nil {
		return nil, err
	}
	if err := c.s.accept(ctx, a); err != nil {
		return nil, err
	}
	return reply(a, m), nil
}

// reply is the acceptance (Meta: messages). The wa_id is the canonical one.
func reply(a *accepted, m *rules.Message) any {
	contact := map[string]any{"input": m.To, "user_id": a.user.UserID}
	if a.byUserID {
		contact["input"] = m.Recipient
	}
	if !a.byUserID && !a.user.HidePhone {
		contact["wa_id"] = a.user.WaID
	}
	message := map[string]any{"id": a.m.WAMID}
	if m.Template != nil {
		message["message_status"] = "accepted"
	}
	return map[string]any{"messaging_product": "whatsapp", "contacts": []any{contact}, "messages": []any{message}}
}

// resolve finds the recipient.
func (s *Sandbox) resolve(ctx context.Context, a *accepted, m *rules.Message) error {
	a.m = Message{ID: s.ids(), Direction: desk.Out, Correlation: m.Callback, Recipient: cut(m.To, 64)}
	if a.byUserID {
		a.m.Recipient = cut(m.Recipient, 140)
		if !isUserID(m.Recipient) {
			return rules.New(100, "Param recipient must be a business-scoped user ID.")
		}
		var err error
		if a.user, err = s.user(ctx, a.n.AccountID, "bsuid", m.Recipient); desk.CodeOf(err) == desk.CodeNotFound {
			return rules.New(131026, "Message undeliverable: unknown business-scoped user ID.")
		}
		return err
	}
	phone := dial(a.n, m.To)
	if !isPhone(phone) {
		return rules.New(100, "Param to must be a phone number with country code.")
	}
	if phoneKey(phone) == phoneKey(a.n.Display) {
		return rules.New(131021, "Recipient phone number is the sender phone number.")
	}
	var err error
	a.user, err = s.userOfPhone(ctx, a.n.AccountID, phone, "")
	return err
}

// dial reads a phone number as Meta does: without a + a short one is taken as
// local to the business's country.
func dial(n *Number, to string) string {
	if strings.IndexFunc(to, func(r rune) bool { return !isDigit(r) && !strings.ContainsRune("+()- .", r) }) >= 0 {
		return ""
	}
	phone := digits(to)
	if !strings.Contains(to, "+") && len(phone) <= 11 && strings.HasPrefix(n.Display, "55") {
		return "55" + phone
	}
	return phone
}

// pace enforces throughput and pair limits (Meta: throughput, pair rate
// limits). Refused requests don't count against the pair.
func (s *Sandbox) pace(a *accepted) error {
	now, l := s.now(), &a.n.Limits
	perSecond := or(int64(l.PerSecond), 80)
	if perSecond > 0 && !s.rate.Allow(a.n.id, now, time.Second/time.Duration(perSecond), int(perSecond)) {
		return rules.New(130429, "Message failed to send because there were too many messages sent from this phone number in a short period of time")
	}
	burst := or(int64(l.PairBurst), 45)
	if burst > 0 && !s.pairs.Allow(pair{a.n.id, a.user.ID}, now, millis(l.PairEveryMS, 6000), int(burst)) {
		return rules.New(131056, "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.")
	}
	return nil
}

// fate settles what will be reported by status whatever the window says.
func (s *Sandbox) fate(ctx context.Context, a *accepted) error {
	f, hit, err := s.strike(ctx, a.n, FaultFail, OnMessages)
	switch {
	case err != nil:
		return err
	case a.failure != nil: // its media
	case a.user.Absent:
		a.failure = rules.New(131026, "Message undeliverable: the recipient is not on WhatsApp.")
	case a.category == "marketing" && a.user.OptedOut:
		a.failure = rules.New(131050, "The user has chosen to stop receiving marketing messages from this business.")
	case hit:
		a.failure = rules.New(f.Code, "Simulated fault.")
	}
	if _, a.closed, err = s.strike(ctx, a.n, FaultWindowClosed, OnMessages); err != nil {
		return err
	}
	_, a.sync, err = s.strike(ctx, a.n, FaultWindowSync, OnMessages)
	return err
}

// typingFor is how long a typing indicator stays (Meta: typing indicators).
const typingFor = 25_000

// markRead marks a received message and all earlier ones of its chat as read;
// with a typing indicator the phone shows that the business is writing.
func (s *Sandbox) markRead(ctx context.Context, n *Number, m *rules.Message) error {
	unknown := rules.New(131009, "Param message_id is not a received message of this phone number.")
	if !isText(m.MessageID, maxWAMID) {
		return unknown
	}
	var id, chatID desk.ID
	err := s.db.Read(ctx).QueryRow(`SELECT id, chat_id FROM sandbox_message WHERE account_id=$1 AND wamid=$2 AND number_id=$3 AND direction='in'`,
		n.AccountID, m.MessageID, n.id).Scan(&id, &chatID)
	if dbx.IsNotFound(err) {
		return unknown
	}
	if err != nil {
		return err
	}
	var typing desk.Time
	if m.Typing != nil {
		typing = s.stamp() + typingFor
	}
	err = s.touchOne(ctx, `UPDATE sandbox_chat SET read_to=CASE WHEN read_to<$3 THEN $3 ELSE read_to END, typing_until=$4
		WHERE account_id=$1 AND id=$2`, n.AccountID, chatID, id, typing)
	if err == nil {
		s.changed(n.AccountID, chatID)
	}
	return err
}
