package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Number is one simulated business phone number, with the credentials that
// Meta's app dashboard would show.
type Number struct {
	AccountID     desk.ID `json:"-"`
	PhoneNumberID string  `json:"phone_number_id"`
	WABAID        string  `json:"waba_id"`
	Display       string  `json:"display"` // digits with country code
	VerifiedName  string  `json:"verified_name"`
	AccessToken   string  `json:"-"`
	AppSecret     string  `json:"-"`
	VerifyToken   string  `json:"-"`
	CallbackURL   string  `json:"callback_url"`
	Health        Health  `json:"health"`
	Limits        Limits  `json:"limits"`
	Faults        []Fault `json:"faults"`
	Subscribed    bool    `json:"subscribed"` // read only: the app receives webhooks

	id           desk.ID
	serviceMonth int64
	serviceCount int64
}

// Health is what the Graph API tells about a number. Empty fields read as
// those of a healthy new number.
type Health struct {
	Status     string `json:"status,omitempty"`     // CONNECTED, FLAGGED, RESTRICTED …
	Quality    string `json:"quality,omitempty"`    // GREEN, YELLOW, RED
	Throughput string `json:"throughput,omitempty"` // STANDARD, HIGH
	Tier       string `json:"tier,omitempty"`       // TIER_250 …
	NameStatus string `json:"name_status,omitempty"`
	CanSend    string `json:"can_send,omitempty"` // AVAILABLE, LIMITED, BLOCKED
	ErrorCode  int    `json:"error_code,omitempty"`
	Reason     string `json:"reason,omitempty"` // why it can't send
}

// Limits are the pace of Meta and of the phones. Zero means Meta's own value,
// a negative one none.
type Limits struct {
	PerSecond   int   `json:"per_second,omitempty"`    // throughput, 80
	PairBurst   int   `json:"pair_burst,omitempty"`    // messages to one user at once, 45; negative: no pair limit
	PairEveryMS int64 `json:"pair_every_ms,omitempty"` // one more every, 6000
	FreeService int   `json:"free_service,omitempty"`  // service messages a month without charge, 1000
	SentMS      int64 `json:"sent_ms,omitempty"`       // from acceptance to status sent, 50
	DeliveredMS int64 `json:"delivered_ms,omitempty"`  // to delivered, 150
	ReadMS      int64 `json:"read_ms,omitempty"`       // to read when the chat is open, 400
	ReviewMS    int64 `json:"review_ms,omitempty"`     // of a template, 3000
	Batch       int   `json:"batch,omitempty"`         // most changes in one webhook; 0: sometimes a few, more under load; 1: never
}

func or(value, standard int64) int64 {
	if value < 0 {
		return 0
	}
	return cmp.Or(value, standard)
}

func millis(value, standard int64) time.Duration {
	return time.Duration(or(value, standard)) * time.Millisecond
}

const numberColumns = `id, account_id, phone_number_id, waba_id, display, verified_name, access_token, app_secret,
	verify_token, callback_url, subscribed, health, limits, faults, service_month, service_count`

func scanNumber(r dbx.Scanner) (Number, error) {
	var n Number
	var health, limits, faults string
	err := r.Scan(&n.id, &n.AccountID, &n.PhoneNumberID, &n.WABAID, &n.Display, &n.VerifiedName, &n.AccessToken, &n.AppSecret,
		&n.VerifyToken, &n.CallbackURL, &n.Subscribed, &health, &limits, &faults, &n.serviceMonth, &n.serviceCount)
	if err != nil {
		return n, err
	}
	return n, errors.Join(json.Unmarshal([]byte(health), &n.Health), json.Unmarshal([]byte(limits), &n.Limits),
		json.Unmarshal([]byte(faults), &n.Faults))
}

// AddNumber registers a number; its app is subscribed to webhooks. A number
// that the account already has is 409 number_in_use.
func (s *Sandbox) AddNumber(ctx context.Context, n Number) error {
	if err := n.check(); err != nil {
		return err
	}
	id, at := s.ids(), s.stamp()
	health, limits, faults := asJSON(n.Health), asJSON(n.Limits), asJSON(nonNil(n.Faults))
	err := s.db.Do(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO sandbox_number (id, account_id, phone_number_id, waba_id, display, verified_name,
			access_token, app_secret, verify_token, callback_url, health, limits, faults, created_at)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`, id, n.AccountID, n.PhoneNumberID, n.WABAID, n.Display,
			n.VerifiedName, n.AccessToken, n.AppSecret, n.VerifyToken, n.CallbackURL, health, limits, faults, at)
		return err
	})
	if dbx.IsUnique(err) {
		return desk.Clash(desk.CodeNumberInUse)
	}
	return err
}

// UpdateNumber changes everything about a number but its ids and faults.
func (s *Sandbox) UpdateNumber(ctx context.Context, n Number) error {
	if err := n.check(); err != nil {
		return err
	}
	health, limits := asJSON(n.Health), asJSON(n.Limits)
	return s.touchOne(ctx, `UPDATE sandbox_number SET display=$3, verified_name=$4, access_token=$5, app_secret=$6,
		verify_token=$7, callback_url=$8, health=$9, limits=$10 WHERE account_id=$1 AND phone_number_id=$2`,
		n.AccountID, n.PhoneNumberID, n.Display, n.VerifiedName, n.AccessToken, n.AppSecret, n.VerifyToken, n.CallbackURL, health, limits)
}

// touchOne runs an update that must hit a row, or it is 404.
func (s *Sandbox) touchOne(ctx context.Context, query string, args ...any) error {
	return s.db.Do(ctx, func(tx *dbx.Tx) error {
		changed, err := tx.Exec(query, args...)
		if err == nil && changed == 0 {
			err = desk.Missing()
		}
		return err
	})
}

func (n *Number) check() error {
	switch {
	case n.AccountID == 0:
		return desk.RefuseField("account_id", desk.CodeRequired)
	case !isNumeric(n.PhoneNumberID):
		return desk.RefuseField("phone_number_id", desk.CodeInvalid)
	case !isNumeric(n.WABAID):
		return desk.RefuseField("waba_id", desk.CodeInvalid)
	case !isPhone(n.Display):
		return desk.RefuseField("display", desk.CodeInvalidPhone)
	case n.AccessToken == "" || !isText(n.AccessToken, maxToken):
		return desk.RefuseField("access_token", desk.CodeInvalid)
	case n.AppSecret == "" || !isText(n.AppSecret, maxToken):
		return desk.RefuseField("app_secret", desk.CodeInvalid)
	case !isText(n.VerifyToken, maxToken):
		return desk.RefuseField("verify_token", desk.CodeInvalid)
	case !isText(n.VerifiedName, 200):
		return desk.RefuseField("verified_name", desk.CodeInvalid)
	}
	if u, err := url.Parse(n.CallbackURL); err != nil || u.Host == "" || !strings.HasPrefix(u.Scheme, "http") {
		return desk.RefuseField("callback_url", desk.CodeInvalid)
	}
	return nil
}

// Numbers lists the account's simulated numbers in the order they were made.
func (s *Sandbox) Numbers(ctx context.Context, accountID desk.ID) ([]Number, error) {
	return dbx.All(s.db.Read(ctx), scanNumber, `SELECT `+numberColumns+` FROM sandbox_number WHERE account_id=$1 ORDER BY id`, accountID)
}

// Number returns one of the account's numbers, or a 404.
func (s *Sandbox) Number(ctx context.Context, accountID desk.ID, phoneNumberID string) (Number, error) {
	if !isNumeric(phoneNumberID) {
		return Number{}, desk.Missing()
	}
	n, err := scanNumber(s.db.Read(ctx).QueryRow(`SELECT `+numberColumns+`
		FROM sandbox_number WHERE account_id=$1 AND phone_number_id=$2`, accountID, phoneNumberID))
	return n, found(err)
}

func (s *Sandbox) numberByID(ctx context.Context, accountID, id desk.ID) (Number, error) {
	n, err := scanNumber(s.db.Read(ctx).QueryRow(`SELECT `+numberColumns+`
		FROM sandbox_number WHERE id=$1 AND account_id=$2`, id, accountID))
	return n, found(err)
}

func (s *Sandbox) allNumbers(ctx context.Context) ([]Number, error) {
	return dbx.All(s.db.Read(ctx), scanNumber, `SELECT `+numberColumns+` FROM sandbox_number ORDER BY id`)
}

// numbersOf returns what an access token may act on.
func (s *Sandbox) numbersOf(ctx context.Context, token string) ([]Number, error) {
	return dbx.All(s.db.Read(ctx), scanNumber, `SELECT `+numberColumns+` FROM sandbox_number WHERE access_token=$1 ORDER BY id`, token)
}

// subscribe switches the webhooks of all numbers of a WABA that the token
// reaches.
func (s *Sandbox) subscribe(ctx context.Context, accountID desk.ID, waba string, on bool, callback string) error {
	return s.db.Do(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(`UPDATE sandbox_number SET subscribed=$3, callback_url=CASE WHEN $4='' THEN callback_url ELSE $4 END
			WHERE account_id=$1 AND waba_id=$2`, accountID, waba, on, callback)
		return err
	})
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only our own types of text, numbers and checked JSON come here
	}
	return string(b)
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
