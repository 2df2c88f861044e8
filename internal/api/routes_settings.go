package api

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/desk"
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
	r.Map()["SettingsPatch"] = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: full.Properties}
	r.Map()["SettingsPatch"].PrecomputeMessages()
	return &huma.Schema{Ref: schemaPrefix + "SettingsPatch"}
}

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
	Name       *string `json:"name,omitempty" maxLength:"120"`
	TimeZone   *string `json:"time_zone,omitempty" maxLength:"64"`
	DefaultDDI *string `json:"default_ddi,omitempty" maxLength:"3"`
}

func (s *Server) settingsRoutes() {
	op := operation{tag: "settings"}
	handle(s, op.get("get-settings", "/settings", "The settings register with values", "Administrators only."), unfinished[none, body[settingsRegister]])
	handle(s, op.patch("update-settings", "/settings", "Change settings", "Only what is named; all of it or nothing."), unfinished[write[settingsPatch], body[settingsRegister]])
	op.tag = "account"
	handle(s, op.get("get-account", "/account", "The company", ""), unfinished[none, body[account]])
	handle(s, op.patch("update-account", "/account", "Change the company's data", ""), unfinished[write[accountPatch], body[account]])
}
