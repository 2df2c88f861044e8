package whatsappcloud

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
)

// metadata says which number a change is about.
type metadata struct {
	PhoneNumberID text `json:"phone_number_id"`
	DisplayNumber text `json:"display_phone_number"`
}

func readMetadata(raw json.RawMessage) (metadata, error) {
	var m metadata
	err := decode(raw, &m, "metadata")
	return m, err
}

// contact is an entry of a change's contacts. wa_id is absent for people who
// hide their number. Meta: business-scoped user ids.
type contact struct {
	WaID    text `json:"wa_id"`
	UserID  text `json:"user_id"`
	Profile struct {
		Name     text `json:"name"`
		Username text `json:"username"`
	} `json:"profile"`
}

// directory holds the contacts of one change.
type directory struct {
	known []contact
	raw   []json.RawMessage
}

// readContacts never fails: a contact that can't be read is only a missing name.
func readContacts(raw json.RawMessage) directory {
	var d directory
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return d
	}
	for _, item := range list {
		var c contact
		if decode(item, &c, "contact") == nil {
			d.known = append(d.known, c)
			d.raw = append(d.raw, item)
		}
	}
	return d
}

// of returns the contact that belongs to a list member: the one with its phone
// or user id, or the only one of the only member when it carries no id to
// compare.
func (d directory) of(h head, members int) json.RawMessage {
	ids := slices.DeleteFunc([]text{h.From, h.FromUserID, h.To, h.ToUserID, h.RecipientID, h.RecipientUserID, h.WaID, h.UserID},
		func(id text) bool { return id == "" })
	for i, c := range d.known {
		if slices.Contains(ids, c.WaID) || slices.Contains(ids, c.UserID) {
			return d.raw[i]
		}
	}
	alone := len(d.known) == 1 && members == 1
	if alone && (len(ids) == 0 || d.known[0].WaID == "" && d.known[0].UserID == "") {
		return d.raw[0]
	}
	return nil
}

// sender joins what the item and the contact say about a person.
func (e element) sender(phone, userID text) channel.Sender {
	var c contact
	if e.Contact != nil {
		// A contact that can't be read was not attached.
		_ = json.Unmarshal(e.Contact, &c)
	}
	if isUserID(string(phone)) {
		phone, userID = "", text(first(userID, phone))
	}
	return channel.Sender{
		Phone:  digits(first(phone, c.WaID)),
		UserID: first(userID, c.UserID),
		Name:   first(c.Profile.Name, c.Profile.Username),
	}
}

// isUserID tells a business-scoped user id ("BR.123…") from a phone number.
func isUserID(s string) bool {
	country, rest, ok := strings.Cut(s, ".")
	return ok && len(country) == 2 && rest != "" && strings.ToUpper(country) == country && digits(country) == ""
}
