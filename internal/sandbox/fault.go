package sandbox

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// FaultKind names something that can go wrong on Meta's side.
type FaultKind string

// The faults. Those of requests act on sends unless On says otherwise.
const (
	FaultRefuse       FaultKind = "refuse"        // answer with the error Code, accept nothing
	FaultFail         FaultKind = "fail"          // accept, then report status failed with Code
	FaultDelay        FaultKind = "delay"         // answer after DelayMS
	FaultDrop         FaultKind = "drop"          // accept, then cut the connection without an answer
	FaultDropBefore   FaultKind = "drop_before"   // cut the connection, accept nothing
	FaultRateLimit    FaultKind = "rate_limit"    // 429 with error Code (130429)
	FaultServer       FaultKind = "server_error"  // 500 with Meta's body and error Code (131000)
	FaultServerBare   FaultKind = "server_bare"   // 502 without a body of Meta's
	FaultExpiredToken FaultKind = "expired_token" // 190 on every request
	FaultWindowClosed FaultKind = "window_closed" // the service window counts as closed, at Meta only
	FaultWindowSync   FaultKind = "window_sync"   // a closed window is refused at once instead of by status
	FaultDuplicate    FaultKind = "duplicate"     // webhooks come twice
	FaultReorder      FaultKind = "reorder"       // webhooks come up to DelayMS (1000) late, each on its own
	FaultSlowWebhooks FaultKind = "slow_webhooks" // webhooks come DelayMS (5000) late
	FaultStopWebhooks FaultKind = "stop_webhooks" // webhooks are held back until the fault is lifted
)

// Where a fault of requests acts.
const (
	OnMessages  = "messages" // sends and read receipts
	OnMedia     = "media"
	OnTemplates = "templates"
	OnAll       = "all"
)

// Fault is one switchable fault of a number.
type Fault struct {
	Kind        FaultKind `json:"kind"`
	Probability float64   `json:"probability,omitempty"` // 0 means 1: always
	Count       int       `json:"count,omitempty"`       // how often it still strikes; 0: until switched off
	Code        int       `json:"code,omitempty"`
	DelayMS     int64     `json:"delay_ms,omitempty"`
	On          string    `json:"on,omitempty"` // "" means messages, or everything for expired_token
}

const (
	maxFaults = 20
	maxDelay  = 10 * time.Minute
)

// standard values of faults; what has neither code nor delay is listed too, so
// that the map says which kinds exist.
var faultKinds = map[FaultKind]struct {
	code    int
	delayMS int64
}{
	FaultRefuse: {131000, 0}, FaultFail: {131026, 0}, FaultDelay: {0, 2000}, FaultDrop: {}, FaultDropBefore: {},
	FaultRateLimit: {130429, 0}, FaultServer: {131000, 0}, FaultServerBare: {}, FaultExpiredToken: {190, 0},
	FaultWindowClosed: {}, FaultWindowSync: {}, FaultDuplicate: {}, FaultReorder: {0, 1000},
	FaultSlowWebhooks: {0, 5000}, FaultStopWebhooks: {},
}

func (f *Fault) check() error {
	standard, known := faultKinds[f.Kind]
	if f.Code == 0 {
		f.Code = standard.code
	}
	if f.DelayMS == 0 {
		f.DelayMS = standard.delayMS
	}
	switch {
	case !known:
		return desk.RefuseField("faults.kind", desk.CodeInvalid)
	case f.Probability < 0 || f.Probability > 1:
		return desk.RefuseField("faults.probability", desk.CodeOutOfRange)
	case f.Count < 0:
		return desk.RefuseField("faults.count", desk.CodeOutOfRange)
	case f.DelayMS < 0 || f.DelayMS > maxDelay.Milliseconds():
		return desk.RefuseField("faults.delay_ms", desk.CodeOutOfRange)
	case f.Code != 0 && !rules.Known(f.Code):
		return desk.RefuseField("faults.code", desk.CodeInvalid)
	case !slices.Contains([]string{"", OnMessages, OnMedia, OnTemplates, OnAll}, f.On):
		return desk.RefuseField("faults.on", desk.CodeInvalid)
	}
	return nil
}

func (f *Fault) delay() time.Duration { return time.Duration(f.DelayMS) * time.Millisecond }

// actsOn tells whether a fault of requests strikes this endpoint.
func (f *Fault) actsOn(endpoint string) bool {
	switch f.On {
	case OnAll:
		return true
	case "":
		return endpoint == OnMessages || f.Kind == FaultExpiredToken
	}
	return f.On == endpoint
}

// SetFaults replaces the faults of a number; none switches all off.
func (s *Sandbox) SetFaults(ctx context.Context, accountID desk.ID, phoneNumberID string, faults []Fault) error {
	if len(faults) > maxFaults {
		return desk.RefuseField("faults", desk.CodeTooLong).With("max", maxFaults)
	}
	faults = slices.Clone(faults)
	for i := range faults {
		if err := faults[i].check(); err != nil {
			return err
		}
	}
	if !isNumeric(phoneNumberID) {
		return desk.Missing()
	}
	err := s.touchOne(ctx, `UPDATE sandbox_number SET faults=$3 WHERE account_id=$1 AND phone_number_id=$2`,
		accountID, phoneNumberID, asJSON(nonNil(faults)))
	if err == nil {
		s.wakeNumber(ctx, accountID, phoneNumberID)
	}
	return err
}

// Faults returns the faults of a number with the counts that are left.
func (s *Sandbox) Faults(ctx context.Context, accountID desk.ID, phoneNumberID string) ([]Fault, error) {
	n, err := s.Number(ctx, accountID, phoneNumberID)
	return n.Faults, err
}

// strike tells whether a fault of a kind strikes now, drawing its chance and
// using up one of its count. endpoint is "" for faults that aren't of
// requests.
func (s *Sandbox) strike(ctx context.Context, n *Number, kind FaultKind, endpoint string) (Fault, bool, error) {
	for _, f := range n.Faults {
		if f.Kind != kind || endpoint != "" && !f.actsOn(endpoint) {
			continue
		}
		if f.Probability > 0 && !s.dice.chance(n.PhoneNumberID, f.Probability) {
			continue
		}
		if f.Count == 0 {
			return f, true, nil
		}
		if ok, err := s.useUp(ctx, n, f); err != nil || ok {
			return f, ok, err
		}
	}
	return Fault{}, false, nil
}

// useUp takes one from a fault's count; false when others were faster.
func (s *Sandbox) useUp(ctx context.Context, n *Number, used Fault) (ok bool, err error) {
	err = s.db.Do(ctx, func(tx *dbx.Tx) error {
		ok = false
		var text string
		err := tx.QueryRow(`SELECT faults FROM sandbox_number WHERE id=$1 AND account_id=$2`+dbx.ForUpdate(tx), n.id, n.AccountID).Scan(&text)
		if err != nil {
			return err
		}
		var faults []Fault
		if err := json.Unmarshal([]byte(text), &faults); err != nil {
			return err
		}
		i := slices.IndexFunc(faults, func(f Fault) bool {
			return f.Kind == used.Kind && f.On == used.On && f.Code == used.Code && f.Count > 0
		})
		if i < 0 {
			return nil
		}
		ok = true
		if faults[i].Count--; faults[i].Count == 0 {
			faults = slices.Delete(faults, i, i+1)
		}
		_, err = tx.Exec(`UPDATE sandbox_number SET faults=$3 WHERE id=$1 AND account_id=$2`, n.id, n.AccountID, asJSON(faults))
		return err
	})
	return ok, err
}

// has tells whether a fault of a kind is switched on, without a draw.
func (n *Number) has(kind FaultKind) bool {
	return slices.ContainsFunc(n.Faults, func(f Fault) bool { return f.Kind == kind })
}
