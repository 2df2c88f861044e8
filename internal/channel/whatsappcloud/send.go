package whatsappcloud

import (
	"context"
	"net/http"
	"slices"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// envelope is a message on its way. Meta: cloud-api/reference/messages.
type envelope struct {
	Product       string     `json:"messaging_product"`
	RecipientType string     `json:"recipient_type"`
	To            string     `json:"to,omitempty"`
	Recipient     string     `json:"recipient,omitempty"`
	Type          string     `json:"type"`
	Context       *reference `json:"context,omitempty"`
	Correlation   string     `json:"biz_opaque_callback_data,omitempty"`

	Text        *outText        `json:"text,omitempty"`
	Image       *outMedia       `json:"image,omitempty"`
	Video       *outMedia       `json:"video,omitempty"`
	Audio       *outMedia       `json:"audio,omitempty"`
	Document    *outMedia       `json:"document,omitempty"`
	Sticker     *outMedia       `json:"sticker,omitempty"`
	Location    *outLocation    `json:"location,omitempty"`
	Contacts    []card          `json:"contacts,omitempty"`
	Reaction    *outReaction    `json:"reaction,omitempty"`
	Interactive *outInteractive `json:"interactive,omitempty"`
	Template    *outTemplate    `json:"template,omitempty"`
}

type reference struct {
	MessageID string `json:"message_id"`
}

// acceptance is Meta's answer to a message: it was taken, not delivered.
type acceptance struct {
	Contacts []struct {
		WaID   text `json:"wa_id"`
		UserID text `json:"user_id"`
	} `json:"contacts"`
	Messages []struct {
		ID     text `json:"id"`
		Status text `json:"message_status"`
	} `json:"messages"`
}

// Send implements channel.Adapter.
func (a *Adapter) Send(ctx context.Context, c channel.Connection, m channel.Outgoing) (channel.Sent, error) {
	sent, f := a.send(ctx, c, m)
	if f != nil {
		return channel.Sent{}, f // never a nil *Failure in an error
	}
	return sent, nil
}

func (a *Adapter) send(ctx context.Context, c channel.Connection, m channel.Outgoing) (channel.Sent, *channel.Failure) {
	acc, f := a.account(c)
	if f != nil {
		return channel.Sent{}, f
	}
	d := &draft{adapter: a, ctx: ctx, acc: acc, msg: m}
	if f := d.compose(); f != nil {
		return channel.Sent{}, f
	}
	pair := pairKey{connection: c.ID, to: d.out.To + d.out.Recipient}
	var answer acceptance
	f = a.do(ctx, acc, call{method: http.MethodPost, url: acc.url(nil, acc.phoneID, "messages"), json: d.out}, &answer)
	if f != nil {
		d.blame(f)
		if f.Key == KeyPairRate {
			f.After = max(f.After, a.pairs.limited(pair))
		}
		return channel.Sent{}, f
	}
	a.pairs.accepted(pair)
	if len(answer.Messages) == 0 || answer.Messages[0].ID == "" {
		a.log.Warn("acceptance without message id", "connection", c.ID, "message", m.MessageID)
		return channel.Sent{}, unreadable()
	}
	return answer.sent(), nil
}

func (r acceptance) sent() channel.Sent {
	s := channel.Sent{
		ProviderID: string(r.Messages[0].ID),
		Held:       r.Messages[0].Status == "held_for_quality_assessment" || r.Messages[0].Status == "paused",
	}
	if len(r.Contacts) > 0 {
		s.To = channel.Recipient{Phone: string(r.Contacts[0].WaID), UserID: string(r.Contacts[0].UserID)}
	}
	return s
}

// draft is a message being composed.
type draft struct {
	adapter *Adapter
	ctx     context.Context
	acc     account
	msg     channel.Outgoing
	out     envelope
	files   []file
}

// composers builds the content of each type. Files are uploaded as they are
// met.
var composers = map[desk.MessageType]func(*draft) *channel.Failure{
	desk.TypeText:        (*draft).text,
	desk.TypeImage:       (*draft).media,
	desk.TypeVideo:       (*draft).media,
	desk.TypeAudio:       (*draft).media,
	desk.TypeVoice:       (*draft).media,
	desk.TypeDocument:    (*draft).media,
	desk.TypeSticker:     (*draft).media,
	desk.TypeLocation:    (*draft).location,
	desk.TypeContacts:    (*draft).cards,
	desk.TypeReaction:    (*draft).reaction,
	desk.TypeInteractive: (*draft).interactive,
	desk.TypeTemplate:    (*draft).template,
}

func (d *draft) compose() *channel.Failure {
	d.out = envelope{
		Product: "whatsapp", RecipientType: "individual", Type: string(d.msg.Type), Correlation: correlation(d.msg.MessageID),
	}
	if f := d.address(); f != nil {
		return f
	}
	if d.msg.QuotedID != "" && d.msg.Type != desk.TypeReaction {
		d.out.Context = &reference{MessageID: d.msg.QuotedID}
	}
	build, ok := composers[d.msg.Type]
	if !ok {
		return refusal(KeyUnsupportedType, "%s", d.msg.Type)
	}
	return build(d)
}

// address writes to the phone if there is one, else to the user id. The plus
// sign matters: without it Meta may put our own country before the number.
func (d *draft) address() *channel.Failure {
	switch to := d.msg.To; {
	case digits(to.Phone) != "":
		d.out.To = "+" + digits(to.Phone)
	case to.UserID != "":
		d.out.Recipient = to.UserID
	default:
		return refusal(KeyNeedsPhone, "no address")
	}
	return nil
}

// mediaKeys are the failures that an upload Meta has forgotten may cause.
var mediaKeys = []string{KeyInvalidRequest, KeyMediaRefused, KeyMediaUnfetchable}

// blame forgets remembered uploads when a refusal may be their fault; the
// message may then be tried again with fresh ones.
func (d *draft) blame(f *channel.Failure) {
	if !slices.Contains(mediaKeys, f.Key) {
		return
	}
	for _, file := range d.files {
		if file.cached {
			d.adapter.uploads.forget(file.key)
			f.Retryable = f.Certain
		}
	}
}

// upload gives a file to Meta and returns its id there.
func (d *draft) upload(kind desk.MessageType, m *channel.OutgoingMedia) (string, *channel.Failure) {
	file, f := d.adapter.upload(d.ctx, d.acc, kind, m)
	if f != nil {
		return "", f
	}
	d.files = append(d.files, file)
	return file.id, nil
}
