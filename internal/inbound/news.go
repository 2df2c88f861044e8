package inbound

import (
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// News that are about no message.

// template applies what the provider says about a template. One that we don't
// have, or whose text changed, is fetched again.
func (r *Receiver) template(tx *dbx.Tx, u *unit, in *channel.TemplateUpdate) error {
	_, err := r.Store.UpdateTemplate(tx, u.account.ID, u.line.Kind, u.line.GroupID, store.TemplateNews{ProviderID: in.ProviderID,
		Name: in.Name, Language: in.Language, Status: in.Status, Category: in.Category, Quality: in.Quality, Reason: in.Reason})
	unknown := desk.CodeOf(err) == desk.CodeNotFound
	if err != nil && !unknown {
		return err
	}
	if !unknown && !in.Resync {
		return nil
	}
	return r.ResyncTemplates(tx, u.line.Connection)
}

// news keeps what the provider says about the number or the account behind it.
// What names another number is that number's.
func (r *Receiver) news(tx *dbx.Tx, u *unit, in *channel.AccountUpdate) error {
	mine, theirs := digits(u.line.Identifier), digits(in.Identifier)
	if mine != "" && theirs != "" && mine != theirs {
		return nil
	}
	health := store.ConnectionHealth{State: in.State, Details: in.Details}
	if in.State != "" {
		health.Reason = in.Code
	}
	if _, err := r.Store.SetConnectionHealth(tx, u.account.ID, u.line.ID, desk.System(), health); err != nil {
		return err
	}
	if !in.Severe {
		return nil
	}
	return r.Store.Record(tx, desk.Event{AccountID: u.account.ID, Type: desk.EvConnectionAlert, Entity: "connection",
		EntityID: u.line.ID, Data: map[string]any{"code": in.Code, "details": in.Details}})
}

func digits(s string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, s)
}

// consent keeps a contact's wish about marketing.
func (r *Receiver) consent(tx *dbx.Tx, u *unit, in *channel.Consent) error {
	res, err := r.Store.ResolveContact(tx, u.account.ID, u.line.ID, sender(in.From))
	if err != nil {
		return err
	}
	_, err = r.Store.SetMarketing(tx, u.account.ID, res.Contact.ID, in.Marketing, in.At)
	return err
}

// identity moves a contact to her new number or user id, and says so in the
// conversation. Of somebody we never met there is nothing to move.
func (r *Receiver) identity(tx *dbx.Tx, u *unit, in *channel.IdentityChange) error {
	res, err := r.Store.ChangeIdentity(tx, u.account.ID, store.IdentityChange{Old: sender(in.Old), New: sender(in.New)})
	if desk.CodeOf(err) == desk.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	ch, err := r.Store.TouchChannel(tx, store.ChannelTouch{AccountID: u.account.ID, ContactID: res.Contact.ID,
		ConnectionID: u.line.ID, IdentityID: res.Identity.ID})
	if err != nil {
		return err
	}
	met := meeting{res, ch}
	note := &channel.Incoming{ProviderID: in.ProviderID, At: in.At, Type: desk.TypeSystem, Body: in.Text, NoWindow: true,
		Content: desk.Content{System: &desk.SystemNote{Kind: "identity_changed", Text: in.Text}}}
	m := r.received(u, note, &met)
	m.Author = desk.AuthorSystem
	return r.aside(tx, u, note, &met, &m)
}
