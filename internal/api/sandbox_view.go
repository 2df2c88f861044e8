package api

import (
	"encoding/json"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// simChat is a conversation on a customer's phone.
type simChat struct {
	ID              id          `json:"id"`
	ConnectionID    ref         `json:"connection_id"`
	Business        string      `json:"business" doc:"name the customer sees"`
	Phone           string      `json:"phone" doc:"of the customer; as the provider writes it"`
	Name            string      `json:"name"`
	HidePhone       bool        `json:"hide_phone" doc:"the company sees only a user id"`
	OptedOut        bool        `json:"opted_out" doc:"wants no marketing"`
	Delivery        bool        `json:"delivery" doc:"the phone is reachable"`
	Receipts        bool        `json:"receipts" doc:"it sends read receipts"`
	Open            bool        `json:"open" doc:"the chat is on its screen"`
	Unread          int         `json:"unread"`
	LastInboundAt   when        `json:"last_inbound_at" doc:"last message of the customer"`
	WindowExpiresAt when        `json:"window_expires_at"`
	TypingUntil     when        `json:"typing_until" doc:"the company is writing"`
	LastMessageAt   when        `json:"last_message_at"`
	LastMessage     *simMessage `json:"last_message,omitempty"`
}

// simMessage is a message as the customer's phone shows it.
type simMessage struct {
	ID          id             `json:"id"`
	Direction   desk.Direction `json:"direction" doc:"as the company sees it: in is from the customer"`
	ProviderID  string         `json:"provider_id"`
	Status      string         `json:"status" enum:"received,sent,delivered,read,played,failed"`
	Quoted      string         `json:"quoted,omitempty" doc:"provider id"`
	View        simView        `json:"view"`
	At          when           `json:"at"`
	DeliveredAt when           `json:"delivered_at"`
	ReadAt      when           `json:"read_at"`
}

// simView is what the phone draws. Exactly what its type needs is set.
type simView struct {
	Type        string             `json:"type" doc:"as on the wire: text, image, interactive, button …"`
	Body        string             `json:"body,omitempty"`
	Header      string             `json:"header,omitempty"`
	Footer      string             `json:"footer,omitempty"`
	Media       *simMedia          `json:"media,omitempty"`
	Location    *desk.Location     `json:"location,omitempty"`
	Contacts    []desk.ContactCard `json:"contacts,omitempty"`
	Reaction    *simReaction       `json:"reaction,omitempty"`
	Buttons     []simButton        `json:"buttons,omitempty"`
	List        *desk.OptionList   `json:"list,omitempty"`
	Reply       *desk.ChosenOption `json:"reply,omitempty" doc:"what the customer tapped"`
	Template    *simTemplateName   `json:"template,omitempty"`
	Unsupported string             `json:"unsupported,omitempty"`
	Revoked     string             `json:"revoked,omitempty" doc:"provider id of a message that was deleted"`
}

type simMedia struct {
	Kind  string `json:"kind" doc:"image, video, audio, voice, document, sticker"`
	MIME  string `json:"mime"`
	Name  string `json:"name,omitempty"`
	Size  int64  `json:"size"`
	Voice bool   `json:"voice,omitempty"`
	URL   string `json:"url"`
}

type simReaction struct {
	ProviderID string `json:"provider_id"`
	Emoji      string `json:"emoji" doc:"empty takes it back"`
}

type simButton struct {
	Type    string `json:"type" doc:"reply, url, phone, copy, flow, location, call"`
	ID      string `json:"id,omitempty"`
	Text    string `json:"text"`
	URL     string `json:"url,omitempty"`
	Payload string `json:"payload,omitempty"`
}

type simTemplateName struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Category string `json:"category"`
}

// viewChat translates a conversation; lines are the simulated connections.
func viewChat(lines []desk.Connection) func(sandbox.Chat) simChat {
	return func(c sandbox.Chat) simChat {
		view := simChat{ID: id(c.ID), Business: c.Business, Phone: c.User.WaID, Name: c.User.Name, HidePhone: c.User.HidePhone,
			OptedOut: c.User.OptedOut, Delivery: c.Delivery, Receipts: c.Receipts, Open: c.Open, Unread: c.Unread,
			LastInboundAt: when(c.LastInboundAt), WindowExpiresAt: when(c.WindowExpiresAt), TypingUntil: when(c.TypingUntil),
			LastMessageAt: when(c.LastMessageAt)}
		for _, line := range lines {
			if line.ExternalID == c.PhoneNumberID {
				view.ConnectionID = ref(line.ID)
			}
		}
		if c.LastMessage != nil {
			last := viewSimMessage(*c.LastMessage)
			view.LastMessage = &last
		}
		return view
	}
}

func viewSimMessage(m sandbox.Message) simMessage {
	return simMessage{ID: id(m.ID), Direction: m.Direction, ProviderID: m.WAMID, Status: m.Status, Quoted: m.Quoted,
		View: viewOnPhone(m.View), At: when(m.At), DeliveredAt: when(m.DeliveredAt), ReadAt: when(m.ReadAt)}
}

func viewOnPhone(v sandbox.View) simView {
	view := simView{Type: v.Type, Body: v.Body, Header: v.Header, Footer: v.Footer, Unsupported: v.Unsupported, Revoked: v.Revoked}
	if m := v.Media; m != nil {
		view.Media = &simMedia{Kind: m.Kind, MIME: m.MIME, Name: m.Name, Size: m.Size, Voice: m.Voice,
			URL: basePath + "/sandbox/media/" + m.ID.String()}
	}
	if l := v.Location; l != nil {
		view.Location = &desk.Location{Latitude: l.Latitude, Longitude: l.Longitude, Name: l.Name, Address: l.Address}
	}
	if r := v.Reaction; r != nil {
		view.Reaction = &simReaction{ProviderID: r.WAMID, Emoji: r.Emoji}
	}
	for _, b := range v.Buttons {
		view.Buttons = append(view.Buttons, simButton(b))
	}
	if r := v.Reply; r != nil {
		view.Reply = &desk.ChosenOption{ID: r.ID, Title: r.Title, Description: r.Description}
	}
	if t := v.Template; t != nil {
		view.Template = &simTemplateName{Name: t.Name, Language: t.Language, Category: t.Category}
	}
	view.List, view.Contacts = phoneList(v.List), phoneContacts(v.Contacts)
	return view
}

func phoneList(l *sandbox.ListView) *desk.OptionList {
	if l == nil {
		return nil
	}
	list := &desk.OptionList{Button: l.Button}
	for _, s := range l.Sections {
		section := desk.ListSection{Title: s.Title, Rows: []desk.ListRow{}}
		for _, r := range s.Rows {
			section.Rows = append(section.Rows, desk.ListRow{ID: r.ID, Title: r.Title, Description: r.Description})
		}
		list.Sections = append(list.Sections, section)
	}
	return list
}

// phoneContacts and wireContacts rely on cards having the same JSON on both
// sides: Meta's.
func phoneContacts(list []rules.Contact) []desk.ContactCard {
	var cards []desk.ContactCard
	throughJSON(list, &cards)
	return cards
}

func wireContacts(cards []desk.ContactCard) []rules.Contact {
	var list []rules.Contact
	throughJSON(cards, &list)
	return list
}

// throughJSON copies between types with the same JSON. Both sides are plain
// structs, so neither step fails.
func throughJSON(from, to any) {
	if text, err := json.Marshal(from); err == nil {
		_ = json.Unmarshal(text, to)
	}
}
