package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Auth signs people in and knows them again.
type Auth struct {
	store     *store.Store
	passwords *Passwords
	subjects  []byte // key of the lock-out's subjects
	now       func() time.Time
	random    io.Reader
	log       *slog.Logger
}

// New returns an Auth. The vault's key hides whose sign-ins failed.
func New(s *store.Store, p *Passwords, v *Vault, random io.Reader, log *slog.Logger) (*Auth, error) {
	key, err := v.Derive("login subjects")
	return &Auth{store: s, passwords: p, subjects: key, now: s.Now, random: random, log: log}, err
}

// Credentials are what somebody signs in with.
type Credentials struct {
	Email     string
	Password  string
	AccountID desk.ID // none: the only account of the person
	Remember  bool
	UserAgent string
	Address   netip.Addr // of the client, as far as it is known
}

// Limits of failed sign-ins (B12, decisions.md 18): the strict one counts an
// address from one network, the slow one an address from everywhere, so that
// many networks can't take turns.
const (
	pairFailures  = 5
	pairWindow    = 15 * time.Minute
	emailFailures = 50
	emailWindow   = time.Hour
)

// SignIn checks credentials and starts a session. Refusals: 401
// invalid_credentials, the same for an unknown address, a wrong password and
// an inactive user; 429 locked_out with retry_after in seconds; 409
// account_required with the accounts when the person has several and named
// none (decisions.md 18).
func (a *Auth) SignIn(ctx context.Context, c Credentials) (Session, error) {
	email := strings.ToLower(strings.TrimSpace(c.Email))
	limits := a.limits(email, c.Address)
	if err := a.take(ctx, limits); err != nil {
		return Session{}, err
	}
	person, err := a.check(ctx, email, c.Password)
	if err != nil {
		return Session{}, err
	}
	member, err := a.account(ctx, person.ID, c.AccountID)
	if err != nil {
		if desk.CodeOf(err) == desk.CodeAccountRequired {
			return Session{}, a.forgive(ctx, limits, err)
		}
		return Session{}, err
	}
	return a.start(ctx, member, limits, c)
}

func (a *Auth) limits(email string, from netip.Addr) []store.LoginLimit {
	return []store.LoginLimit{
		{Subject: a.subject("pair", email, network(from)), Failures: pairFailures, Window: pairWindow.Milliseconds()},
		{Subject: a.subject("email", email), Failures: emailFailures, Window: emailWindow.Milliseconds()},
	}
}

// subject hides what is counted behind a keyed hash.
func (a *Auth) subject(parts ...string) string {
	h := hmac.New(sha256.New, a.subjects)
	_, _ = h.Write([]byte(strings.Join(parts, "\x00"))) // never fails
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// network is the part of an address that one attacker holds: /24, or /48 of
// IPv6.
func network(from netip.Addr) string {
	from = from.Unmap().WithZone("")
	bits := 48
	if from.Is4() {
		bits = 24
	}
	p, err := from.Prefix(bits)
	if err != nil || !from.IsValid() {
		return "unknown"
	}
	return p.String()
}

// take counts the attempt before the password is looked at.
func (a *Auth) take(ctx context.Context, limits []store.LoginLimit) error {
	var until desk.Time
	err := a.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		until = 0
		for _, l := range limits {
			blocked, err := a.store.TakeLogin(tx, l)
			if err != nil {
				return err
			}
			until = max(until, blocked)
		}
		return nil
	})
	if err != nil || until == 0 {
		return err
	}
	wait := until.Std().Sub(a.now())
	e := &desk.Error{Kind: desk.TooMany, Code: desk.CodeLockedOut}
	return e.With("retry_after", int64((wait+time.Second-1)/time.Second))
}

// forgive gives the attempt back after a right password and returns err.
func (a *Auth) forgive(ctx context.Context, limits []store.LoginLimit, err error) error {
	failed := a.store.DB.Do(ctx, func(tx *dbx.Tx) error { return a.store.ForgiveLogin(tx, subjectsOf(limits)...) })
	if failed != nil {
		return failed
	}
	return err
}

func subjectsOf(limits []store.LoginLimit) []string {
	list := make([]string, len(limits))
	for i, l := range limits {
		list[i] = l.Subject
	}
	return list
}

// check finds the person with the address and password. An unknown address
// costs as much as a known one.
func (a *Auth) check(ctx context.Context, email, password string) (desk.Person, error) {
	person, err := a.store.PersonByEmail(a.store.DB.Read(ctx), email)
	if err != nil && desk.CodeOf(err) != desk.CodeNotFound {
		return desk.Person{}, err
	}
	ok, stale, err := a.passwords.Check(ctx, person.PasswordHash, password)
	if err != nil {
		return desk.Person{}, err
	}
	if !ok {
		return desk.Person{}, refused()
	}
	if stale {
		return person, a.rehash(ctx, person, password)
	}
	return person, nil
}

func refused() error {
	return &desk.Error{Kind: desk.Unauthorized, Code: desk.CodeInvalidCredentials}
}

func (a *Auth) rehash(ctx context.Context, p desk.Person, password string) error {
	hash, err := a.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return a.store.DB.Do(ctx, func(tx *dbx.Tx) error { return a.store.Rehash(tx, p.ID, p.PasswordHash, hash) })
}

// AccountChoice is one account in the parameters of account_required.
type AccountChoice struct {
	ID   desk.ID `json:"id"`
	Name string  `json:"name"`
}

// account picks the account to sign in to.
func (a *Auth) account(ctx context.Context, person, wanted desk.ID) (store.Membership, error) {
	list, err := a.store.Memberships(a.store.DB.Read(ctx), person)
	if err != nil {
		return store.Membership{}, err
	}
	choices := make([]AccountChoice, len(list))
	for i, m := range list {
		choices[i] = AccountChoice{ID: m.AccountID, Name: m.AccountName}
		if m.AccountID == wanted || wanted == 0 && len(list) == 1 {
			return m, nil
		}
	}
	if len(list) == 0 || wanted != 0 {
		return store.Membership{}, refused()
	}
	return store.Membership{}, desk.Clash(desk.CodeAccountRequired).With("accounts", choices)
}

// Hash checks a new password against the rules and hashes it; field is the one
// that a 422 names.
func (a *Auth) Hash(ctx context.Context, field, password string) (string, error) {
	if err := desk.ValidPassword(field, password); err != nil {
		return "", err
	}
	return a.passwords.Hash(ctx, password)
}

// Confirm checks a user's own password before she changes it or her address; a
// wrong one is a 422 wrong_password about the field, and counts as a failed
// sign-in.
func (a *Auth) Confirm(ctx context.Context, v *desk.Viewer, field, password string, from netip.Addr) error {
	person, err := a.store.PersonOf(a.store.DB.Read(ctx), v.AccountID, v.UserID)
	if err != nil {
		return err
	}
	limits := a.limits(person.Email, from)
	if err := a.take(ctx, limits); err != nil {
		return err
	}
	ok, _, err := a.passwords.Check(ctx, person.PasswordHash, password)
	if err != nil {
		return err
	}
	if !ok {
		return desk.RefuseField(field, desk.CodeWrongPassword)
	}
	return a.forgive(ctx, limits, nil)
}
