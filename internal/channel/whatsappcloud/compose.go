package whatsappcloud

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

type outText struct {
	Body    string `json:"body"`
	Preview bool   `json:"preview_url"`
}

// outMedia is a file by the id of its upload.
type outMedia struct {
	ID      string `json:"id"`
	Caption string `json:"caption,omitempty"`
	Name    string `json:"filename,omitempty"`
	Voice   bool   `json:"voice,omitempty"`
}

type outLocation struct {
	Latitude  string `json:"latitude"`
	Longitude string `json:"longitude"`
	Name      string `json:"name,omitempty"`
	Address   string `json:"address,omitempty"`
}

// outReaction has no omitempty: an empty emoji removes the reaction.
type outReaction struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"`
}

// within refuses a text that is longer than max characters.
func within(what, s string, limit int) *channel.Failure {
	if n := utf8.RuneCountInString(s); n > limit {
		return refusal(KeyMessageTooLong, "%s: %d characters, at most %d", what, n, limit)
	}
	return nil
}

// written refuses a text that is empty or longer than max characters.
func written(what, s string, limit int) *channel.Failure {
	if strings.TrimSpace(s) == "" {
		return refusal(KeyMessageEmpty, "%s", what)
	}
	return within(what, s, limit)
}

func (d *draft) text() *channel.Failure {
	if f := written("text", d.msg.Body, maxText); f != nil {
		return f
	}
	d.out.Text = &outText{Body: d.msg.Body, Preview: hasLink(d.msg.Body)}
	return nil
}

// hasLink reports whether there is something to preview: Meta previews the
// first http or https address.
func hasLink(s string) bool { return strings.Contains(s, "http://") || strings.Contains(s, "https://") }

func (d *draft) media() *channel.Failure {
	kind := d.msg.Type
	limit := d.adapter.Capabilities(d.acc.conn).Media[kind]
	if d.msg.Body != "" && !limit.Caption {
		return refusal(KeyUnsupportedType, "%s with caption", kind)
	}
	if f := within("caption", d.msg.Body, maxCaption); f != nil {
		return f
	}
	id, f := d.upload(kind, d.msg.Media)
	if f != nil {
		return f
	}
	m := &outMedia{ID: id, Caption: d.msg.Body}
	switch kind {
	case desk.TypeImage:
		d.out.Image = m
	case desk.TypeVideo:
		d.out.Video = m
	case desk.TypeDocument:
		m.Name = fileName(d.msg.Media.Name, kind)
		d.out.Document = m
	case desk.TypeSticker:
		d.out.Sticker = m
	default:
		m.Voice = kind == desk.TypeVoice
		d.out.Type, d.out.Audio = "audio", m
	}
	return nil
}

func (d *draft) location() *channel.Failure {
	l := d.msg.Content.Location
	if l == nil {
		return refusal(KeyMessageEmpty, "location")
	}
	d.out.Location = location(l)
	return nil
}

func location(l *desk.Location) *outLocation {
	return &outLocation{Latitude: degrees(l.Latitude), Longitude: degrees(l.Longitude), Name: l.Name, Address: l.Address}
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (d *draft) cards() *channel.Failure {
	cards := d.msg.Content.Contacts
	if len(cards) == 0 {
		return refusal(KeyMessageEmpty, "contacts")
	}
	if len(cards) > maxCards {
		return refusal(KeyTooMany, "contacts: %d, at most %d", len(cards), maxCards)
	}
	for _, c := range cards {
		if f := written("formatted_name", c.Name.Formatted, maxCaption); f != nil {
			return f
		}
		d.out.Contacts = append(d.out.Contacts, cardOf(c))
	}
	return nil
}

// cardOf writes a card. Meta asks for one more part of the name than the
// formatted one.
func cardOf(c desk.ContactCard) card {
	n := c.Name
	out := card{Name: cardName{
		Formatted: text(n.Formatted), First: text(n.First), Last: text(n.Last),
		Middle: text(n.Middle), Prefix: text(n.Prefix), Suffix: text(n.Suffix),
	}}
	if n.First+n.Last+n.Middle+n.Prefix+n.Suffix == "" {
		out.Name.First = text(n.Formatted)
	}
	if _, err := time.Parse(time.DateOnly, c.Birthday); err == nil {
		out.Birthday = text(c.Birthday)
	}
	for _, p := range c.Phones {
		out.Phones = append(out.Phones, cardPhone{Phone: text(p.Phone), Type: text(p.Type), WaID: text(p.WaID)})
	}
	for _, e := range c.Emails {
		out.Emails = append(out.Emails, cardEmail{Email: text(e.Email), Type: text(e.Type)})
	}
	if c.Org != nil {
		out.Org = &cardOrg{Company: text(c.Org.Company), Department: text(c.Org.Department), Title: text(c.Org.Title)}
	}
	for _, u := range c.URLs {
		out.URLs = append(out.URLs, cardURL{URL: text(u.URL), Type: text(u.Type)})
	}
	for _, p := range c.Addresses {
		out.Addresses = append(out.Addresses, cardPlace{
			Street: text(p.Street), City: text(p.City), State: text(p.State), Zip: text(p.Zip),
			Country: text(p.Country), CountryCode: text(p.CountryCode), Type: text(p.Type),
		})
	}
	return out
}

func (d *draft) reaction() *channel.Failure {
	r := d.msg.Content.Reaction
	if r == nil || d.msg.ReactTo == "" {
		return refusal(KeyMessageEmpty, "reaction")
	}
	d.out.Reaction = &outReaction{MessageID: d.msg.ReactTo, Emoji: r.Emoji}
	return nil
}
