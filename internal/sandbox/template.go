package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// States of templates that bear on sending.
const (
	templateApproved = "APPROVED"
	templatePending  = "PENDING"
	templateRejected = "REJECTED"
	templatePaused   = "PAUSED"
	templateDisabled = "DISABLED"
	templateDeleted  = "DELETED"
)

// templateStates are those SetTemplateStatus and seeds may give, with the
// event that announces each (Meta: message_template_status_update).
var templateStates = []string{templateApproved, templatePending, templateRejected, templatePaused, templateDisabled, "IN_APPEAL", "ARCHIVED", "LIMIT_EXCEEDED"}

// rejectWord in a template's name makes the review reject it.
const rejectWord = "rejeitar"

// nameBlocked is how long the name of a deleted approved template can't be
// used again.
const nameBlocked = 30 * 24 * time.Hour

// template is one stored template.
type template struct {
	rules.Definition
	ID        desk.ID
	accountID desk.ID
	waba      string
	status    string // outcome of the review
	reviewAt  desk.Time
	Quality   string
	Rejected  string
	deletedAt desk.Time
	createdAt desk.Time
}

const templateColumns = `id, account_id, waba_id, name, language, category, status, review_at, parameter_format, quality,
	rejected_reason, components, deleted_at, created_at`

func scanTemplate(r dbx.Scanner) (*template, error) {
	var t template
	var components string
	err := r.Scan(&t.ID, &t.accountID, &t.waba, &t.Name, &t.Language, &t.Category, &t.status, &t.reviewAt, &t.Format, &t.Quality,
		&t.Rejected, &components, &t.deletedAt, &t.createdAt)
	if err != nil {
		return nil, err
	}
	return &t, json.Unmarshal([]byte(components), &t.Components)
}

// statusAt is the state at a moment: PENDING until the review is over.
func (t *template) statusAt(now desk.Time) string {
	if t.reviewAt > now {
		return templatePending
	}
	return t.status
}

// templateByName finds a template that is not deleted, or a 404.
func (s *Sandbox) templateByName(ctx context.Context, accountID desk.ID, waba, name, language string) (*template, error) {
	if !isText(waba+name+language, 1000) {
		return nil, desk.Missing()
	}
	t, err := scanTemplate(s.db.Read(ctx).QueryRow(`SELECT `+templateColumns+` FROM sandbox_template
		WHERE account_id=$1 AND waba_id=$2 AND name=$3 AND language=$4 AND deleted_at=0`, accountID, waba, name, language))
	return t, found(err)
}

func (s *Sandbox) templateByID(ctx context.Context, accountID desk.ID, id string) (*template, error) {
	key, err := desk.ParseID(id)
	if err != nil {
		return nil, desk.Missing()
	}
	t, err := scanTemplate(s.db.Read(ctx).QueryRow(`SELECT `+templateColumns+` FROM sandbox_template
		WHERE id=$1 AND account_id=$2 AND deleted_at=0`, key, accountID))
	return t, found(err)
}

func (t *template) insert(tx *dbx.Tx) error {
	_, err := tx.Exec(`INSERT INTO sandbox_template (id, account_id, waba_id, name, language, category, status, review_at,
		parameter_format, quality, rejected_reason, components, created_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		t.ID, t.accountID, t.waba, t.Name, t.Language, t.Category, t.status, t.reviewAt, t.Format, t.Quality, t.Rejected,
		asJSON(t.Components), t.createdAt)
	return err
}

// templateSeed is one element of SeedTemplates.
type templateSeed struct {
	rules.Definition
	Status  string `json:"status"`
	Quality string `json:"quality"`
	Reason  string `json:"rejected_reason"`
}

// SeedTemplates puts templates into a WABA without a review: a JSON array of
// what POST message_templates takes, each with an optional status (APPROVED),
// quality and rejected_reason. Existing ones of the same name and language are
// left alone. A definition Meta would refuse is 422 and nothing is written.
func (s *Sandbox) SeedTemplates(ctx context.Context, accountID desk.ID, waba string, defs json.RawMessage) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(defs, &raw); err != nil {
		return desk.RefuseField("templates", desk.CodeInvalid)
	}
	list := make([]*template, len(raw))
	for i, one := range raw {
		t, err := seedTemplate(one)
		if err != nil {
			return err
		}
		t.ID, t.accountID, t.waba, t.createdAt = s.ids(), accountID, waba, s.stamp()
		list[i] = t
	}
	for chunk := range slices.Chunk(list, 100) {
		err := s.db.Do(ctx, func(tx *dbx.Tx) error {
			for _, t := range chunk {
				err := tx.Savepoint(t.insert)
				if err != nil && !dbx.IsUnique(err) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func seedTemplate(one json.RawMessage) (*template, error) {
	dec := json.NewDecoder(bytes.NewReader(one))
	dec.DisallowUnknownFields()
	var seed templateSeed
	if err := dec.Decode(&seed); err != nil {
		e := desk.RefuseField("templates", desk.CodeInvalid)
		e.Err = err
		return nil, e
	}
	def, refusal := rules.DecodeDefinition([]byte(asJSON(seed.Definition)))
	if refusal != nil {
		e := desk.RefuseField("templates", desk.CodeInvalid).With("name", seed.Name)
		e.Err = refusal
		return nil, e
	}
	t := &template{Definition: *def, status: strings.ToUpper(seed.Status), Quality: strings.ToUpper(seed.Quality), Rejected: seed.Reason}
	if t.status == "" {
		t.status = templateApproved
	}
	if t.Quality == "" {
		t.Quality = "UNKNOWN"
	}
	if t.Rejected == "" {
		t.Rejected = "NONE"
	}
	if !slices.Contains(templateStates, t.status) || !isText(t.Quality+t.Rejected, 200) {
		return nil, desk.RefuseField("templates", desk.CodeInvalid).With("name", seed.Name)
	}
	return t, nil
}

// SetTemplateStatus makes Meta change its mind about a template: approve,
// reject, pause, disable. The app is told by webhook.
func (s *Sandbox) SetTemplateStatus(ctx context.Context, accountID desk.ID, waba, name, language, status, reason string) error {
	if !slices.Contains(templateStates, status) {
		return desk.RefuseField("status", desk.CodeInvalid)
	}
	if !isText(reason, 200) {
		return desk.RefuseField("reason", desk.CodeInvalid)
	}
	t, err := s.templateByName(ctx, accountID, waba, name, language)
	if err != nil {
		return err
	}
	if reason == "" {
		reason = "NONE"
	}
	err = s.touchOne(ctx, `UPDATE sandbox_template SET status=$3, rejected_reason=$4, review_at=0 WHERE account_id=$1 AND id=$2`,
		accountID, t.ID, status, reason)
	if err != nil {
		return err
	}
	return s.announceTemplate(ctx, t, status, reason, s.stamp())
}

// announceTemplate tells the app of a template's new state. The id is a JSON
// number here, unlike everywhere else (Meta: message_template_status_update).
func (s *Sandbox) announceTemplate(ctx context.Context, t *template, event, reason string, at desk.Time) error {
	value := map[string]any{"event": event, "message_template_id": int64(t.ID), "message_template_name": t.Name,
		"message_template_language": t.Language, "message_template_category": t.Category, "reason": reason}
	switch event {
	case templateDisabled:
		value["disable_info"] = map[string]any{"disable_date": seconds(at)}
	case templatePaused:
		value["other_info"] = map[string]any{"title": "FIRST_PAUSE", "description": "The template is paused for 3 hours because of its quality."}
	case templateRejected:
		value["rejection_info"] = map[string]any{"reason": reason, "recommendation": "Change the template and submit it again."}
	}
	return s.sendToWABA(ctx, t.accountID, t.waba, "message_template_status_update", value, at)
}

// storeTemplate writes a new template and the news of its review.
func (s *Sandbox) storeTemplate(ctx context.Context, t *template, review time.Duration) error {
	t.status, t.Rejected = templateApproved, "NONE"
	if strings.Contains(t.Name, rejectWord) {
		t.status, t.Rejected = templateRejected, "INVALID_FORMAT"
	}
	t.ID, t.createdAt, t.Quality = s.ids(), s.stamp(), "UNKNOWN"
	t.reviewAt = t.createdAt.Add(review)
	err := s.db.Do(ctx, func(tx *dbx.Tx) error {
		old, err := scanTemplate(tx.QueryRow(`SELECT `+templateColumns+` FROM sandbox_template
			WHERE account_id=$1 AND waba_id=$2 AND name=$3 AND language=$4`, t.accountID, t.waba, t.Name, t.Language))
		if err != nil && !dbx.IsNotFound(err) {
			return err
		}
		if err == nil {
			if err := old.makeRoom(tx, t.createdAt); err != nil {
				return err
			}
		}
		return t.insert(tx)
	})
	if dbx.IsUnique(err) {
		return rules.TemplateTaken(t.Language)
	}
	if err != nil {
		return err
	}
	return s.announceTemplate(ctx, t, t.status, t.Rejected, t.reviewAt)
}

// makeRoom gives a deleted template's name free again, unless Meta still
// blocks it.
func (t *template) makeRoom(tx *dbx.Tx, now desk.Time) error {
	if t.deletedAt == 0 {
		return rules.TemplateTaken(t.Language)
	}
	if t.status == templateApproved && now < t.deletedAt.Add(nameBlocked) {
		return rules.TemplateBeingDeleted(t.Language)
	}
	_, err := tx.Exec(`DELETE FROM sandbox_template WHERE id=$1 AND account_id=$2`, t.ID, t.accountID)
	return err
}

// eraseTemplates marks templates as deleted and tells the app.
func (s *Sandbox) eraseTemplates(ctx context.Context, list []*template) error {
	now := s.stamp()
	err := s.db.Do(ctx, func(tx *dbx.Tx) error {
		for _, t := range list {
			if _, err := tx.Exec(`UPDATE sandbox_template SET deleted_at=$3, status=$4, review_at=0 WHERE id=$1 AND account_id=$2`,
				t.ID, t.accountID, now, t.statusAt(now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range list {
		errs = append(errs, s.announceTemplate(ctx, t, templateDeleted, "NONE", now))
	}
	return errors.Join(errs...)
}
