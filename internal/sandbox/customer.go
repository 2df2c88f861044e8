package sandbox

import (
	"bytes"
	"context"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// Types of messages a customer can send.
const (
	TypeText           = "text"
	TypeImage          = "image"
	TypeVideo          = "video"
	TypeAudio          = "audio"
	TypeVoice          = "voice"
	TypeDocument       = "document"
	TypeSticker        = "sticker"
	TypeLocation       = "location"
	TypeContacts       = "contacts"
	TypeReaction       = "reaction"
	TypeButtonReply    = "button_reply"    // a tap on a reply button
	TypeListReply      = "list_reply"      // a choice of a list
	TypeTemplateButton = "template_button" // a tap on a template's quick reply
	TypeOrder          = "order"
	TypeUnsupported    = "unsupported"
	TypeRevoke         = "revoke" // deletes a message of the customer's
	TypeNewNumber      = "new_number"
)

// CustomerMessage is what somebody does on the phone. The chat is named by
// ChatID, or by PhoneNumberID and Phone, which makes user and chat when they
// are new.
type CustomerMessage struct {
	AccountID     desk.ID `json:"-"`
	ChatID        desk.ID `json:"chat_id,omitempty"`
	PhoneNumberID string  `json:"phone_number_id,omitempty"`
	Phone         string  `json:"phone,omitempty"`
	Name          string  `json:"name,omitempty"` // profile name of a new user

	Type        string          `json:"type"`
	Body        string          `json:"body,omitempty"` // text, caption, note of an order, new phone number
	Media       *CustomerMedia  `json:"media,omitempty"`
	Location    *LocationView   `json:"location,omitempty"`
	Contacts    []rules.Contact `json:"contacts,omitempty"`
	Emoji       string          `json:"emoji,omitempty"`  // of a reaction; empty removes it
	Target      string          `json:"target,omitempty"` // wamid reacted to, tapped under or deleted
	Choice      string          `json:"choice,omitempty"` // id of the tapped button or row; a template's button by position
	Order       *Order          `json:"order,omitempty"`
	Referral    *Referral       `json:"referral,omitempty"`
	ReplyTo     string          `json:"reply_to,omitempty"` // wamid
	Forwarded   bool            `json:"forwarded,omitempty"`
	Unsupported string          `json:"unsupported,omitempty"` // Meta's name of the kind, e.g. poll_creation
}

// CustomerMedia is a file the customer sends.
type CustomerMedia struct {
	Data []byte `json:"data"`
	MIME string `json:"mime"`
	Name string `json:"name,omitempty"`
}

// Order is a basket.
type Order struct {
	CatalogID string      `json:"catalog_id"`
	Text      string      `json:"text"`
	Items     []OrderItem `json:"product_items"`
}

// OrderItem is one line of a basket.
type OrderItem struct {
	ProductID string  `json:"product_retailer_id"`
	Quantity  int     `json:"quantity"`
	Price     float64 `json:"item_price"`
	Currency  string  `json:"currency"`
}

// Referral is the ad or post that led the customer here (Meta: webhooks,
// click to WhatsApp ads).
type Referral struct {
	SourceURL  string `json:"source_url"`
	SourceID   string `json:"source_id"`
	SourceType string `json:"source_type"` // ad or post
	Headline   string `json:"headline"`
	Body       string `json:"body"`
	MediaType  string `json:"media_type,omitempty"` // image or video
	ImageURL   string `json:"image_url,omitempty"`
	VideoURL   string `json:"video_url,omitempty"`
	ThumbURL   string `json:"thumbnail_url,omitempty"`
	ClickID    string `json:"ctwa_clid,omitempty"`
}

// incoming is a customer's message on its way into the ledger.
type incoming struct {
	cm    CustomerMessage
	chat  Chat
	n     Number
	m     Message
	wire  map[string]any // as the webhook writes it
	media mediaRow
}

// SendAsCustomer has a customer send a message: it opens the service window,
// appears in the chat and is announced by webhook. What a real phone could not
// do is 422: a tap on a button that was never sent, a reply to nothing.
func (s *Sandbox) SendAsCustomer(ctx context.Context, cm CustomerMessage) (Message, error) {
	in := &incoming{cm: cm}
	if err := s.findChat(ctx, in); err != nil {
		return Message{}, err
	}
	if in.chat.User.Absent {
		return Message{}, desk.RefuseField("chat_id", desk.CodeContactUnreachable)
	}
	in.m = Message{ID: s.ids(), ChatID: in.chat.ID, Direction: desk.In, Status: statusReceived, At: s.stamp(), Quoted: cm.ReplyTo}
	in.m.WAMID = wamid(in.chat.User.WaID, in.m.ID)
	if err := s.fill(ctx, in); err != nil {
		return Message{}, err
	}
	if err := s.receive(ctx, in); err != nil {
		return Message{}, err
	}
	return in.m, nil
}

// findChat names the conversation, making user and chat when they are new.
func (s *Sandbox) findChat(ctx context.Context, in *incoming) (err error) {
	cm := &in.cm
	if cm.ChatID != 0 {
		if in.chat, err = s.Chat(ctx, cm.AccountID, cm.ChatID); err != nil {
			return err
		}
		in.n, err = s.numberByID(ctx, cm.AccountID, in.chat.numberID)
		return err
	}
	phone := digits(cm.Phone)
	if !isPhone(phone) {
		return desk.RefuseField("phone", desk.CodeInvalidPhone)
	}
	if !isText(cm.Name, 100) {
		return desk.RefuseField("name", desk.CodeInvalid)
	}
	if in.n, err = s.Number(ctx, cm.AccountID, cm.PhoneNumberID); err != nil {
		return err
	}
	u, err := s.userOfPhone(ctx, cm.AccountID, phone, cm.Name)
	if err != nil {
		return err
	}
	if u.Absent {
		return desk.RefuseField("phone", desk.CodeContactUnreachable)
	}
	in.chat, err = s.StartChat(ctx, cm.AccountID, cm.PhoneNumberID, u.ID)
	return err
}

// receive writes the message and its webhook in one transaction. Locks: chat,
// then number.
func (s *Sandbox) receive(ctx context.Context, in *incoming) error {
	late, err := s.lag(ctx, &in.n)
	if err != nil {
		return err
	}
	value := in.n.value("contacts", []any{in.chat.User.contact()}, "messages", []any{in.wire})
	if in.cm.Type == TypeNewNumber {
		delete(value, "contacts") // system messages have none
	}
	h := newHook(s.ids(), in.chat.ID, "messages", value, in.m.At.Add(late))
	view := asJSON(in.m.View)
	err = s.db.Do(ctx, func(tx *dbx.Tx) error {
		if err := in.show(tx); err != nil {
			return err
		}
		if err := tx.QueryRow(`UPDATE sandbox_number SET seq=seq+1 WHERE id=$1 AND account_id=$2 RETURNING seq`,
			in.n.id, in.n.AccountID).Scan(&in.m.Seq); err != nil {
			return found(err)
		}
		if err := insertMessage(tx, in.n.AccountID, in.n.id, &in.m, view, "", true); err != nil {
			return err
		}
		return enqueue(tx, &in.n, h)
	})
	if dbx.IsUnique(err) {
		err = desk.Clash(desk.CodePhoneTaken) // a new number that somebody has
	}
	s.told(err, &in.n, in.chat.ID)
	return err
}

// show brings the chat up to date: a message from the user opens the window, a
// system message doesn't; an ad starts a free entry point.
func (in *incoming) show(tx *dbx.Tx) error {
	inbound, entry := in.m.At, desk.Time(0)
	if in.cm.Type == TypeNewNumber {
		inbound = 0
		if _, err := tx.Exec(`UPDATE sandbox_user SET wa_id=$3, phone_key=$4, bsuid=$5 WHERE id=$1 AND account_id=$2`,
			in.chat.User.ID, in.n.AccountID, in.chat.User.WaID, phoneKey(in.chat.User.WaID), in.chat.User.UserID); err != nil {
			return err
		}
	}
	if in.cm.Referral != nil {
		entry = in.m.At
	}
	changed, err := tx.Exec(`UPDATE sandbox_chat SET last_message_at=$3, last_message_id=$4,
		last_inbound_at=CASE WHEN last_inbound_at<$5 THEN $5 ELSE last_inbound_at END,
		free_until=CASE WHEN CAST($6 AS BIGINT)>0 THEN 0 ELSE free_until END,
		entry_at=CASE WHEN CAST($6 AS BIGINT)>0 THEN $6 ELSE entry_at END WHERE id=$1 AND account_id=$2`,
		in.chat.ID, in.n.AccountID, in.m.At, in.m.ID, inbound, entry)
	if err == nil && changed == 0 {
		err = desk.Missing()
	}
	return err
}

// store keeps the customer's file at Meta.
func (s *Sandbox) store(ctx context.Context, in *incoming) error {
	f := in.cm.Media
	switch {
	case f == nil || len(f.Data) == 0:
		return desk.RefuseField("media", desk.CodeRequired)
	case !isText(f.MIME, 120) || f.MIME == "":
		return desk.RefuseField("media.mime", desk.CodeInvalid)
	case !isText(f.Name, 240):
		return desk.RefuseField("media.name", desk.CodeInvalid)
	case len(f.Data) > rules.MaxUpload:
		return desk.RefuseField("media", desk.CodeMediaTooLarge).With("max", rules.MaxUpload)
	}
	m := mediaRow{accountID: in.n.AccountID, numberID: in.n.id, MIME: f.MIME, Name: f.Name, expiresAt: in.m.At.Add(inboundLives)}
	var err error
	in.media, err = s.keep(ctx, m, bytes.NewReader(f.Data), func(*mediaRow) error { return nil })
	return err
}

// targetOf finds the message a customer refers to, in this conversation.
func (s *Sandbox) targetOf(ctx context.Context, in *incoming, wamid, field string) (Message, error) {
	if wamid == "" {
		return Message{}, desk.RefuseField(field, desk.CodeRequired)
	}
	m, err := s.message(ctx, in.n.AccountID, in.chat.ID, wamid)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && (m.Status == statusFailed || m.Status == statusSent) {
		return m, desk.RefuseField(field, desk.CodeUnknownReference)
	}
	return m, err
}
