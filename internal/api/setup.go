package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
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
	Account    string `json:"account" minLength:"1" maxLength:"60" doc:"name of the company"`
	TimeZone   string `json:"time_zone,omitempty" maxLength:"64" doc:"IANA name; America/Sao_Paulo when absent"`
	DefaultDDI string `json:"default_ddi,omitempty" maxLength:"3" doc:"country code put before local numbers; 55 when absent"`
	Name       string `json:"name" minLength:"1" maxLength:"60" doc:"of the administrator"`
	Email      string `json:"email" minLength:"1" maxLength:"254"`
	Password   string `json:"password" minLength:"1" maxLength:"1000" writeOnly:"true"`
}

type setUp struct {
	Client
	Body setupNew
}

func (s *Server) setupRoutes() {
	op := operation{tag: "session"}
	handle(s, op.get("get-setup", "/setup", "Whether the installation needs its first company", "").open(), s.getSetup)
	handle(s, op.post("set-up", "/setup", "Create the company and its first administrator",
		"Signs her in. 403 setup_code_wrong; 409 setup_done once there is a company.").
		creates(nil).open().refuses(http.StatusForbidden, http.StatusConflict), s.setUp)
}

func (s *Server) getSetup(ctx context.Context, _ *none) (*body[setupState], error) {
	done, err := s.store.HasAccounts(s.read(ctx))
	return shown(done, err, func(done bool) setupState {
		return setupState{Needed: !done, CodeRequired: !done && !s.setupOpen, Demo: s.demo, Version: s.version}
	})
}

func (s *Server) setUp(ctx context.Context, in *setUp) (*signedIn, error) {
	b := in.Body
	s.settingUp.Lock() // two first companies at once would both find none
	defer s.settingUp.Unlock()
	done, err := s.store.HasAccounts(s.read(ctx))
	if err != nil {
		return nil, err
	}
	if done {
		return nil, desk.Clash(desk.CodeSetupDone)
	}
	if !s.setupOpen && !s.setupCode.Check(b.Code) {
		return nil, &desk.Error{Kind: desk.Forbidden, Code: desk.CodeSetupCode,
			Fields: []desk.Field{{Location: "body.code", Code: desk.CodeSetupCode}}}
	}
	hash, err := s.auth.Hash(ctx, "password", b.Password)
	if err != nil {
		return nil, err
	}
	if err := s.store.DB.Do(ctx, func(tx *dbx.Tx) error { return s.found(tx, b, hash) }); err != nil {
		return nil, err
	}
	return s.enter(ctx, auth.Credentials{Email: b.Email, Password: b.Password, UserAgent: in.userAgent, Address: in.address})
}

// found creates the company with its administrator.
func (s *Server) found(tx *dbx.Tx, b setupNew, hash string) error {
	account, err := s.store.CreateAccount(tx, store.AccountNew{Name: b.Account, TimeZone: b.TimeZone, DefaultDDI: b.DefaultDDI, Demo: s.demo})
	if err != nil {
		return renameField(err, "name", "account")
	}
	_, err = s.store.CreateUser(tx, store.Operator(account.ID), store.UserNew{Name: b.Name, Email: b.Email, PasswordHash: hash, Role: desk.RoleAdmin})
	return err
}
