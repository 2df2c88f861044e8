package channeltest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// named is a message with what it shows.
type named struct {
	name string
	msg  channel.Outgoing
}

func (f Fixture) text(id desk.ID, body string) channel.Outgoing {
	return channel.Outgoing{MessageID: id, To: f.To, Type: desk.TypeText, Body: body}
}

// declared builds a message for every ability that the capabilities name.
func (f Fixture) declared(caps channel.Capabilities) []named {
	var out []named
	add := func(ok bool, name string, m channel.Outgoing) {
		if ok {
			m.MessageID, m.To = desk.ID(1000+len(out)), f.To
			out = append(out, named{name, m})
		}
	}
	add(caps.Text > 0, "text", f.text(0, "Olá"))
	add(caps.Text > 0, "longest text", f.text(0, strings.Repeat("é", caps.Text)))
	add(caps.Replies && caps.Text > 0, "reply", channel.Outgoing{Type: desk.TypeText, Body: "Sim", QuotedID: f.KnownID})
	kinds := make([]desk.MessageType, 0, len(caps.Media))
	for kind := range caps.Media {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		add(true, string(kind), channel.Outgoing{Type: kind, Media: f.File(kind)})
		add(caps.Media[kind].Caption, string(kind)+" with caption", channel.Outgoing{Type: kind, Media: f.File(kind), Body: strings.Repeat("é", caps.Caption)})
	}
	add(caps.Location, "location", channel.Outgoing{Type: desk.TypeLocation, Content: desk.Content{
		Location: &desk.Location{Latitude: -23.55, Longitude: -46.63, Name: "Praça"}}})
	add(caps.Contacts > 0, "contacts", channel.Outgoing{Type: desk.TypeContacts, Content: desk.Content{Contacts: cards(caps.Contacts)}})
	add(caps.Buttons > 0, "buttons", interactive(desk.Interactive{Kind: "buttons", Buttons: buttons(caps.Buttons)}))
	add(caps.ListRows > 0, "list", interactive(desk.Interactive{Kind: "list", List: list(caps.ListRows)}))
	add(caps.Link, "link", interactive(desk.Interactive{Kind: "cta_url", Link: &desk.LinkButton{Text: "Abrir", URL: "https://exemplo.test/a"}}))
	add(caps.Reactions, "reaction", reaction("👍", f.KnownID))
	add(caps.Reactions, "reaction removed", reaction("", f.KnownID))
	add(caps.Templates, "template", channel.Outgoing{Type: desk.TypeTemplate, Content: desk.Content{Template: &desk.TemplateSend{
		Name: "pedido", Language: "pt_BR", Category: "UTILITY", Format: "POSITIONAL", Text: "Olá Ana",
		Values: []desk.TemplateValue{{Component: "body", Name: "1", Text: "Ana"}},
	}}})
	return out
}

func interactive(in desk.Interactive) channel.Outgoing {
	in.Body = "Escolha"
	return channel.Outgoing{Type: desk.TypeInteractive, Content: desk.Content{Interactive: &in}}
}

func reaction(emoji, target string) channel.Outgoing {
	return channel.Outgoing{Type: desk.TypeReaction, ReactTo: target, Content: desk.Content{Reaction: &desk.ReactionSend{Emoji: emoji}}}
}

func cards(n int) []desk.ContactCard {
	return slices.Repeat([]desk.ContactCard{{Name: desk.CardName{Formatted: "João"}, Phones: []desk.CardPhone{{Phone: "+5511987650002"}}}}, n)
}

func buttons(n int) []desk.Button {
	var out []desk.Button
	for i := range n {
		out = append(out, desk.Button{ID: string(rune('a' + i)), Title: "Opção " + string(rune('A'+i))})
	}
	return out
}

func list(n int) *desk.OptionList {
	s := desk.ListSection{}
	for i := range n {
		s.Rows = append(s.Rows, desk.ListRow{ID: string(rune('a' + i)), Title: "Linha " + string(rune('A'+i))})
	}
	return &desk.OptionList{Button: "Ver", Sections: []desk.ListSection{s}}
}

// sends: whatever is declared is taken by a healthy provider, and every
// acceptance has an id of its own.
func sends(t *testing.T, f Fixture) {
	a, c := f.make(t, Healthy)
	seen := map[string]string{}
	for _, m := range f.declared(a.Capabilities(c)) {
		sent, err := a.Send(t.Context(), c, m.msg)
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if sent.ProviderID == "" {
			t.Errorf("%s: no provider id", m.name)
		}
		if other, ok := seen[sent.ProviderID]; ok {
			t.Errorf("%s: same provider id as %s", m.name, other)
		}
		seen[sent.ProviderID] = m.name
	}
}

// beyond builds messages that go beyond the capabilities.
func (f Fixture) beyond(caps channel.Capabilities) []named {
	var out []named
	add := func(ok bool, name string, m channel.Outgoing) {
		if ok {
			m.MessageID, m.To = desk.ID(2000+len(out)), f.To
			out = append(out, named{name, m})
		}
	}
	add(true, "unknown type", channel.Outgoing{Type: "hologram"})
	add(caps.Text > 0, "no text", f.text(0, ""))
	add(caps.Text > 0, "long text", f.text(0, strings.Repeat("é", caps.Text+1)))
	for kind, limit := range caps.Media {
		large, odd := *f.File(kind), *f.File(kind)
		large.Size, odd.MIME = limit.MaxBytes+1, "x-strange/thing"
		add(true, "large "+string(kind), channel.Outgoing{Type: kind, Media: &large})
		add(!slices.Contains(limit.MIME, "*/*"), "strange "+string(kind), channel.Outgoing{Type: kind, Media: &odd})
		add(limit.Caption, "long caption of "+string(kind), channel.Outgoing{Type: kind, Media: f.File(kind), Body: strings.Repeat("é", caps.Caption+1)})
		add(!limit.Caption, "caption of "+string(kind), channel.Outgoing{Type: kind, Media: f.File(kind), Body: "x"})
		add(true, "missing "+string(kind), channel.Outgoing{Type: kind})
	}
	add(true, "contacts", channel.Outgoing{Type: desk.TypeContacts, Content: desk.Content{Contacts: cards(caps.Contacts + 1)}})
	add(true, "buttons", interactive(desk.Interactive{Kind: "buttons", Buttons: buttons(caps.Buttons + 1)}))
	add(true, "rows", interactive(desk.Interactive{Kind: "list", List: list(caps.ListRows + 1)}))
	add(true, "empty location", channel.Outgoing{Type: desk.TypeLocation})
	add(true, "empty template", channel.Outgoing{Type: desk.TypeTemplate})
	add(true, "empty interactive", channel.Outgoing{Type: desk.TypeInteractive})
	return out
}

// limits: what goes beyond the declaration is refused for certain and for good,
// and so is a message without address.
func limits(t *testing.T, f Fixture) {
	a, c := f.make(t, Healthy)
	nowhere := named{"no address", channel.Outgoing{MessageID: 1999, Type: desk.TypeText, Body: "x"}}
	for _, m := range append(f.beyond(a.Capabilities(c)), nowhere) {
		_, err := a.Send(t.Context(), c, m.msg)
		if err == nil {
			t.Errorf("%s: accepted", m.name)
			continue
		}
		if fail := failure(t, f, a, c, err); !fail.Certain || fail.Retryable {
			t.Errorf("%s: certain %v, retryable %v: %v", m.name, fail.Certain, fail.Retryable, fail)
		}
	}
}

// verdict is what a failure must say.
type verdict struct{ certain, retryable, auth, window bool }

// failures: each way of failing is told apart. Above all it is never certain
// that a message has not left when it may have.
func failures(t *testing.T, f Fixture) {
	for mode, want := range map[Mode]verdict{
		Unreachable: {certain: true, retryable: true},
		Busy:        {certain: true, retryable: true},
		Refusing:    {certain: true},
		Denied:      {certain: true, auth: true},
		WindowShut:  {certain: true, window: true},
		Silent:      {retryable: true},
		Cut:         {retryable: true},
		Garbled:     {retryable: true},
		Gateway:     {retryable: true},
	} {
		t.Run(string(mode), func(t *testing.T) {
			a, c := f.make(t, mode)
			if mode == WindowShut && !a.Capabilities(c).Windowed {
				t.Skip("the channel has no window")
			}
			ctx := t.Context()
			if mode == Silent {
				ctx = deadline(t, 150*time.Millisecond)
			}
			_, err := a.Send(ctx, c, f.text(3000, "Olá"))
			fail := failure(t, f, a, c, err)
			got := verdict{fail.Certain, fail.Retryable, fail.AuthFailed, fail.WindowClosed}
			if got != want {
				t.Errorf("got %+v, want %+v: %v", got, want, fail)
			}
		})
	}
}
