package whatsappcloud

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/prosa-desk/prosa/internal/channel"
)

// ErrNotWebhook says that a body is not a webhook of a WhatsApp account.
var ErrNotWebhook = errors.New("not a webhook of a WhatsApp account")

// part names what an element is within its change.
type part string

const (
	partMessage    part = "message"
	partEcho       part = "echo"
	partStatus     part = "status"
	partError      part = "error"
	partCall       part = "call"
	partPreference part = "preference"
	partChange     part = "change" // a change as a whole
	partUnreadable part = "unreadable"
)

// element is the stored form of one part of a webhook: all that Interpret
// needs.
type element struct {
	Field    string          `json:"field"`
	Part     part            `json:"part"`
	GroupID  string          `json:"waba_id,omitempty"`
	Time     text            `json:"time,omitempty"` // when Meta sent the notification
	Metadata json.RawMessage `json:"metadata,omitempty"`
	Contact  json.RawMessage `json:"contact,omitempty"`
	Item     json.RawMessage `json:"item"`
}

// lists names the arrays of a change's value that hold one element each.
var lists = map[string][]struct {
	key  string
	part part
}{
	"messages":           {{"messages", partMessage}, {"statuses", partStatus}, {"errors", partError}},
	"smb_message_echoes": {{"message_echoes", partEcho}, {"errors", partError}},
	"calls":              {{"calls", partCall}, {"statuses", partStatus}, {"errors", partError}},
	"user_preferences":   {{"user_preferences", partPreference}, {"errors", partError}},
}

// Parse implements channel.Webhook. Meta: webhooks/overview.
func (a *Adapter) Parse(body []byte) ([]channel.Element, error) {
	var envelope struct {
		Object text              `json:"object"`
		Entry  []json.RawMessage `json:"entry"`
	}
	if err := json.Unmarshal(flatten(body), &envelope); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotWebhook, decodeError(err))
	}
	if envelope.Object != "whatsapp_business_account" {
		return nil, ErrNotWebhook
	}
	var out []channel.Element
	for _, raw := range envelope.Entry {
		out = append(out, parseEntry(raw)...)
	}
	return out, nil
}

// decodeError drops what a decoder quotes of the body.
func decodeError(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("syntax error at byte %d", syntax.Offset)
	}
	return malformed("body")
}

func parseEntry(raw json.RawMessage) []channel.Element {
	var entry struct {
		ID      text              `json:"id"`
		Time    text              `json:"time"`
		Changes []json.RawMessage `json:"changes"`
	}
	if err := decode(raw, &entry, "entry"); err != nil {
		return []channel.Element{seal(element{Part: partUnreadable, Item: raw}, "", "", err)}
	}
	var out []channel.Element
	for _, change := range entry.Changes {
		out = append(out, parseChange(element{GroupID: string(entry.ID), Time: entry.Time}, change)...)
	}
	return out
}

func parseChange(e element, raw json.RawMessage) []channel.Element {
	var change struct {
		Field text            `json:"field"`
		Value json.RawMessage `json:"value"`
	}
	if err := decode(raw, &change, "change"); err != nil {
		e.Part, e.Item = partUnreadable, raw
		return []channel.Element{seal(e, "", "", err)}
	}
	e.Field, e.Part, e.Item = string(change.Field), partChange, change.Value
	var value map[string]json.RawMessage
	if err := decode(change.Value, &value, "value"); err != nil {
		if len(e.Item) == 0 {
			e.Item = json.RawMessage("null")
		}
		return []channel.Element{seal(e, "", "", err)}
	}
	external, err := endpointOf(value["metadata"])
	e.Metadata = value["metadata"]
	if out := parseLists(e, value, external, err); len(out) > 0 {
		return out
	}
	e.Metadata = nil // it is in the item
	return []channel.Element{seal(e, external, "", err)}
}

// endpointOf returns the phone number id of a change; "" when it is about the
// account as a whole.
func endpointOf(metadata json.RawMessage) (string, error) {
	if metadata == nil {
		return "", nil
	}
	m, err := readMetadata(metadata)
	return string(m.PhoneNumberID), err
}

// parseLists makes an element of each member of the value's lists.
func parseLists(e element, value map[string]json.RawMessage, external string, fault error) []channel.Element {
	var out []channel.Element
	contacts := readContacts(value["contacts"])
	for _, list := range lists[e.Field] {
		raw, ok := value[list.key]
		if !ok {
			continue
		}
		e.Part = list.part
		var items []json.RawMessage
		if err := decode(raw, &items, list.key); err != nil {
			e.Item = raw
			out = append(out, seal(e, external, "", err))
			continue
		}
		for _, item := range items {
			each := e
			each.Item = item
			h, err := readHead(item)
			each.Contact = contacts.of(h, len(items))
			if err == nil {
				err = fault
			}
			out = append(out, seal(each, external, h.key(list.part), err))
		}
	}
	return out
}

// head is what every kind of list member is known by.
type head struct {
	ID              text `json:"id"`
	From            text `json:"from"`
	FromUserID      text `json:"from_user_id"`
	To              text `json:"to"`
	ToUserID        text `json:"to_user_id"`
	Status          text `json:"status"`
	RecipientID     text `json:"recipient_id"`
	RecipientUserID text `json:"recipient_user_id"`
	Participant     text `json:"recipient_participant_id"`
	WaID            text `json:"wa_id"`
	UserID          text `json:"user_id"`
}

func readHead(item json.RawMessage) (head, error) {
	var h head
	err := decode(item, &h, "item")
	return h, err
}

// maxKey bounds deduplication keys; Meta's ids have about 60 characters.
const maxKey = 300

// key returns the natural deduplication key of a list member, "" if it has none
// (decisions.md 6).
func (h head) key(p part) string {
	key := ""
	switch {
	case h.ID == "":
	case p == partMessage || p == partEcho:
		key = "m:" + string(h.ID)
	case p == partStatus && h.Status != "":
		key = "s:" + string(h.ID) + ":" + string(h.Status) + ":" + first(h.Participant, h.RecipientID, h.RecipientUserID)
	}
	if len(key) > maxKey {
		return ""
	}
	return key
}

// seal finishes an element. Without a natural key it is known by its content;
// what has no time in itself is told apart by when Meta sent it, since the same
// news may come twice (approved, paused, approved).
func seal(e element, external, key string, err error) channel.Element {
	if key == "" {
		key = e.digest(external)
	}
	if err == nil && tooDeep(e.Item) {
		err = ReasonTooDeep
	}
	raw, encodeErr := json.Marshal(e)
	if encodeErr != nil { // can't happen: every part was decoded as JSON
		raw, _ = json.Marshal(element{Part: partUnreadable, Item: json.RawMessage("null")})
		err = malformed("element")
	}
	return channel.Element{Key: key, ExternalID: external, GroupID: e.GroupID, Raw: raw, Err: err}
}

func (e element) digest(external string) string {
	sum := sha256.New()
	sent := ""
	if e.Part == partChange || e.Part == partError || e.Part == partUnreadable {
		sent = string(e.Time)
	}
	for _, s := range []string{e.Field, string(e.Part), e.GroupID, external, sent} {
		fmt.Fprintf(sum, "%d:%s", len(s), s)
	}
	var plain bytes.Buffer
	if json.Compact(&plain, e.Item) == nil {
		sum.Write(plain.Bytes())
	} else {
		sum.Write(e.Item)
	}
	return "h:" + hex.EncodeToString(sum.Sum(nil))
}
