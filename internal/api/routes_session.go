package api

import (
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
)

// setupState tells a new browser where to begin.
type setupState struct {
	Needed       bool   `json:"needed" doc:"no company yet"`
	CodeRequired bool   `json:"code_required" doc:"the one-time code printed at start must be given"`
	Demo         bool   `json:"demo" doc:"invented data: show a mark"`
	Version      string `json:"version" doc:"of the program"`
}

// setupNew is the company and its first administrator.
type setupNew struct {
	Code       string `json:"code,omitempty" maxLength:"64"`
	Account    string `json:"account" minLength:"1" maxLength:"120" doc:"name of the company"`
	TimeZone   string `json:"time_zone,omitempty" maxLength:"64" default:"America/Sao_Paulo" doc:"IANA name"`
	DefaultDDI string `json:"default_ddi,omitempty" maxLength:"3" default:"55"`
	Name       string `json:"name" minLength:"1" maxLength:"120" doc:"of the administrator"`
	Email      string `json:"email" minLength:"1" maxLength:"254"`
	Password   string `json:"password" minLength:"1" maxLength:"1000" writeOnly:"true"`
}

type sessionNew struct {
	Email     string `json:"email" minLength:"1" maxLength:"254"`
	Password  string `json:"password" minLength:"1" maxLength:"1000" writeOnly:"true"`
	Remember  bool   `json:"remember,omitempty" doc:"keep the session on this computer"`
	AccountID ref    `json:"account_id,omitempty" doc:"after 409 account_required: one of params.accounts"`
}

// signedIn sets the session's cookie.
type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      me
}

// signedOut clears the session's cookie.
type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// ability is a desk.Action outside of tickets, enumerated apart from those.
type ability string

func abilities() []ability {
	all := desk.AccountActions()
	list := make([]ability, len(all))
	for i, a := range all {
		list[i] = ability(a)
	}
	return list
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
	Shortcuts           bool      `json:"shortcuts"`
	Can                 []ability `json:"can" doc:"what this user may do in the account"`
	Sandbox             bool      `json:"sandbox" doc:"may use the simulator"`
	UnseenNotifications int       `json:"unseen_notifications" doc:"at most 100"`
	Version             string    `json:"version" doc:"of the program"`
}

// myAccount is the company as everybody in it may see it.
type myAccount struct {
	ID         id     `json:"id"`
	Name       string `json:"name"`
	TimeZone   string `json:"time_zone"`
	DefaultDDI string `json:"default_ddi"`
	Demo       bool   `json:"demo"`
}

type mePatch struct {
	Name            *string  `json:"name,omitempty" maxLength:"120"`
	Email           *string  `json:"email,omitempty" maxLength:"254" doc:"needs current_password"`
	Password        *string  `json:"password,omitempty" maxLength:"1000" writeOnly:"true" doc:"needs current_password; ends the other sessions"`
	CurrentPassword string   `json:"current_password,omitempty" maxLength:"1000" writeOnly:"true"`
	Signature       *string  `json:"signature,omitempty" maxLength:"120"`
	PhotoID         refPatch `json:"photo_id,omitzero" doc:"of POST /media; null removes it"`
	Locale          *string  `json:"locale,omitempty" enum:"pt-BR,en,es"`
	Theme           *string  `json:"theme,omitempty" enum:"system,light,dark"`
	Density         *string  `json:"density,omitempty" enum:"comfortable,compact"`
	Sound           *bool    `json:"sound,omitempty"`
	Shortcuts       *bool    `json:"shortcuts,omitempty" doc:"one-key shortcuts"`
}

type availability struct {
	Available bool   `json:"available"`
	Reason    string `json:"reason,omitempty" maxLength:"60" doc:"of a pause"`
}

// notification is an event addressed to this user.
type notification struct {
	ID           id             `json:"id"`
	Type         desk.EventType `json:"type"`
	At           when           `json:"at"`
	Seen         bool           `json:"seen"`
	Actor        actor          `json:"actor"`
	TicketID     ref            `json:"ticket_id"`
	TicketNumber int64          `json:"ticket_number,omitempty"`
	ContactName  string         `json:"contact_name,omitempty"`
	QueueID      ref            `json:"queue_id"`
	MessageID    ref            `json:"message_id"`
	ConnectionID ref            `json:"connection_id"`
	Data         map[string]any `json:"data"`
}

type notifications struct {
	Items  []notification `json:"items"`
	Next   *string        `json:"next" doc:"cursor of the next page; null at the end"`
	Unseen int            `json:"unseen" doc:"at most 100"`
}

type notificationsSeen struct {
	ID id `json:"id" doc:"the newest one seen"`
}

func (s *Server) sessionRoutes() {
	op := operation{tag: "session"}
	handle(s, op.get("get-setup", "/setup", "Whether the installation needs its first company", "").open(), unfinished[none, body[setupState]])
	handle(s, op.post("set-up", "/setup", "Create the company and its first administrator", "Signs her in. 409 setup_done once there is a company.").
		creates(nil).open().refuses(http.StatusForbidden, http.StatusConflict), unfinished[write[setupNew], signedIn])
	handle(s, op.post("sign-in", "/session", "Sign in",
		"401 invalid_credentials, 429 locked_out. With several accounts and no account_id 409 account_required, params.accounts = [{id, name}].").
		creates(nil).open().refuses(http.StatusUnauthorized, http.StatusConflict, http.StatusTooManyRequests), unfinished[write[sessionNew], signedIn])
	handle(s, op.delete("sign-out", "/session", "Sign out here", ""), unfinished[none, signedOut])
	op.tag = "me"
	handle(s, op.get("get-me", "/me", "The signed-in user", ""), unfinished[none, body[me]])
	handle(s, op.patch("update-me", "/me", "Change the own profile", "").refuses(http.StatusConflict), unfinished[write[mePatch], body[me]])
	handle(s, op.put("set-availability", "/me/availability", "Online or paused", ""), unfinished[write[availability], body[me]])
	handle(s, op.get("list-notifications", "/me/notifications", "Events addressed to this user, newest first", ""), unfinished[Paged, body[notifications]])
	handle(s, op.post("see-notifications", "/me/notifications/seen", "Everything up to here has been seen", "").empty(), unfinished[write[notificationsSeen], none])
}
