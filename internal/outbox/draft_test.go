package outbox

import (
	"errors"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

func caps() channel.Capabilities {
	return channel.Capabilities{
		Windowed: true, Templates: true, Text: 20, Caption: 10, Location: true, Contacts: 2, Buttons: 3, ListRows: 10, Link: true,
		Media: map[desk.MessageType]channel.MediaLimit{
			desk.TypeImage: {MaxBytes: 100, MIME: []string{"image/jpeg"}, Caption: true},
			desk.TypeAudio: {MaxBytes: 100, MIME: []string{"audio/*"}},
		},
	}
}

func TestDraftIsCheckedAgainstCapabilities(t *testing.T) {
	smsLike := channel.Capabilities{Text: 1600}
	row := func(id string) desk.ListRow { return desk.ListRow{ID: id, Title: id} }
	list := func(rows ...desk.ListRow) *desk.Interactive {
		return &desk.Interactive{Kind: "list", Body: "b", List: &desk.OptionList{Button: "x", Sections: []desk.ListSection{{Rows: rows}}}}
	}
	for _, tc := range []struct {
		name  string
		caps  channel.Capabilities
		draft Draft
		code  desk.Code
		field string
	}{
		{"text", caps(), Draft{Type: desk.TypeText, Body: "oi"}, "", ""},
		{"text of accents counts characters, not bytes", caps(), Draft{Type: desk.TypeText, Body: strings.Repeat("ç", 20)}, "", ""},
		{"empty text", caps(), Draft{Type: desk.TypeText, Body: " \n"}, desk.CodeEmptyMessage, "body.body"},
		{"long text", caps(), Draft{Type: desk.TypeText, Body: strings.Repeat("a", 21)}, desk.CodeTooLong, "body.body"},
		{"C14 a file where only text goes", smsLike, Draft{Type: desk.TypeImage, MediaID: 1}, desk.CodeUnsupportedContent, "body.type"},
		{"image without a file", caps(), Draft{Type: desk.TypeImage}, desk.CodeRequired, "body.media_id"},
		{"caption where none goes", caps(), Draft{Type: desk.TypeAudio, MediaID: 1, Body: "x"}, desk.CodeUnsupportedContent, "body.body"},
		{"long caption", caps(), Draft{Type: desk.TypeImage, MediaID: 1, Body: strings.Repeat("a", 11)}, desk.CodeTooLong, "body.body"},
		{"template where none exist", smsLike, Draft{Type: desk.TypeTemplate, Template: &TemplateDraft{ID: 1}}, desk.CodeUnsupportedContent, "body.type"},
		{"template not chosen", caps(), Draft{Type: desk.TypeTemplate}, desk.CodeTemplateRequired, "body.template"},
		{"three cards of two", caps(), Draft{Type: desk.TypeContacts, Contacts: make([]desk.ContactCard, 3)}, desk.CodeTooLong, "body.contacts"},
		{"card without a name", caps(), Draft{Type: desk.TypeContacts, Contacts: make([]desk.ContactCard, 1)}, desk.CodeRequired, "body.contacts"},
		{"same button twice", caps(), Draft{Type: desk.TypeInteractive, Choices: &desk.Interactive{Kind: "buttons", Body: "b", Buttons: []desk.Button{{ID: "1", Title: "a"}, {ID: "1", Title: "b"}}}}, desk.CodeInvalid, "body.interactive.buttons"},
		{"four buttons", caps(), Draft{Type: desk.TypeInteractive, Choices: &desk.Interactive{Kind: "buttons", Body: "b", Buttons: make([]desk.Button, 4)}}, desk.CodeTooLong, "body.interactive.buttons"},
		{"list", caps(), Draft{Type: desk.TypeInteractive, Choices: list(row("1"), row("2"))}, "", ""},
		{"list with a repeated row", caps(), Draft{Type: desk.TypeInteractive, Choices: list(row("1"), row("1"))}, desk.CodeInvalid, "body.interactive.list.sections"},
		{"link that is no address", caps(), Draft{Type: desk.TypeInteractive, Choices: &desk.Interactive{Kind: "cta_url", Body: "b", Link: &desk.LinkButton{Text: "x", URL: "javascript:1"}}}, desk.CodeInvalid, "body.interactive.link.url"},
		{"an answer is not a thing to send", caps(), Draft{Type: desk.TypeInteractive, Choices: &desk.Interactive{Kind: "button_reply", Body: "b"}}, desk.CodeUnsupportedContent, "body.interactive.kind"},
	} {
		t.Run(tc.name, func(t *testing.T) { wantRefusal(t, tc.draft.check(tc.caps), tc.code, tc.field) })
	}
}

func TestMediaLimits(t *testing.T) {
	for _, tc := range []struct {
		name  string
		kind  desk.MessageType
		media desk.Media
		code  desk.Code
	}{
		{"fits", desk.TypeImage, desk.Media{MIME: "image/jpeg", Size: 100}, ""},
		{"family with parameters", desk.TypeAudio, desk.Media{MIME: "audio/ogg; codecs=opus", Size: 1}, ""},
		{"wrong kind", desk.TypeImage, desk.Media{MIME: "image/heic", Size: 1}, desk.CodeMediaKind},
		{"too large", desk.TypeImage, desk.Media{MIME: "image/jpeg", Size: 101}, desk.CodeMediaTooLarge},
		{"no such kind here", desk.TypeVideo, desk.Media{MIME: "video/mp4", Size: 1}, desk.CodeUnsupportedContent},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := desk.CodeOf(checkMedia(caps(), tc.kind, tc.media)); got != tc.code {
				t.Errorf("got %q, want %q", got, tc.code)
			}
		})
	}
}

func TestDefaultRatesKnowEveryCategory(t *testing.T) {
	card, err := DefaultRates()
	if err != nil {
		t.Fatal(err)
	}
	for _, category := range []string{"MARKETING", "utility", "AUTHENTICATION", "SERVICE"} {
		if micros, ok := card.Price(category); !ok || micros <= 0 {
			t.Errorf("%s: %d, %v", category, micros, ok)
		}
	}
	if _, ok := card.Price("UNHEARD_OF"); ok {
		t.Error("an unknown category has a price")
	}
}

func wantRefusal(t *testing.T, err error, code desk.Code, field string) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Fatalf("refused: %v", err)
		}
		return
	}
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != code || len(e.Fields) != 1 || e.Fields[0].Location != field {
		t.Fatalf("got %v, want %s on %s", err, code, field)
	}
}
