package store

import (
	"fmt"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// JobState is how far a job is.
type JobState string

// Job states. A job waits as ready, also between attempts.
const (
	JobReady   JobState = "ready"
	JobRunning JobState = "running"
	JobDone    JobState = "done"
	JobDead    JobState = "dead"
)

// Job is one row of background work.
type Job struct {
	ID         desk.ID
	AccountID  desk.ID // none: the installation's own
	Kind       string
	Key        string // within account and kind only the oldest unfinished job of a key runs
	UniqueKey  string // within account and kind at most one such job is ready
	State      JobState
	RunAt      desk.Time
	LeaseUntil desk.Time
	Attempts   int
	Payload    string // JSON
	Error      string
	CreatedAt  desk.Time
	FinishedAt desk.Time
}

const jobColumns = `id, account_id, kind, key, unique_key, state, run_at, lease_until, attempts, payload, error, created_at, finished_at`

func scanJob(r dbx.Scanner) (Job, error) {
	var j Job
	err := r.Scan(&j.ID, &j.AccountID, &j.Kind, &j.Key, &j.UniqueKey, &j.State, &j.RunAt, &j.LeaseUntil,
		&j.Attempts, &j.Payload, &j.Error, &j.CreatedAt, &j.FinishedAt)
	return j, err
}

// AddJob stores a ready job. It reports false, and stores nothing, when one
// with the same unique key is ready already.
func (s *Store) AddJob(tx *dbx.Tx, j Job) (bool, error) {
	n, err := tx.Exec(`INSERT INTO job (id, account_id, kind, key, unique_key, state, run_at, payload, created_at)
		VALUES ($1, $2, $3, $4, $5, 'ready', $6, $7, $8)
		ON CONFLICT (account_id, kind, unique_key) WHERE unique_key <> '' AND state = 'ready' DO NOTHING`,
		s.IDs.Next(), j.AccountID, j.Kind, j.Key, j.UniqueKey, j.RunAt, j.Payload, desk.TimeOf(s.Now()))
	return n == 1, err
}

// heads is the condition that nothing older of the same key is unfinished. A
// dead job holds its key up only if the kind is strict.
func heads(strict bool) string {
	open := "o.state <> 'done'"
	if !strict {
		open += " AND o.state <> 'dead'"
	}
	return `(key = '' OR NOT EXISTS (SELECT 1 FROM job o WHERE o.account_id = job.account_id
		AND o.kind = job.kind AND o.key = job.key AND o.key <> '' AND ` + open + ` AND o.id < job.id))`
}

// DueJobs returns up to n jobs of the kind that could be claimed, oldest
// first. It usually reads n rows; only while the head of a long key waits for
// its next attempt does it pass over those behind it, which is why it is a
// read and no part of the claim.
func (s *Store) DueJobs(q dbx.Querier, kind string, strict bool, now desk.Time, n int) ([]desk.ID, error) {
	return dbx.All(q, scanID, `SELECT id FROM job WHERE kind = $1 AND state = 'ready' AND run_at <= $2 AND `+
		heads(strict)+` ORDER BY run_at, id`+limit(n), kind, now)
}

func scanID(r dbx.Scanner) (desk.ID, error) {
	var id desk.ID
	err := r.Scan(&id)
	return id, err
}

// ClaimJobs takes those of the jobs that are still free and still the head of
// their key, until the lease ends.
func (s *Store) ClaimJobs(tx *dbx.Tx, ids []desk.ID, strict bool, now, lease desk.Time) ([]Job, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var a dbx.Args
	until, at := a.Add(lease), a.Add(now)
	return dbx.All(tx, scanJob, `UPDATE job SET state = 'running', lease_until = `+until+`, attempts = attempts + 1
		WHERE id IN (SELECT id FROM job WHERE id IN (`+dbx.List(&a, ids)+`) AND state = 'ready' AND run_at <= `+at+
		` AND `+heads(strict)+dbx.SkipLocked(tx)+`) RETURNING `+jobColumns, a.Values()...)
}

// FinishJob marks an attempt as successful. It does nothing, and reports
// false, when the attempt has lost its lease meanwhile.
func (s *Store) FinishJob(tx *dbx.Tx, id desk.ID, attempt int, now desk.Time) (bool, error) {
	n, err := tx.Exec(`UPDATE job SET state = 'done', lease_until = 0, error = '', finished_at = $3
		WHERE id = $1 AND state = 'running' AND attempts = $2`, id, attempt, now)
	return n == 1, err
}

// RetryJob gives an attempt back, to be made again at runAt. attempts is what
// the next attempt counts from. A job whose unique key has a newer ready job is
// finished instead: that one does the same work.
func (s *Store) RetryJob(tx *dbx.Tx, id desk.ID, attempt, attempts int, runAt desk.Time, reason string) error {
	n, err := tx.Exec(`UPDATE job SET state = 'ready', lease_until = 0, attempts = $3, run_at = $4, error = $5
		WHERE id = $1 AND state = 'running' AND attempts = $2 AND (unique_key = '' OR NOT EXISTS
		(SELECT 1 FROM job o WHERE o.account_id = job.account_id AND o.kind = job.kind AND o.unique_key = job.unique_key
		AND o.unique_key <> '' AND o.state = 'ready'))`, id, attempt, attempts, runAt, reason)
	if err != nil || n == 1 {
		return err
	}
	_, err = s.FinishJob(tx, id, attempt, desk.TimeOf(s.Now()))
	return err
}

// BuryJob ends an attempt for good; administrators may revive the job.
func (s *Store) BuryJob(tx *dbx.Tx, id desk.ID, attempt int, now desk.Time, reason string) error {
	_, err := tx.Exec(`UPDATE job SET state = 'dead', lease_until = 0, error = $3, finished_at = $4
		WHERE id = $1 AND state = 'running' AND attempts = $2`, id, attempt, reason, now)
	return err
}

// ExpiredJobs returns up to n running jobs of the kind whose lease ended before now.
func (s *Store) ExpiredJobs(q dbx.Querier, kind string, now desk.Time, n int) ([]Job, error) {
	return dbx.All(q, scanJob, `SELECT `+jobColumns+` FROM job WHERE state = 'running' AND lease_until < $1
		AND kind = $2 ORDER BY lease_until`+limit(n), now, kind)
}

// SetRetriesBack has a kind's jobs that wait for a time wait less after the
// clock was set back.
func (s *Store) SetRetriesBack(tx *dbx.Tx, kind string, back time.Duration) error {
	_, err := tx.Exec(`UPDATE job SET run_at = run_at - $3 WHERE state = 'ready' AND kind = $1 AND run_at > $2`,
		kind, desk.TimeOf(s.Now()), back.Milliseconds())
	return err
}

// SetLeasesBack does the same for the leases of a kind: those that end later
// than any can that was given by this clock.
func (s *Store) SetLeasesBack(tx *dbx.Tx, kind string, back, lease time.Duration) error {
	_, err := tx.Exec(`UPDATE job SET lease_until = lease_until - $3 WHERE state = 'running' AND kind = $1 AND lease_until > $2`,
		kind, desk.TimeOf(s.Now()).Add(lease), back.Milliseconds())
	return err
}

// JobTimes says when the work of a kind is next due.
type JobTimes struct {
	Kind  string
	Due   desk.Time // earliest ready job; 0 = none
	Next  desk.Time // earliest ready job after now; 0 = none
	Lease desk.Time // earliest end of a lease; 0 = none
}

// NextJobs reads the times of every kind in one statement of a few index
// probes each.
func (s *Store) NextJobs(q dbx.Querier, kinds []string, now desk.Time) ([]JobTimes, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	var a dbx.Args
	at, text := a.Add(now), ""
	for i, k := range kinds {
		if i > 0 {
			text += " UNION ALL "
		}
		kind := a.Add(k)
		text += fmt.Sprintf(`SELECT %d,
			COALESCE((SELECT MIN(run_at) FROM job WHERE state = 'ready' AND kind = %s), 0),
			COALESCE((SELECT MIN(run_at) FROM job WHERE state = 'ready' AND kind = %[2]s AND run_at > %s), 0),
			COALESCE((SELECT MIN(lease_until) FROM job WHERE state = 'running' AND kind = %[2]s), 0)`, i, kind, at)
	}
	return dbx.All(q, func(r dbx.Scanner) (JobTimes, error) {
		var t JobTimes
		var i int
		err := r.Scan(&i, &t.Due, &t.Next, &t.Lease)
		if err == nil {
			t.Kind = kinds[i]
		}
		return t, err
	}, text, a.Values()...)
}

// DeadJobs lists an account's dead letters, newest first, before a job id (0 =
// from the newest).
func (s *Store) DeadJobs(q dbx.Querier, account, before desk.ID, n int) ([]Job, error) {
	return dbx.All(q, scanJob, `SELECT `+jobColumns+` FROM job WHERE account_id = $1 AND state = 'dead'
		AND (id < $2 OR $2 = 0) ORDER BY id DESC`+limit(n), account, before)
}

// ReviveJob makes a dead job ready again, with all its attempts. It returns
// desk.Missing when there is no such dead letter.
func (s *Store) ReviveJob(tx *dbx.Tx, account, id desk.ID, now desk.Time) (Job, error) {
	j, err := scanJob(tx.QueryRow(`UPDATE job SET state = 'ready', attempts = 0, run_at = $3, finished_at = 0
		WHERE account_id = $1 AND id = $2 AND state = 'dead' AND (unique_key = '' OR NOT EXISTS
		(SELECT 1 FROM job o WHERE o.account_id = job.account_id AND o.kind = job.kind AND o.unique_key = job.unique_key
		AND o.unique_key <> '' AND o.state = 'ready')) RETURNING `+jobColumns, account, id, now))
	if dbx.IsNotFound(err) {
		return Job{}, desk.Missing()
	}
	return j, err
}

// PurgeJobs removes up to n finished jobs older than before.
func (s *Store) PurgeJobs(tx *dbx.Tx, before desk.Time, n int) (int64, error) {
	return tx.Exec(`DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND finished_at < $1`+limit(n)+`)`, before)
}

// AddPeriodicJob stores the one job of a periodic kind unless it is there,
// ready or running. A job that is to run later than the given time, because
// the kind's rhythm changed, is moved forward.
func (s *Store) AddPeriodicJob(tx *dbx.Tx, j Job) error {
	n, err := tx.Exec(`UPDATE job SET run_at = CASE WHEN state = 'ready' AND run_at > $4 THEN $4 ELSE run_at END
		WHERE account_id = $1 AND kind = $2 AND unique_key = $3 AND state IN ('ready', 'running')`,
		j.AccountID, j.Kind, j.UniqueKey, j.RunAt)
	if err != nil || n > 0 {
		return err
	}
	_, err = s.AddJob(tx, j)
	return err
}
