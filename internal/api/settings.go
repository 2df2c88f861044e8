package api

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// settingsRegister is the register with the account's values.
type settingsRegister struct {
	Register []desk.Setting `json:"register" doc:"in the order of the screen"`
	Values   desk.Settings  `json:"values"`
}

// settingsPatch changes the settings it names.
type settingsPatch map[string]json.RawMessage

// Schema implements huma.SchemaProvider: any of the settings, each with the
// type it has in answers.
func (settingsPatch) Schema(r huma.Registry) *huma.Schema {
	full := r.Schema(reflect.TypeFor[desk.Settings](), false, "")
	patch := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: full.Properties}
	patch.PrecomputeMessages()
	r.Map()["SettingsPatch"] = patch
	return &huma.Schema{Ref: schemaPrefix + "SettingsPatch"}
}

type updateSettings struct{ Body settingsPatch }

// account is the company's own data.
type account struct {
	ID         id     `json:"id"`
	Name       string `json:"name"`
	TimeZone   string `json:"time_zone"`
	DefaultDDI string `json:"default_ddi"`
	Demo       bool   `json:"demo"`
	CreatedAt  when   `json:"created_at"`
}

type accountPatch struct {
	Name       *string `json:"name,omitempty" maxLength:"60"`
	TimeZone   *string `json:"time_zone,omitempty" maxLength:"64"`
	DefaultDDI *string `json:"default_ddi,omitempty" maxLength:"3"`
}

type updateAccount struct{ Body accountPatch }

func viewSettings(values desk.Settings) settingsRegister {
	values.OptOutWords = filled(values.OptOutWords)
	return settingsRegister{Register: desk.SettingsRegister(), Values: values}
}

func viewAccount(a desk.Account) account {
	return account{ID: id(a.ID), Name: a.Name, TimeZone: a.TimeZone, DefaultDDI: a.DefaultDDI, Demo: a.Demo, CreatedAt: when(a.CreatedAt)}
}

func (s *Server) settingsRoutes() {
	op := operation{tag: "settings"}
	handle(s, op.get("get-settings", "/settings", "The settings register with values", "Administrators only."), s.getSettings)
	handle(s, op.patch("update-settings", "/settings", "Change settings", "Only what is named; all of it or nothing."), s.updateSettings)
	op.tag = "account"
	handle(s, op.get("get-account", "/account", "The company", ""), s.getAccount)
	handle(s, op.patch("update-account", "/account", "Change the company's data", ""), s.updateAccount)
}

func (s *Server) getSettings(ctx context.Context, _ *none) (*body[settingsRegister], error) {
	v := viewer(ctx)
	if err := v.Require(desk.ActSettingsEdit); err != nil {
		return nil, err
	}
	a, err := s.store.Account(s.read(ctx), v.AccountID)
	return shown(a.Settings, err, viewSettings)
}

func (s *Server) updateSettings(ctx context.Context, in *updateSettings) (*body[settingsRegister], error) {
	next, err := inTx(ctx, s, func(tx *dbx.Tx) (desk.Settings, error) { return s.store.PatchSettings(tx, viewer(ctx), in.Body) })
	return shown(next, err, viewSettings)
}

func (s *Server) getAccount(ctx context.Context, _ *none) (*body[account], error) {
	a, err := s.store.Account(s.read(ctx), viewer(ctx).AccountID)
	return shown(a, err, viewAccount)
}

func (s *Server) updateAccount(ctx context.Context, in *updateAccount) (*body[account], error) {
	b := in.Body
	a, err := inTx(ctx, s, func(tx *dbx.Tx) (desk.Account, error) {
		return s.store.UpdateAccount(tx, viewer(ctx), store.AccountPatch{Name: b.Name, TimeZone: b.TimeZone, DefaultDDI: b.DefaultDDI})
	})
	return shown(a, err, viewAccount)
}
