package store

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

const templateColumns = `t.id, t.account_id, t.kind, t.group_id, t.provider_id, t.name, t.language, t.category, t.status, t.quality,
	t.rejected_reason, t.parameter_format, t.components, t.synced_at, t.created_at`

func scanTemplate(r dbx.Scanner) (desk.Template, error) {
	var x desk.Template
	var components string
	if err := r.Scan(&x.ID, &x.AccountID, &x.Kind, &x.GroupID, &x.ProviderID, &x.Name, &x.Language, &x.Category, &x.Status,
		&x.Quality, &x.RejectedReason, &x.ParameterFormat, &components, &x.SyncedAt, &x.CreatedAt); err != nil {
		return x, err
	}
	return x, fromJSON(components, &x.Components)
}

// Template returns one template, or a 404. Deleted ones are found, because
// messages refer to them.
func (s *Store) Template(q dbx.Querier, account, id desk.ID) (desk.Template, error) {
	x, err := scanTemplate(q.QueryRow(`SELECT `+templateColumns+` FROM template t WHERE t.account_id = $1 AND t.id = $2`, account, id))
	return x, missing(err)
}

// TemplateList asks for templates (B8).
type TemplateList struct {
	List     // Q matches name and text
	Kind     desk.ChannelKind
	GroupID  string // "" means every group
	Status   string // "" means all but DELETED
	Category string
	Language string
}

// templateKey is the place of a template in its list.
type templateKey struct {
	Name     string  `json:"n"`
	Language string  `json:"l"`
	ID       desk.ID `json:"i"`
}

// Templates lists templates by name and language.
func (s *Store) Templates(q dbx.Querier, account desk.ID, l TemplateList) (Page[desk.Template], error) {
	var a dbx.Args
	text := `SELECT ` + templateColumns + ` FROM template t WHERE t.account_id = ` + a.Add(account)
	for _, f := range []struct{ column, value string }{
		{"kind", string(l.Kind)}, {"group_id", l.GroupID}, {"status", l.Status}, {"category", l.Category}, {"language", l.Language},
	} {
		if f.value != "" {
			text += ` AND t.` + f.column + ` = ` + a.Add(f.value)
		}
	}
	if l.Status == "" {
		text += ` AND t.status <> ` + a.Add(desk.TemplateDeleted)
	}
	text += l.matching(&a, "t.search_fold")
	if l.Cursor != "" {
		var after templateKey
		if err := decodeCursor(l.Cursor, &after); err != nil {
			return Page[desk.Template]{}, err
		}
		text += ` AND (t.name, t.language, t.id) > (` + a.Add(after.Name) + `, ` + a.Add(after.Language) + `, ` + a.Add(after.ID) + `)`
	}
	text += ` ORDER BY t.name, t.language, t.id` + limit(pageSize(l.Limit)+1)
	items, err := dbx.All(q, scanTemplate, text, a.Values()...)
	return pageOf(l.List, items, func(x desk.Template) any { return templateKey{x.Name, x.Language, x.ID} }), err
}

// CreateTemplate stores a template that the provider has accepted for review.
// The same name and language twice is a 409 template_taken. Administrators
// only.
func (s *Store) CreateTemplate(tx *dbx.Tx, by *desk.Viewer, x desk.Template) (desk.Template, error) {
	if err := by.Require(desk.ActTemplateEdit); err != nil {
		return desk.Template{}, err
	}
	x.AccountID, x.SyncedAt = by.AccountID, s.now() // no synchronisation under way takes it for gone
	old, err := s.templateNamed(tx, &x)
	if err == nil && !old.Deleted() {
		return desk.Template{}, clashField("name", desk.CodeTemplateTaken)
	}
	if err != nil && desk.CodeOf(err) != desk.CodeNotFound {
		return desk.Template{}, err
	}
	stored, _, err := s.putTemplate(tx, actorOf(by), x)
	return stored, err
}

func (s *Store) templateNamed(q dbx.Querier, x *desk.Template) (desk.Template, error) {
	old, err := scanTemplate(q.QueryRow(`SELECT `+templateColumns+` FROM template t WHERE t.account_id = $1 AND t.kind = $2
		AND t.group_id = $3 AND t.name = $4 AND t.language = $5`+dbx.ForUpdate(q), x.AccountID, x.Kind, x.GroupID, x.Name, x.Language))
	return old, missing(err)
}

// DeleteTemplate marks a template that was deleted at the provider.
// Administrators only.
func (s *Store) DeleteTemplate(tx *dbx.Tx, by *desk.Viewer, id desk.ID) error {
	if err := by.Require(desk.ActTemplateEdit); err != nil {
		return err
	}
	x, err := s.Template(tx, by.AccountID, id)
	if err != nil {
		return err
	}
	if x.Deleted() {
		return desk.Missing()
	}
	return s.setTemplateStatus(tx, actorOf(by), &x, desk.TemplateDeleted)
}

func (s *Store) setTemplateStatus(tx *dbx.Tx, actor desk.Actor, x *desk.Template, status string) error {
	if _, err := tx.Exec(`UPDATE template SET status = $3, rev = rev + 1, updated_at = $4 WHERE account_id = $1 AND id = $2`,
		x.AccountID, x.ID, status, s.now()); err != nil {
		return err
	}
	kind := desk.EvTemplateUpdated
	if status == desk.TemplateDeleted {
		kind = desk.EvTemplateDeleted
	}
	return s.Record(tx, desk.Event{AccountID: x.AccountID, Type: kind, Entity: "template", EntityID: x.ID, Actor: actor,
		Data: changes{"status": []any{x.Status, status}}.data()})
}

// SyncTemplates stores a page of the provider's list: at most 100 templates of
// one group. Rows that did not change are only marked as seen at the moment
// given, which is that of the whole synchronisation.
func (s *Store) SyncTemplates(tx *dbx.Tx, account desk.ID, kind desk.ChannelKind, groupID string, at desk.Time, list []desk.Template) error {
	for _, x := range list {
		x.AccountID, x.Kind, x.GroupID, x.SyncedAt = account, kind, groupID, at
		if _, _, err := s.putTemplate(tx, desk.System(), x); err != nil {
			return err
		}
	}
	return nil
}

// FinishTemplateSync marks as DELETED up to 50 templates of the group that the
// synchronisation begun at the moment given did not see, and reports whether
// there may be more. Call it only after every page was stored.
func (s *Store) FinishTemplateSync(tx *dbx.Tx, account desk.ID, kind desk.ChannelKind, groupID string, at desk.Time) (more bool, err error) {
	const chunk = 50
	gone, err := dbx.All(tx, scanTemplate, `SELECT `+templateColumns+` FROM template t WHERE t.account_id = $1 AND t.kind = $2
		AND t.group_id = $3 AND t.synced_at < $4 AND t.created_at < $4 AND t.status <> $5 ORDER BY t.id`+limit(chunk),
		account, kind, groupID, at, desk.TemplateDeleted)
	if err != nil {
		return false, err
	}
	for i := range gone {
		if err := s.setTemplateStatus(tx, desk.System(), &gone[i], desk.TemplateDeleted); err != nil {
			return false, err
		}
	}
	return len(gone) == chunk, nil
}

// putTemplate inserts a template or brings its row up to date, and records an
// event if anything but the time of the synchronisation changed.
func (s *Store) putTemplate(tx *dbx.Tx, actor desk.Actor, x desk.Template) (desk.Template, bool, error) {
	cleanTemplate(&x)
	components, err := json.Marshal(emptyNotNil(x.Components))
	if err != nil {
		return desk.Template{}, false, err
	}
	x.ID, x.CreatedAt = s.IDs.Next(), s.now()
	n, err := tx.Exec(`INSERT INTO template (id, account_id, kind, group_id, provider_id, name, language, category, status, quality,
			rejected_reason, parameter_format, components, search_fold, synced_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
		ON CONFLICT (account_id, kind, group_id, name, language) DO NOTHING`,
		x.ID, x.AccountID, x.Kind, x.GroupID, x.ProviderID, x.Name, x.Language, x.Category, x.Status, x.Quality,
		x.RejectedReason, x.ParameterFormat, string(components), templateText(&x), x.SyncedAt, x.CreatedAt)
	if err != nil {
		return desk.Template{}, false, err
	}
	if n == 1 {
		return x, true, s.Record(tx, desk.Event{AccountID: x.AccountID, Type: desk.EvTemplateCreated, Entity: "template",
			EntityID: x.ID, Actor: actor, Data: made(map[string]any{"name": x.Name, "language": x.Language, "status": x.Status})})
	}
	old, err := s.templateNamed(tx, &x)
	if err != nil {
		return desk.Template{}, false, err
	}
	changed, err := s.refreshTemplate(tx, actor, &old, &x, string(components))
	return x, changed, err
}

func (s *Store) refreshTemplate(tx *dbx.Tx, actor desk.Actor, old, x *desk.Template, components string) (bool, error) {
	x.ID, x.CreatedAt, x.SyncedAt = old.ID, old.CreatedAt, max(old.SyncedAt, x.SyncedAt)
	before, err := json.Marshal(emptyNotNil(old.Components))
	if err != nil {
		return false, err
	}
	c := changes{}
	differ(c, "provider_id", old.ProviderID, x.ProviderID)
	differ(c, "category", old.Category, x.Category)
	differ(c, "status", old.Status, x.Status)
	differ(c, "quality", old.Quality, x.Quality)
	differ(c, "rejected_reason", old.RejectedReason, x.RejectedReason)
	differ(c, "parameter_format", old.ParameterFormat, x.ParameterFormat)
	if string(before) != components {
		c.hide("components")
	}
	if len(c) == 0 {
		_, err := tx.Exec(`UPDATE template SET synced_at = $3 WHERE account_id = $1 AND id = $2`, x.AccountID, x.ID, x.SyncedAt)
		return false, err
	}
	if _, err := tx.Exec(`UPDATE template SET provider_id = $3, category = $4, status = $5, quality = $6, rejected_reason = $7,
		parameter_format = $8, components = $9, search_fold = $10, synced_at = $11, rev = rev + 1, updated_at = $12
		WHERE account_id = $1 AND id = $2`,
		x.AccountID, x.ID, x.ProviderID, x.Category, x.Status, x.Quality, x.RejectedReason, x.ParameterFormat, components,
		templateText(x), x.SyncedAt, s.now()); err != nil {
		return false, err
	}
	return true, s.Record(tx, desk.Event{AccountID: x.AccountID, Type: desk.EvTemplateUpdated, Entity: "template",
		EntityID: x.ID, Actor: actor, Data: c.data()})
}

// cleanTemplate brings a provider's form into ours: upper-case codes, nothing
// empty that has a default.
func cleanTemplate(x *desk.Template) {
	x.Name, x.Language, x.GroupID = plainText(x.Name), plainText(x.Language), plainText(x.GroupID)
	x.ProviderID, x.RejectedReason = plainText(x.ProviderID), plainText(x.RejectedReason)
	x.Category, x.Status = code(x.Category, "UTILITY"), code(x.Status, "PENDING")
	x.Quality, x.ParameterFormat = code(x.Quality, "UNKNOWN"), code(x.ParameterFormat, "POSITIONAL")
	if x.RejectedReason == "NONE" {
		x.RejectedReason = ""
	}
}

func code(value, absent string) string {
	if value = strings.ToUpper(strings.TrimSpace(plainText(value))); value == "" {
		return absent
	}
	return value
}

// templateText is what a search looks through: the name, also without its
// underscores, and every text.
func templateText(x *desk.Template) string {
	words := []string{x.Name, strings.ReplaceAll(x.Name, "_", " ")}
	for _, c := range x.Components {
		words = append(words, c.Text)
		for _, b := range c.Buttons {
			words = append(words, b.Text)
		}
	}
	return dbx.Fold(plainText(strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")))
}

// TemplateNews is a change the provider announced. Empty fields did not change.
type TemplateNews struct {
	ProviderID string
	Name       string
	Language   string
	Status     string
	Category   string
	Quality    string
	Reason     string
}

// UpdateTemplate applies what the provider announced to the template with the
// provider's id, else with the name and language; a 404 says that we don't have
// it, and a synchronisation is due. A status also sets its reason.
func (s *Store) UpdateTemplate(tx *dbx.Tx, account desk.ID, kind desk.ChannelKind, groupID string, news TemplateNews) (desk.Template, error) {
	old, err := scanTemplate(tx.QueryRow(`SELECT `+templateColumns+` FROM template t WHERE t.account_id = $1 AND t.kind = $2
		AND t.group_id = $3 AND ((t.provider_id = $4 AND t.provider_id <> '') OR (t.name = $5 AND t.language = $6))
		ORDER BY CASE WHEN t.provider_id = $4 AND t.provider_id <> '' THEN 0 ELSE 1 END, t.id LIMIT 1`+dbx.ForUpdate(tx),
		account, kind, groupID, news.ProviderID, news.Name, news.Language))
	if err != nil {
		return desk.Template{}, missing(err)
	}
	if old.Deleted() && (news.ProviderID == "" || news.ProviderID == old.ProviderID) {
		return old, nil // news that was on its way when it was deleted
	}
	x := old
	for _, f := range []struct {
		current *string
		value   string
	}{{&x.ProviderID, news.ProviderID}, {&x.Status, news.Status}, {&x.Category, news.Category}, {&x.Quality, news.Quality}} {
		if f.value != "" {
			*f.current = f.value
		}
	}
	if news.Status != "" {
		x.RejectedReason = news.Reason
	}
	cleanTemplate(&x)
	components, err := json.Marshal(emptyNotNil(x.Components))
	if err != nil {
		return desk.Template{}, err
	}
	_, err = s.refreshTemplate(tx, desk.System(), &old, &x, string(components))
	return x, err
}
