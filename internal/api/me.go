package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// ability is a desk.Action outside of tickets, enumerated apart from those.
type ability string

func abilities() []ability {
	return viewed(desk.AccountActions(), func(a desk.Action) ability { return ability(a) })
}

// me is the signed-in user with all that the frame of the interface needs.
type me struct {
	ID                  id        `json:"id"`
	SessionID           id        `json:"session_id" doc:"names the stream shared by the tabs of a browser"`
	Account             myAccount `json:"account"`
	Name                string    `json:"name"`
	Email               string    `json:"email"`
	Role                desk.Role `json:"role"`
	Phone               string    `json:"phone"`
	Signature           string    `json:"signature"`
	PhotoURL            string    `json:"photo_url,omitempty"`
	Available           bool      `json:"available"`
	PauseReason         string    `json:"pause_reason"`
	DefaultConnectionID ref       `json:"default_connection_id"`
	Queues              []id      `json:"queues" doc:"direct and through teams"`
	Connections         []id      `json:"connections" doc:"allowed ones; empty means all"`
	Locale              string    `json:"locale" enum:"pt-BR,en,es"`
	Theme               string    `json:"theme" enum:"system,light,dark"`
	Density             string    `json:"density" enum:"comfortable,compact"`
	Sound               bool      `json:"sound"`
	Shortcuts           bool      `json:"shortcuts" doc:"one-key shortcuts"`
	Can                 []ability `json:"can" doc:"what this user may do in the account"`
	Sandbox             bool      `json:"sandbox" doc:"may use the simulator"`
	UnseenNotifications int       `json:"unseen_notifications" doc:"at most 30"`
	Version             string    `json:"version" doc:"of the program"`
}

// myAccount is the company as everybody in it may see it.
type myAccount struct {
	ID         id     `json:"id"`
	Name       string `json:"name"`
	TimeZone   string `json:"time_zone"`
	DefaultDDI string `json:"default_ddi"`
	Demo       bool   `json:"demo"`
	MaxMediaMB int    `json:"max_media_mb" doc:"of images, videos, audio and stickers"`
	MaxFileMB  int    `json:"max_document_mb"`
	MaxFiles   int    `json:"max_files" doc:"that may be chosen at once"`
}

type mePatch struct {
	Name            *string  `json:"name,omitempty" maxLength:"60"`
	Email           *string  `json:"email,omitempty" maxLength:"254" doc:"needs current_password"`
	Password        *string  `json:"password,omitempty" maxLength:"1000" writeOnly:"true" doc:"needs current_password; ends the other sessions"`
	CurrentPassword string   `json:"current_password,omitempty" maxLength:"1000" writeOnly:"true"`
	Signature       *string  `json:"signature,omitempty" maxLength:"60"`
	PhotoID         refPatch `json:"photo_id,omitzero" doc:"of POST /media; null removes it"`
	Locale          *string  `json:"locale,omitempty" enum:"pt-BR,en,es"`
	Theme           *string  `json:"theme,omitempty" enum:"system,light,dark"`
	Density         *string  `json:"density,omitempty" enum:"comfortable,compact"`
	Sound           *bool    `json:"sound,omitempty"`
	Shortcuts       *bool    `json:"shortcuts,omitempty" doc:"one-key shortcuts"`
}

type updateMe struct {
	Client
	Body mePatch
}

type availability struct {
	Available bool   `json:"available"`
	Reason    string `json:"reason,omitempty" maxLength:"60" doc:"of a pause"`
}

type putAvailability struct{ Body availability }

func (s *Server) meRoutes() {
	op := operation{tag: "me"}
	handle(s, op.get("get-me", "/me", "The signed-in user", ""), s.getMe)
	handle(s, op.patch("update-me", "/me", "Change the own profile", "").refuses(http.StatusConflict, http.StatusTooManyRequests), s.updateMe)
	handle(s, op.put("set-availability", "/me/availability", "Online or paused", ""), s.setAvailability)
}

func (s *Server) viewMe(ctx context.Context, p *auth.Principal) (me, error) {
	account, err := s.store.Account(s.read(ctx), p.Viewer.AccountID)
	if err != nil {
		return me{}, err
	}
	unseen, err := s.unseen(ctx, &p.Viewer)
	if err != nil {
		return me{}, err
	}
	u, v := p.User, &p.Viewer
	view := me{ID: id(u.ID), SessionID: id(p.SessionID), Account: viewMyAccount(account), Name: u.Name, Email: u.Email, Role: u.Role,
		Phone: u.Phone, Signature: u.Signature, PhotoURL: thumbURL(u.PhotoID), Available: u.Available, PauseReason: u.PauseReason,
		DefaultConnectionID: ref(u.DefaultConnectionID), Queues: ids(v.Queues), Connections: ids(v.Connections),
		Locale: u.Preferences.Locale, Theme: u.Preferences.Theme, Density: u.Preferences.Density, Sound: u.Preferences.Sound,
		Shortcuts: u.Preferences.Shortcuts, Can: []ability{}, Sandbox: s.maySimulate(v, account) == nil, UnseenNotifications: unseen,
		Version: s.version}
	for _, a := range desk.AccountActions() {
		if v.May(a) {
			view.Can = append(view.Can, ability(a))
		}
	}
	return view, nil
}

func viewMyAccount(a desk.Account) myAccount {
	return myAccount{ID: id(a.ID), Name: a.Name, TimeZone: a.TimeZone, DefaultDDI: a.DefaultDDI, Demo: a.Demo,
		MaxMediaMB: a.Settings.MaxMediaMB, MaxFileMB: a.Settings.MaxDocumentMB, MaxFiles: a.Settings.MaxFiles}
}

func (s *Server) getMe(ctx context.Context, _ *none) (*body[me], error) {
	view, err := s.viewMe(ctx, principal(ctx))
	return shown(view, err, same)
}

func (s *Server) updateMe(ctx context.Context, in *updateMe) (*body[me], error) {
	p, b := principal(ctx), in.Body
	if b.Email != nil || b.Password != nil {
		if b.CurrentPassword == "" {
			return nil, desk.RefuseField("current_password", desk.CodeRequired)
		}
		if err := s.auth.Confirm(ctx, &p.Viewer, "current_password", b.CurrentPassword, in.address); err != nil {
			return nil, err
		}
	}
	hash, err := s.newHash(ctx, b.Password)
	if err != nil {
		return nil, err
	}
	u, err := inTx(ctx, s, func(tx *dbx.Tx) (desk.User, error) {
		return s.store.UpdateMe(tx, &p.Viewer, store.UserPatch{Name: b.Name, Email: b.Email, PasswordHash: hash, Signature: b.Signature,
			PhotoID: b.PhotoID.pointer(), KeepSession: p.SessionID,
			Preferences: store.PreferencesPatch{Locale: b.Locale, Theme: b.Theme, Density: b.Density, Sound: b.Sound, Shortcuts: b.Shortcuts}})
	})
	if err != nil {
		return nil, err
	}
	p.User = u
	return s.getMe(ctx, nil)
}

func (s *Server) setAvailability(ctx context.Context, in *putAvailability) (*body[me], error) {
	p := principal(ctx)
	err := s.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		return s.store.SetAvailability(tx, &p.Viewer, in.Body.Available, in.Body.Reason)
	})
	if err != nil {
		return nil, err
	}
	if p.User, err = s.store.User(s.read(ctx), p.Viewer.AccountID, p.Viewer.UserID); err != nil {
		return nil, err
	}
	return s.getMe(ctx, nil)
}
