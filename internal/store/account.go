package store

import (
	"encoding/json"
	"regexp"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// AccountNew is a company to be created.
type AccountNew struct {
	Name       string
	TimeZone   string // IANA name; empty means America/Sao_Paulo
	DefaultDDI string // country code digits; empty means 55
	Demo       bool
}

// AccountPatch changes the fields that are set.
type AccountPatch struct {
	Name       *string
	TimeZone   *string
	DefaultDDI *string
}

const accountColumns = `id, name, time_zone, default_ddi, settings, demo, rev, created_at`

func scanAccount(r dbx.Scanner) (desk.Account, error) {
	var x desk.Account
	var settings string
	if err := r.Scan(&x.ID, &x.Name, &x.TimeZone, &x.DefaultDDI, &settings, &x.Demo, &x.Rev, &x.CreatedAt); err != nil {
		return x, err
	}
	return x, x.Settings.UnmarshalStored([]byte(settings))
}

// Account returns one account, or a 404.
func (s *Store) Account(q dbx.Querier, id desk.ID) (desk.Account, error) {
	x, err := scanAccount(q.QueryRow(`SELECT `+accountColumns+` FROM account WHERE id = $1`, id))
	return x, missing(err)
}

// Accounts returns every account of the installation, oldest first.
func (s *Store) Accounts(q dbx.Querier) ([]desk.Account, error) {
	return dbx.All(q, scanAccount, `SELECT `+accountColumns+` FROM account ORDER BY id`)
}

// HasAccounts reports whether the installation has been set up.
func (s *Store) HasAccounts(q dbx.Querier) (bool, error) {
	return exists(q, `SELECT 1 FROM account`)
}

// CreateAccount adds a company with the catalogue of ticket types it starts
// with (A7).
func (s *Store) CreateAccount(tx *dbx.Tx, in AccountNew) (desk.Account, error) {
	x := desk.Account{ID: s.IDs.Next(), Name: in.Name, TimeZone: in.TimeZone, DefaultDDI: in.DefaultDDI,
		Settings: desk.DefaultSettings(), Demo: in.Demo, Rev: 1, CreatedAt: s.now()}
	if x.TimeZone == "" {
		x.TimeZone = "America/Sao_Paulo"
	}
	if x.DefaultDDI == "" {
		x.DefaultDDI = "55"
	}
	if err := checkAccount(&x); err != nil {
		return desk.Account{}, err
	}
	if _, err := tx.Exec(`INSERT INTO account (id, name, time_zone, default_ddi, demo, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6)`, x.ID, x.Name, x.TimeZone, x.DefaultDDI, x.Demo, x.CreatedAt); err != nil {
		return desk.Account{}, err
	}
	by := Operator(x.ID)
	if err := s.record(tx, by, desk.EvAccountCreated, "account", x.ID, nil); err != nil {
		return desk.Account{}, err
	}
	for _, name := range []string{"Suporte", "Pós-venda", "Comercial"} {
		if _, err := s.CreateTicketType(tx, by, TicketTypeNew{Name: name}); err != nil {
			return desk.Account{}, err
		}
	}
	return x, nil
}

var ddiPattern = regexp.MustCompile(`^[1-9][0-9]{0,2}$`)

func checkAccount(x *desk.Account) error {
	var f faults
	var err error
	x.Name, err = desk.ValidName("name", x.Name)
	if err = f.add(err); err != nil {
		return err
	}
	x.TimeZone, err = desk.ValidTimeZone("time_zone", x.TimeZone)
	if err = f.add(err); err != nil {
		return err
	}
	if !ddiPattern.MatchString(x.DefaultDDI) {
		f.refuse("default_ddi", desk.CodeInvalid)
	}
	return f.err()
}

// UpdateAccount changes the company's own data. Administrators only.
func (s *Store) UpdateAccount(tx *dbx.Tx, by *desk.Viewer, p AccountPatch) (desk.Account, error) {
	before, err := s.changeableAccount(tx, by, desk.ActAccountEdit)
	if err != nil {
		return desk.Account{}, err
	}
	next := before
	override(&next.Name, p.Name)
	override(&next.TimeZone, p.TimeZone)
	override(&next.DefaultDDI, p.DefaultDDI)
	if err := checkAccount(&next); err != nil {
		return desk.Account{}, err
	}
	c := changes{}
	differ(c, "name", before.Name, next.Name)
	differ(c, "time_zone", before.TimeZone, next.TimeZone)
	differ(c, "default_ddi", before.DefaultDDI, next.DefaultDDI)
	if len(c) == 0 {
		return next, nil
	}
	next.Rev++
	if _, err := tx.Exec(`UPDATE account SET name = $2, time_zone = $3, default_ddi = $4, rev = rev + 1, updated_at = $5
		WHERE id = $1`, next.ID, next.Name, next.TimeZone, next.DefaultDDI, s.now()); err != nil {
		return desk.Account{}, err
	}
	return next, s.record(tx, by, desk.EvAccountUpdated, "account", next.ID, c.data())
}

func (s *Store) changeableAccount(tx *dbx.Tx, by *desk.Viewer, act desk.Action) (desk.Account, error) {
	if err := by.Require(act); err != nil {
		return desk.Account{}, err
	}
	if err := lockAccount(tx, by.AccountID); err != nil {
		return desk.Account{}, err
	}
	return s.Account(tx, by.AccountID)
}

// PatchSettings changes the named settings, or none of them (E-O, D37).
// Administrators only (R1); each change is recorded with old and new value.
func (s *Store) PatchSettings(tx *dbx.Tx, by *desk.Viewer, patch map[string]json.RawMessage) (desk.Settings, error) {
	account, err := s.changeableAccount(tx, by, desk.ActSettingsEdit)
	if err != nil {
		return desk.Settings{}, err
	}
	next, changed, err := account.Settings.Patch(patch)
	if err != nil {
		return desk.Settings{}, err
	}
	if len(changed) == 0 {
		return next, nil
	}
	if next.DefaultFlowID != 0 && next.DefaultFlowID != account.Settings.DefaultFlowID {
		// There is no register of flows yet, so no id can be one.
		return desk.Settings{}, desk.RefuseField("default_flow_id", desk.CodeUnknownReference)
	}
	stored, err := next.MarshalStored()
	if err != nil {
		return desk.Settings{}, err
	}
	if _, err := tx.Exec(`UPDATE account SET settings = $2, rev = rev + 1, updated_at = $3 WHERE id = $1`,
		by.AccountID, string(stored), s.now()); err != nil {
		return desk.Settings{}, err
	}
	c := changes{}
	for _, ch := range changed {
		c[ch.Key] = []any{ch.Old, ch.New}
	}
	return next, s.record(tx, by, desk.EvSettingsUpdated, "settings", by.AccountID, c.data())
}
