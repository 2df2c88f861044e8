package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// RawState is how far a stored element of a provider is.
type RawState string

// States of raw events.
const (
	RawDone        RawState = "done"
	RawPending     RawState = "pending"     // a job is to interpret it
	RawUnprocessed RawState = "unprocessed" // could not be interpreted; Reason says why
	RawDiscarded   RawState = "discarded"   // an administrator gave it up
	RawQuarantined RawState = "quarantined" // from a blocked contact; kept for 7 days (amendment 8)
)

// RawEvent is one element that a provider sent, as it came.
type RawEvent struct {
	ID           desk.ID
	AccountID    desk.ID
	ConnectionID desk.ID
	Key          string // deduplication within the connection
	State        RawState
	Reason       string // stable code
	ExternalID   string
	GroupID      string
	Body         string
	Attempts     int
	ReceivedAt   desk.Time
	ProcessedAt  desk.Time
}

const rawFields = `id, account_id, connection_id, fold, state, reason, external_id, group_id, body, attempts, received_at, processed_at`

func scanRaw(r dbx.Scanner) (RawEvent, error) {
	var e RawEvent
	err := r.Scan(&e.ID, &e.AccountID, &e.ConnectionID, &e.Key, &e.State, &e.Reason, &e.ExternalID, &e.GroupID, &e.Body,
		&e.Attempts, &e.ReceivedAt, &e.ProcessedAt)
	return e, missing(err)
}

// InsertRaw stores an element before it is interpreted. It reports false, and
// stores nothing, when the connection has one with the same key. It fills in
// ID and ReceivedAt; a done element's ProcessedAt too.
func (s *Store) InsertRaw(tx *dbx.Tx, e *RawEvent) (bool, error) {
	e.ID, e.ReceivedAt = s.IDs.Next(), s.now()
	if e.State == RawDone {
		e.ProcessedAt = e.ReceivedAt
	}
	n, err := tx.Exec(`INSERT INTO raw_event (`+rawFields+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (account_id, connection_id, fold) DO NOTHING`,
		e.ID, e.AccountID, e.ConnectionID, plainText(e.Key), e.State, e.Reason, plainText(e.ExternalID), plainText(e.GroupID),
		plainText(e.Body), e.Attempts, e.ReceivedAt, e.ProcessedAt)
	return n == 1, err
}

// RawByKey reads an element by its key, locking it, for a redelivery.
func (s *Store) RawByKey(tx *dbx.Tx, account, connection desk.ID, key string) (RawEvent, error) {
	return scanRaw(tx.QueryRow(`SELECT `+rawFields+` FROM raw_event WHERE account_id = $1 AND connection_id = $2 AND fold = $3`+
		dbx.ForUpdate(tx), account, connection, plainText(key)))
}

// Raw reads one element.
func (s *Store) Raw(q dbx.Querier, account, id desk.ID) (RawEvent, error) {
	return scanRaw(q.QueryRow(`SELECT `+rawFields+` FROM raw_event WHERE account_id = $1 AND id = $2`, account, id))
}

// LockRaw is Raw within a transaction that will settle the element.
func (s *Store) LockRaw(tx *dbx.Tx, account, id desk.ID) (RawEvent, error) {
	return scanRaw(tx.QueryRow(`SELECT `+rawFields+` FROM raw_event WHERE account_id = $1 AND id = $2`+dbx.ForUpdate(tx), account, id))
}

// SettleRaw writes what became of an element.
func (s *Store) SettleRaw(tx *dbx.Tx, account, id desk.ID, state RawState, reason string) error {
	n, err := tx.Exec(`UPDATE raw_event SET state = $3, reason = $4, attempts = attempts + 1, processed_at = $5
		WHERE account_id = $1 AND id = $2`, account, id, state, plainText(reason), s.now())
	if err == nil && n == 0 {
		return desk.Missing()
	}
	return err
}

// RawEvents lists the elements of an account in one state other than done,
// newest first.
func (s *Store) RawEvents(q dbx.Querier, account desk.ID, state RawState, l List) (Page[RawEvent], error) {
	before, err := idCursor(l.Cursor)
	if err != nil {
		return Page[RawEvent]{}, err
	}
	if state == RawDone {
		return Page[RawEvent]{}, desk.RefuseField("state", desk.CodeInvalid)
	}
	items, err := dbx.All(q, scanRaw, `SELECT `+rawFields+` FROM raw_event
		WHERE account_id = $1 AND state = $2 AND state <> 'done' AND id < $3 ORDER BY id DESC`+limit(pageSize(l.Limit)+1),
		account, state, before)
	return pageOf(l, items, func(e RawEvent) any { return idKey{e.ID} }), err
}

// ForgetRawBodies empties the bodies of up to n interpreted elements received
// before a time, of all accounts (decisions.md 20), and returns how many.
func (s *Store) ForgetRawBodies(tx *dbx.Tx, before desk.Time, n int) (int64, error) {
	return tx.Exec(`UPDATE raw_event SET body = '' WHERE id IN (SELECT id FROM raw_event
		WHERE received_at < $1 AND state IN ('done', 'discarded') AND body <> '' ORDER BY received_at`+limit(n)+`)`, before)
}

// PurgeRaw removes up to n interpreted elements received before a time. Ids
// tell the time well enough.
func (s *Store) PurgeRaw(tx *dbx.Tx, before desk.Time, n int) (int64, error) {
	return tx.Exec(`DELETE FROM raw_event WHERE id IN (SELECT id FROM raw_event
		WHERE id < $1 AND state IN ('done', 'discarded') ORDER BY id`+limit(n)+`)`, desk.FirstID(before))
}

// PurgeQuarantine removes up to n of an account's elements of blocked contacts
// received before a time (amendment 8).
func (s *Store) PurgeQuarantine(tx *dbx.Tx, account desk.ID, before desk.Time, n int) (int64, error) {
	return tx.Exec(`DELETE FROM raw_event WHERE id IN (SELECT id FROM raw_event
		WHERE account_id = $1 AND state = 'quarantined' AND state <> 'done' AND id < $2 ORDER BY id`+limit(n)+`)`,
		account, desk.FirstID(before))
}

// idKey is the place of a row in a list ordered by id.
type idKey struct {
	ID desk.ID `json:"i"`
}

// idCursor reads the place after which a list by descending id goes on; the
// largest id for the first page.
func idCursor(text string) (desk.ID, error) {
	if text == "" {
		return 1<<63 - 1, nil
	}
	var k idKey
	if err := decodeCursor(text, &k); err != nil {
		return 0, err
	}
	if k.ID <= 0 {
		return 0, badCursor()
	}
	return k.ID, nil
}
