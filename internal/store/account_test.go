package store_test

import (
	"encoding/json"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// patch reads a JSON object as settings to change.
func patch(text string) map[string]json.RawMessage {
	var p map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		panic(err)
	}
	return p
}

func TestR1_OnlyAdministratorsChangeSettings(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		for _, v := range []*desk.Viewer{c.user("Ana", desk.RoleUser), c.user("Sara", desk.RoleSupervisor)} {
			_, err := try(c, func(tx *dbx.Tx) (desk.Settings, error) { return c.PatchSettings(tx, v, patch(`{"max_files": 3}`)) })
			code(t, err, desk.Forbidden, desk.CodeForbidden)
		}
		a, err := c.Account(c.read(), c.id)
		if err != nil || a.Settings.MaxFiles != 5 {
			t.Errorf("settings changed: %+v %v", a.Settings, err)
		}
	})
}

func TestEO_SettingsAreRecordedWithOldAndNew(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		c.takeEvents()
		set := func(text string) (desk.Settings, error) {
			return try(c, func(tx *dbx.Tx) (desk.Settings, error) { return c.PatchSettings(tx, c.admin, patch(text)) })
		}
		s, err := set(`{"max_files": 3, "users_can_peek": false, "survey_wait_minutes": 60}`)
		if err != nil || s.MaxFiles != 3 || s.UsersCanPeek {
			t.Fatalf("settings %+v %v", s, err)
		}
		e := c.onlyEvent()
		if e.Type != desk.EvSettingsUpdated || changed(e) != `{"max_files":[5,3],"users_can_peek":[true,false]}` {
			t.Errorf("event %s %s", e.Type, changed(e))
		}
		a, err := c.Account(c.read(), c.id)
		if err != nil || a.Settings.MaxFiles != 3 || a.Rev != 2 {
			t.Errorf("account %+v %v", a, err)
		}
		_, err = set(`{"max_files": 4, "no_such_key": 1}`)
		field(t, err, "body.no_such_key", desk.CodeUnknownField)
		_, err = set(`{"default_flow_id": "77"}`)
		field(t, err, "body.default_flow_id", desk.CodeUnknownReference)
		if a, _ := c.Account(c.read(), c.id); a.Settings.MaxFiles != 3 {
			t.Error("a refused patch was half written")
		}
		if list := c.takeEvents(); len(list) != 0 {
			t.Errorf("events %v of refused patches", list)
		}
	})
}

func TestAccountIsValidatedAndSeeded(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		_, err := try(c, func(tx *dbx.Tx) (desk.Account, error) {
			return c.CreateAccount(tx, store.AccountNew{Name: "X", TimeZone: "Mars/Base", DefaultDDI: "+55"})
		})
		field(t, err, "body.name", desk.CodeTooShort)
		field(t, err, "body.time_zone", desk.CodeInvalidTimeZone)
		field(t, err, "body.default_ddi", desk.CodeInvalid)
		page, err := c.TicketTypes(c.read(), c.id, true, store.List{})
		if err != nil || len(page.Items) != 3 { // A7
			t.Errorf("ticket types %v %v", page.Items, err)
		}
		a, err := try(c, func(tx *dbx.Tx) (desk.Account, error) {
			return c.UpdateAccount(tx, c.admin, store.AccountPatch{TimeZone: ptr("America/Manaus")})
		})
		if err != nil || a.TimeZone != "America/Manaus" || a.Name != "Aurora Móveis" {
			t.Errorf("account %+v %v", a, err)
		}
	})
}
