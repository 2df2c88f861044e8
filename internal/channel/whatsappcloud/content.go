package whatsappcloud

import (
	"encoding/json"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// contents reads the object of each type of message. Meta: webhooks/messages.
var contents = map[string]func(message, *channel.Incoming) error{
	"text":        readText,
	"image":       readMedia(desk.TypeImage),
	"video":       readMedia(desk.TypeVideo),
	"audio":       readMedia(desk.TypeAudio),
	"voice":       readMedia(desk.TypeVoice),
	"document":    readMedia(desk.TypeDocument),
	"sticker":     readMedia(desk.TypeSticker),
	"location":    readLocation,
	"contacts":    readCards,
	"button":      readTemplateButton,
	"interactive": readInteractive,
	"order":       readOrder,
}

func readText(m message, in *channel.Incoming) error {
	var t struct {
		Body text `json:"body"`
	}
	if err := decode(m.content, &t, "text"); err != nil {
		return err
	}
	in.Type, in.Body = desk.TypeText, string(t.Body)
	return nil
}

func readMedia(kind desk.MessageType) func(message, *channel.Incoming) error {
	return func(m message, in *channel.Incoming) error {
		var f struct {
			ID       text `json:"id"`
			MIME     text `json:"mime_type"`
			SHA256   text `json:"sha256"`
			Caption  text `json:"caption"`
			Name     text `json:"filename"`
			Voice    bool `json:"voice"`
			Animated bool `json:"animated"`
		}
		if err := decode(m.content, &f, string(m.Type)); err != nil {
			return err
		}
		if f.ID == "" {
			return malformed(string(m.Type) + ".id")
		}
		in.Type, in.Body = kind, string(f.Caption)
		if kind == desk.TypeAudio && f.Voice {
			in.Type = desk.TypeVoice
		}
		in.Content.Animated = f.Animated
		in.Media = &channel.IncomingMedia{
			ProviderID: string(f.ID), MIME: string(f.MIME), SHA256: hexSum(string(f.SHA256)),
			Name: string(f.Name), Voice: in.Type == desk.TypeVoice,
		}
		return nil
	}
}

func readLocation(m message, in *channel.Incoming) error {
	var l struct {
		Latitude  json.Number `json:"latitude"`
		Longitude json.Number `json:"longitude"`
		Name      text        `json:"name"`
		Address   text        `json:"address"`
		URL       text        `json:"url"`
	}
	if err := decode(m.content, &l, "location"); err != nil {
		return err
	}
	latitude, err := l.Latitude.Float64()
	if err != nil || latitude < -90 || latitude > 90 {
		return malformed("location.latitude")
	}
	longitude, err := l.Longitude.Float64()
	if err != nil || longitude < -180 || longitude > 180 {
		return malformed("location.longitude")
	}
	in.Type = desk.TypeLocation
	in.Content.Location = &desk.Location{
		Latitude: latitude, Longitude: longitude, Name: string(l.Name), Address: string(l.Address), URL: string(l.URL),
	}
	return nil
}

// readTemplateButton reads a tap on a quick reply of a template.
func readTemplateButton(m message, in *channel.Incoming) error {
	var b struct {
		Payload text `json:"payload"`
		Text    text `json:"text"`
	}
	if err := decode(m.content, &b, "button"); err != nil {
		return err
	}
	in.Type, in.Body = desk.TypeInteractive, string(b.Text)
	in.Content.Interactive = &desk.Interactive{
		Kind: "template_button", Reply: &desk.ChosenOption{ID: string(b.Payload), Title: string(b.Text)},
	}
	return nil
}

// readInteractive reads a choice: a button, a row, a form, a call permission.
func readInteractive(m message, in *channel.Incoming) error {
	var fields map[string]json.RawMessage
	if err := decode(m.content, &fields, "interactive"); err != nil {
		return err
	}
	var kind text
	if err := decode(fields["type"], &kind, "interactive.type"); err != nil {
		return err
	}
	part := fields[string(kind)]
	reply := &desk.ChosenOption{}
	var err error
	name := string(kind)
	switch kind {
	case "button_reply", "list_reply":
		err = decode(part, (*option)(reply), "interactive."+name)
	case "nfm_reply":
		name = "flow_reply"
		err = readForm(part, reply)
	case "call_permission_reply":
		err = readPermission(part, reply)
	default:
		in.Type, in.Content.Unsupported = desk.TypeUnsupported, "interactive:"+name
		return nil
	}
	if err != nil {
		return err
	}
	in.Type, in.Body = desk.TypeInteractive, reply.Title
	in.Content.Interactive = &desk.Interactive{Kind: name, Reply: reply}
	return nil
}

// option reads the id, title and description of a tapped button or row.
type option desk.ChosenOption

// UnmarshalJSON implements json.Unmarshaler.
func (o *option) UnmarshalJSON(b []byte) error {
	var v struct {
		ID          text `json:"id"`
		Title       text `json:"title"`
		Description text `json:"description"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	o.ID, o.Title, o.Description = string(v.ID), string(v.Title), string(v.Description)
	return nil
}

func readForm(raw json.RawMessage, reply *desk.ChosenOption) error {
	var f struct {
		Name     text `json:"name"`
		Body     text `json:"body"`
		Response text `json:"response_json"`
	}
	if err := decode(raw, &f, "interactive.nfm_reply"); err != nil {
		return err
	}
	reply.ID, reply.Title, reply.Data = string(f.Name), string(f.Body), string(f.Response)
	return nil
}

// readPermission reads the answer to a request to be called: the id is accept
// or reject, the data says how long it holds.
func readPermission(raw json.RawMessage, reply *desk.ChosenOption) error {
	var p struct {
		Response text `json:"response"`
	}
	if err := decode(raw, &p, "interactive.call_permission_reply"); err != nil {
		return err
	}
	reply.ID, reply.Data = string(p.Response), string(raw)
	return nil
}

func readOrder(m message, in *channel.Incoming) error {
	var o struct {
		CatalogID text `json:"catalog_id"`
		Text      text `json:"text"`
		Items     []struct {
			ProductID text `json:"product_retailer_id"`
			Quantity  text `json:"quantity"`
			Price     text `json:"item_price"`
			Currency  text `json:"currency"`
		} `json:"product_items"`
	}
	if err := decode(m.content, &o, "order"); err != nil {
		return err
	}
	order := &desk.Order{CatalogID: string(o.CatalogID), Text: string(o.Text), Items: []desk.OrderItem{}}
	for _, i := range o.Items {
		order.Items = append(order.Items, desk.OrderItem{
			ProductID: string(i.ProductID), Quantity: string(i.Quantity), Price: string(i.Price), Currency: string(i.Currency),
		})
	}
	in.Type, in.Body, in.Content.Order = desk.TypeOrder, order.Text, order
	return nil
}
