package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

const mediaFields = `id, account_id, message_id, state, kind, mime, name, sha256, size, width, height, duration_ms,
	thumb_sha256, provider_id, error, uploaded_by, created_at`

func scanMedia(r dbx.Scanner) (desk.Media, error) {
	var m desk.Media
	err := r.Scan(&m.ID, &m.AccountID, &m.MessageID, &m.State, &m.Kind, &m.MIME, &m.Name, &m.SHA256, &m.Size, &m.Width,
		&m.Height, &m.DurationMS, &m.ThumbSHA, &m.ProviderID, &m.Error, &m.UploadedBy, &m.CreatedAt)
	return m, missing(err)
}

// Media reads one file's facts.
func (s *Store) Media(q dbx.Querier, account, id desk.ID) (desk.Media, error) {
	return scanMedia(q.QueryRow(`SELECT `+mediaFields+` FROM media WHERE account_id = $1 AND id = $2`, account, id))
}

// MessageMedia reads the files of one message.
func (s *Store) MessageMedia(q dbx.Querier, account, message desk.ID) ([]desk.Media, error) {
	return dbx.All(q, scanMedia, `SELECT `+mediaFields+` FROM media
		WHERE account_id = $1 AND message_id = $2 AND message_id <> 0 ORDER BY id`, account, message)
}

// InsertMedia stores a file's facts. The bytes, if it has any, must be in the
// blob store already; they are noted in the same transaction, so that the
// sweep of unreferenced blobs leaves them.
func (s *Store) InsertMedia(tx *dbx.Tx, m *desk.Media) error {
	if m.ID == 0 {
		m.ID = s.IDs.Next()
	}
	if m.CreatedAt == 0 {
		m.CreatedAt = s.now()
	}
	m.Name = plainText(m.Name)
	var a dbx.Args
	_, err := tx.Exec(`INSERT INTO media (`+mediaFields+`) VALUES (`+dbx.List(&a, []any{m.ID, m.AccountID, m.MessageID,
		m.State, m.Kind, m.MIME, m.Name, m.SHA256, m.Size, m.Width, m.Height, m.DurationMS, m.ThumbSHA, m.ProviderID,
		m.Error, m.UploadedBy, m.CreatedAt})+`)`, a.Values()...)
	if err != nil {
		return err
	}
	return s.noteBlobs(tx, m)
}

// noteBlobs keeps a row per stored file of the account.
func (s *Store) noteBlobs(tx *dbx.Tx, m *desk.Media) error {
	for i, sha := range []string{m.SHA256, m.ThumbSHA} {
		if sha == "" {
			continue
		}
		size := m.Size
		if i == 1 {
			size = 0 // the thumbnail's own size is nobody's concern
		}
		if _, err := tx.Exec(`INSERT INTO blob (account_id, sha256, size, created_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account_id, sha256) DO NOTHING`, m.AccountID, sha, size, s.now()); err != nil {
			return err
		}
	}
	return nil
}

// bindMedia gives a file to its message: an upload that waited for it, or a
// new row. An upload that is another's, or already used, is a 422.
func (s *Store) bindMedia(tx *dbx.Tx, m *desk.Media) error {
	if m.ID == 0 {
		return s.InsertMedia(tx, m)
	}
	n, err := tx.Exec(`UPDATE media SET message_id = $3 WHERE account_id = $1 AND id = $2 AND message_id = 0`,
		m.AccountID, m.ID, m.MessageID)
	if err == nil && n == 0 {
		return desk.RefuseField("media", desk.CodeUnknownReference)
	}
	return err
}

// SettleMedia writes what became of a file that was to be fetched: ready with
// its facts, or failed with a stable code in Error. The message gets a new
// version and is announced.
func (s *Store) SettleMedia(tx *dbx.Tx, m desk.Media) error {
	n, err := tx.Exec(`UPDATE media SET state = $3, kind = $4, mime = $5, name = $6, sha256 = $7, size = $8, width = $9,
		height = $10, duration_ms = $11, thumb_sha256 = $12, error = $13 WHERE account_id = $1 AND id = $2`,
		m.AccountID, m.ID, m.State, m.Kind, m.MIME, plainText(m.Name), m.SHA256, m.Size, m.Width, m.Height, m.DurationMS,
		m.ThumbSHA, m.Error)
	if err != nil {
		return err
	}
	if n == 0 {
		return desk.Missing()
	}
	if err := s.noteBlobs(tx, &m); err != nil || m.MessageID == 0 {
		return err
	}
	return s.touchMessage(tx, m.AccountID, m.MessageID)
}

// touchMessage counts a message's version up and announces it.
func (s *Store) touchMessage(tx *dbx.Tx, account, id desk.ID) error {
	if _, err := tx.Exec(`UPDATE message SET rev = rev + 1 WHERE account_id = $1 AND id = $2`, account, id); err != nil {
		return err
	}
	m, sight, err := s.messageAndSight(tx, account, MessageRef{ID: id})
	if err != nil {
		return err
	}
	s.AnnounceMessage(tx, &m, sight)
	return nil
}

// VisibleMedia reads a file's facts if the viewer may have it: her own upload,
// a file of a message of a ticket she sees, or somebody's photo. What a contact
// deleted is for administrators alone (decisions.md 23).
func (s *Store) VisibleMedia(q dbx.Querier, v *desk.Viewer, id desk.ID) (desk.Media, error) {
	f, err := s.Media(q, v.AccountID, id)
	if err != nil {
		return f, err
	}
	if f.MessageID != 0 {
		m, _, err := s.VisibleMessage(q, v, f.MessageID)
		if err == nil && m.DeletedAt != 0 && v.Role != desk.RoleAdmin {
			err = desk.Missing()
		}
		if err != nil {
			return desk.Media{}, err
		}
		return f, nil
	}
	if v.UserID != 0 && f.UploadedBy == v.UserID {
		return f, nil
	}
	photo, err := exists(q, `SELECT 1 FROM account_user WHERE account_id = $1 AND photo_id = $2
		UNION ALL SELECT 1 FROM contact WHERE account_id = $1 AND photo_id = $2 AND photo_id <> 0`, v.AccountID, id)
	if err == nil && !photo {
		err = desk.Missing()
	}
	if err != nil {
		return desk.Media{}, err
	}
	return f, nil
}

// LooseMedia returns up to n uploads older than before that no message took.
func (s *Store) LooseMedia(q dbx.Querier, before desk.Time, n int) ([]desk.Media, error) {
	return dbx.All(q, scanMedia, `SELECT `+mediaFields+` FROM media WHERE message_id <= 0 AND created_at < $1
		AND NOT EXISTS (SELECT 1 FROM account_user u WHERE u.account_id = media.account_id AND u.photo_id = media.id)
		AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.account_id = media.account_id AND c.photo_id = media.id AND c.photo_id <> 0)
		ORDER BY created_at`+limit(n), before)
}

// DeleteMedia removes a file's facts; its bytes go with the next sweep.
func (s *Store) DeleteMedia(tx *dbx.Tx, account, id desk.ID) error {
	_, err := tx.Exec(`DELETE FROM media WHERE account_id = $1 AND id = $2`, account, id)
	return err
}

// Blob is one stored file of an account.
type Blob struct {
	AccountID desk.ID
	SHA256    string
}

// UnreferencedBlobs returns up to n files noted before a time that no media
// row refers to, after the given one in order of account and hash.
func (s *Store) UnreferencedBlobs(q dbx.Querier, before desk.Time, after Blob, n int) ([]Blob, error) {
	return dbx.All(q, func(r dbx.Scanner) (Blob, error) {
		var b Blob
		err := r.Scan(&b.AccountID, &b.SHA256)
		return b, err
	}, `SELECT account_id, sha256 FROM blob b WHERE (account_id, sha256) > ($1, $2) AND created_at < $3
		AND NOT EXISTS (SELECT 1 FROM media m WHERE m.account_id = b.account_id AND m.sha256 = b.sha256)
		AND NOT EXISTS (SELECT 1 FROM media m WHERE m.account_id = b.account_id AND m.thumb_sha256 = b.sha256 AND m.thumb_sha256 <> '')
		ORDER BY account_id, sha256`+limit(n), after.AccountID, after.SHA256, before)
}

// ForgetBlob removes a file's row if it is still unreferenced, and reports
// whether it did: only then may the bytes go.
func (s *Store) ForgetBlob(tx *dbx.Tx, b Blob) (bool, error) {
	n, err := tx.Exec(`DELETE FROM blob WHERE account_id = $1 AND sha256 = $2
		AND NOT EXISTS (SELECT 1 FROM media m WHERE m.account_id = $1 AND m.sha256 = $2)
		AND NOT EXISTS (SELECT 1 FROM media m WHERE m.account_id = $1 AND m.thumb_sha256 = $2 AND m.thumb_sha256 <> '')`,
		b.AccountID, b.SHA256)
	return n == 1, err
}
