package sandbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

const (
	// shards is how many webhooks of one number are under way at once. Those
	// of one chat stay in one shard, in order.
	shards = 8
	// retryMost is the longest pause between two attempts.
	retryMost = 5 * time.Minute
	// retryFor is how long Meta tries (Meta: webhooks).
	retryFor = 7 * 24 * time.Hour
	// busyBatch is how many changes share a webhook when many are owed.
	busyBatch = 20
)

// outcome is what became of a round's webhooks.
type outcome struct {
	mu   sync.Mutex
	done []dueHook
	late []dueHook
}

func (o *outcome) record(hooks []dueHook, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if ok {
		o.done = append(o.done, hooks...)
	} else {
		o.late = append(o.late, hooks...)
	}
}

// post delivers due webhooks and settles them: what was answered with 200 is
// gone, the rest is due again later.
func (s *Sandbox) post(ctx context.Context, n *Number, due []dueHook) error {
	lanes := map[int64][]dueHook{}
	for _, h := range due {
		lane := int64(h.chatID) % shards
		lanes[lane] = append(lanes[lane], h)
	}
	var out outcome
	var wg sync.WaitGroup
	for lane := range int64(shards) {
		if hooks := lanes[lane]; len(hooks) > 0 {
			batches := s.batch(n, hooks)
			wg.Go(func() { s.postLane(ctx, n, batches, &out) })
		}
	}
	wg.Wait()
	return s.settle(context.WithoutCancel(ctx), n, &out)
}

// batch cuts a lane into webhooks: mostly of one change, sometimes of a few,
// larger ones when many are owed.
func (s *Sandbox) batch(n *Number, hooks []dueHook) [][]dueHook {
	var batches [][]dueHook
	for len(hooks) > 0 {
		size := 1
		switch {
		case n.Limits.Batch > 0:
			size = n.Limits.Batch
		case len(hooks) > busyBatch:
			size = busyBatch
		case len(hooks) > 1 && s.dice.chance(n.PhoneNumberID, 0.25):
			size = 2 + int(s.dice.below(n.PhoneNumberID, 3))
		}
		size = min(size, len(hooks))
		batches, hooks = append(batches, hooks[:size]), hooks[size:]
	}
	return batches
}

func (s *Sandbox) postLane(ctx context.Context, n *Number, batches [][]dueHook, out *outcome) {
	for _, b := range batches {
		body := s.body(n, b)
		ok := s.deliverBody(ctx, n, body)
		if ok {
			if _, twice, err := s.strike(ctx, n, FaultDuplicate, ""); err == nil && twice {
				s.deliverBody(ctx, n, body)
			}
		}
		out.record(b, ok)
	}
}

// body builds one webhook and escapes it as Meta does.
func (s *Sandbox) body(n *Number, hooks []dueHook) []byte {
	changes := make([]json.RawMessage, len(hooks))
	for i, h := range hooks {
		changes[i] = json.RawMessage(h.change)
	}
	return escape([]byte(asJSON(map[string]any{"object": "whatsapp_business_account", "entry": []any{
		map[string]any{"id": n.WABAID, "time": int64(s.stamp()) / 1000, "changes": changes}}})))
}

// deliverBody posts one signed body; true means 200.
func (s *Sandbox) deliverBody(ctx context.Context, n *Number, body []byte) bool {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.CallbackURL, bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "facebookexternalua")
	req.Header.Set("X-Hub-Signature-256", Sign(n.AppSecret, body))
	res, err := s.http.Do(req)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// Sign is the value of X-Hub-Signature-256 for a body (Meta: webhooks,
// validating payloads).
func Sign(appSecret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	_, _ = mac.Write(body) // never fails
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// escape writes JSON the way Meta does, in ASCII only: \uXXXX in lower case,
// and slashes behind a backslash. Only strings can hold either.
func escape(body []byte) []byte {
	out := make([]byte, 0, len(body)+len(body)/8)
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		switch {
		case r == '/':
			out = append(out, '\\', '/')
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		body = body[size:]
	}
	return out
}

// settle records a round in one transaction.
func (s *Sandbox) settle(ctx context.Context, n *Number, out *outcome) error {
	now := s.stamp()
	gone := make([]desk.ID, 0, len(out.done))
	for _, h := range out.done {
		gone = append(gone, h.id)
	}
	again := map[int][]desk.ID{}
	for _, h := range out.late {
		if now > h.created.Add(retryFor) {
			gone = append(gone, h.id)
			continue
		}
		again[h.attempts] = append(again[h.attempts], h.id)
	}
	return s.db.Do(ctx, func(tx *dbx.Tx) error {
		if len(gone) > 0 {
			var a dbx.Args
			if _, err := tx.Exec(`DELETE FROM sandbox_webhook WHERE account_id=`+a.Add(n.AccountID)+` AND id IN (`+dbx.List(&a, padded(gone))+`)`, a.Values()...); err != nil {
				return err
			}
		}
		for attempts, ids := range again {
			var a dbx.Args
			query := `UPDATE sandbox_webhook SET attempts=attempts+1, next_at=` + a.Add(now.Add(retryAfter(attempts))) +
				` WHERE account_id=` + a.Add(n.AccountID) + ` AND id IN (` + dbx.List(&a, padded(ids)) + `)`
			if _, err := tx.Exec(query, a.Values()...); err != nil {
				return err
			}
		}
		return nil
	})
}

// padded repeats the last id up to a power of two, so that the database sees
// few different statements.
func padded(ids []desk.ID) []desk.ID {
	for size := len(ids); size&(size-1) != 0; size++ {
		ids = append(ids, ids[len(ids)-1])
	}
	return ids
}

// retryAfter is the pause after a number of failed attempts before this one:
// 1 s, 2 s, 4 s …
func retryAfter(attempts int) time.Duration {
	if attempts > 16 {
		return retryMost
	}
	return min(time.Second<<attempts, retryMost)
}
