package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// templateFields are the fields a template has, and whether they are listed
// when the request names none.
var templateFields = map[string]bool{"id": true, "name": true, "language": true, "status": true, "category": true, "components": true,
	"parameter_format": true, "sub_category": false, "quality_score": false, "rejected_reason": false, "previous_category": false,
	"library_template_name": false, "message_send_ttl_seconds": false, "correct_category": false}

func (t *template) fields(now desk.Time) map[string]any {
	return map[string]any{"id": t.ID.String(), "name": t.Name, "language": t.Language, "status": t.statusAt(now), "category": t.Category,
		"components": t.Components, "parameter_format": t.Format, "rejected_reason": t.Rejected,
		"quality_score": map[string]any{"score": t.Quality, "date": int64(t.createdAt) / 1000}}
}

// pick reduces an object to the fields a request names; the id is always
// there. Unknown fields are refused as Meta does.
func pick(all map[string]any, known map[string]bool, asked, node string) (map[string]any, error) {
	out := map[string]any{"id": all["id"]}
	if asked == "" {
		for name, byDefault := range known {
			if v, ok := all[name]; ok && byDefault {
				out[name] = v
			}
		}
		return out, nil
	}
	for name := range strings.SplitSeq(asked, ",") {
		name, _, _ = strings.Cut(strings.TrimSpace(name), "{")
		if _, ok := known[name]; !ok {
			e := rules.New(100, "")
			e.Title = "Tried accessing nonexisting field (" + cut(name, 60) + ") on node type (" + node + ")"
			return nil, e
		}
		if v, ok := all[name]; ok {
			out[name] = v
		}
	}
	return out, nil
}

// listTemplates is GET /{waba}/message_templates, in pages.
func (c *call) listTemplates() (any, error) {
	q := c.r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if q.Get("limit") == "" {
		limit, err = 25, nil
	}
	if err != nil || limit < 1 {
		return nil, rules.New(100, "Param limit must be a positive number.")
	}
	limit = min(limit, 1000)
	now := c.s.stamp()
	var a dbx.Args
	where, err := c.templateFilter(q, now, &a)
	if err != nil {
		return nil, err
	}
	list, err := dbx.All(c.s.db.Read(c.r.Context()), scanTemplate,
		`SELECT `+templateColumns+` FROM sandbox_template WHERE `+where+` ORDER BY id LIMIT `+a.Add(limit+1), a.Values()...)
	if err != nil {
		return nil, err
	}
	return c.templatePage(list, limit, q, now)
}

// templateFilter is the condition of a list.
func (c *call) templateFilter(q url.Values, now desk.Time, a *dbx.Args) (string, error) {
	where := `account_id=` + a.Add(c.n.AccountID) + ` AND waba_id=` + a.Add(c.id) + ` AND deleted_at=0`
	for _, column := range []string{"name", "language", "category", "status"} {
		v := q.Get(column)
		switch {
		case v == "":
			continue
		case !isText(v, 512):
			return "", rules.New(100, "Param %s is not valid.", column)
		case column == "status":
			where += ` AND CASE WHEN review_at>` + a.Add(now) + ` THEN 'PENDING' ELSE status END=` + a.Add(v)
		default:
			where += ` AND ` + column + `=` + a.Add(v)
		}
	}
	if v := q.Get("after"); v != "" {
		id, err := uncursor(v)
		if err != nil {
			return "", err
		}
		where += ` AND id>` + a.Add(id)
	}
	return where, nil
}

func (c *call) templatePage(list []*template, limit int, q url.Values, now desk.Time) (any, error) {
	more := len(list) > limit
	if more {
		list = list[:limit]
	}
	data := []any{}
	for _, t := range list {
		fields, err := pick(t.fields(now), templateFields, q.Get("fields"), "WhatsAppMessageTemplate")
		if err != nil {
			return nil, err
		}
		data = append(data, fields)
	}
	page := map[string]any{"data": data}
	if len(list) > 0 {
		after := cursor(list[len(list)-1].ID)
		paging := map[string]any{"cursors": map[string]any{"before": cursor(list[0].ID), "after": after}}
		if more {
			q.Set("after", after)
			q.Del("access_token")
			paging["next"] = c.base() + c.r.URL.Path + "?" + q.Encode()
		}
		page["paging"] = paging
	}
	return page, nil
}

func cursor(id desk.ID) string { return base64.RawURLEncoding.EncodeToString([]byte(id.String())) }

func uncursor(text string) (desk.ID, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return 0, rules.New(100, "Invalid cursor.")
	}
	id, err := desk.ParseID(string(raw))
	if err != nil {
		return 0, rules.New(100, "Invalid cursor.")
	}
	return id, nil
}

// getTemplate is GET /{template_id}.
func (c *call) getTemplate() (any, error) {
	for i := range c.reach {
		n := &c.reach[i]
		t, err := c.s.templateByID(c.r.Context(), n.AccountID, c.id)
		if err == nil && t.waba == n.WABAID {
			return pick(t.fields(c.s.stamp()), templateFields, c.r.URL.Query().Get("fields"), "WhatsAppMessageTemplate")
		}
		if err != nil && desk.CodeOf(err) != desk.CodeNotFound {
			return nil, err
		}
	}
	return nil, desk.Missing()
}

// createTemplate is POST /{waba}/message_templates: PENDING until the review.
func (c *call) createTemplate() (any, error) {
	body, err := c.read()
	if err != nil {
		return nil, err
	}
	def, refusal := rules.DecodeDefinition(body)
	if refusal != nil {
		return nil, refusal
	}
	t := &template{Definition: *def, accountID: c.n.AccountID, waba: c.id}
	if err := c.s.storeTemplate(c.r.Context(), t, millis(c.n.Limits.ReviewMS, 3000)); err != nil {
		return nil, err
	}
	return map[string]any{"id": t.ID.String(), "status": templatePending, "category": t.Category}, nil
}

// deleteTemplates is DELETE /{waba}/message_templates by name (all languages),
// by hsm_id and name (one), or by hsm_ids.
func (c *call) deleteTemplates() (any, error) {
	q := c.r.URL.Query()
	name, id := q.Get("name"), q.Get("hsm_id")
	var ids []string
	if text := q.Get("hsm_ids"); text != "" {
		if err := json.Unmarshal([]byte(text), &ids); err != nil || len(ids) > 100 {
			return nil, rules.New(100, "Param hsm_ids must be an array of at most 100 IDs.")
		}
	}
	var list []*template
	var err error
	switch {
	case len(ids) > 0:
		list, err = c.templatesByID(ids, "")
	case name == "" || !isText(name, 512):
		return nil, rules.New(100, "The parameter name is required.")
	case id != "":
		list, err = c.templatesByID([]string{id}, name)
	default:
		list, err = dbx.All(c.s.db.Read(c.r.Context()), scanTemplate, `SELECT `+templateColumns+` FROM sandbox_template
			WHERE account_id=$1 AND waba_id=$2 AND name=$3 AND deleted_at=0 LIMIT 100`, c.n.AccountID, c.id, name)
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, rules.TemplateNotFound()
	}
	if slices.ContainsFunc(list, func(t *template) bool { return t.status == templateDisabled }) {
		return nil, rules.TemplateProtected()
	}
	return map[string]any{"success": true}, c.s.eraseTemplates(c.r.Context(), list)
}

// templatesByID finds templates of the WABA; all must exist and, if given,
// have the name.
func (c *call) templatesByID(ids []string, name string) ([]*template, error) {
	var list []*template
	for _, id := range ids {
		t, err := c.s.templateByID(c.r.Context(), c.n.AccountID, id)
		if desk.CodeOf(err) == desk.CodeNotFound || err == nil && (t.waba != c.id || name != "" && t.Name != name) {
			return nil, rules.TemplateNotFound()
		}
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}
