package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// CookieName is the session's cookie; its value is "<id>.<secret>".
const CookieName = "prosa_session"

// How long a session lasts without being used, and how old its last use may get
// before it is written down.
const (
	shortSession   = 12 * time.Hour
	longSession    = 30 * 24 * time.Hour
	touchEvery     = 5 * time.Minute
	maxUserAgent   = 200
	secretSize     = 32
	maxCookieValue = 128
)

// Session is a session that was just started.
type Session struct {
	ID        desk.ID
	AccountID desk.ID
	UserID    desk.ID
	Value     string // of the cookie
	Remember  bool
	ExpiresAt desk.Time
}

// start stores a session of the member and forgets her failed attempts, in one
// transaction.
func (a *Auth) start(ctx context.Context, m store.Membership, limits []store.LoginLimit, c Credentials) (Session, error) {
	secret := make([]byte, secretSize)
	if _, err := io.ReadFull(a.random, secret); err != nil {
		return Session{}, err
	}
	text := base64.RawURLEncoding.EncodeToString(secret)
	now := desk.TimeOf(a.now())
	x := store.Session{ID: a.store.IDs.Next(), AccountID: m.AccountID, UserID: m.UserID, SecretHash: hashSecret(text),
		Remember: c.Remember, UserAgent: shorten(c.UserAgent), CreatedAt: now, ExpiresAt: now.Add(lasting(c.Remember))}
	err := a.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		if err := a.store.ForgiveLogin(tx, subjectsOf(limits)...); err != nil {
			return err
		}
		return a.store.StartSession(tx, x)
	})
	if desk.CodeOf(err) == desk.CodeNotFound {
		return Session{}, refused() // deactivated while the password was checked
	}
	return Session{ID: x.ID, AccountID: x.AccountID, UserID: x.UserID, Value: x.ID.String() + "." + text,
		Remember: x.Remember, ExpiresAt: x.ExpiresAt}, err
}

func lasting(remember bool) time.Duration {
	if remember {
		return longSession
	}
	return shortSession
}

func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func shorten(agent string) string {
	agent = strings.ToValidUTF8(strings.ReplaceAll(agent, "\x00", ""), "")
	for utf8.RuneCountInString(agent) > maxUserAgent {
		_, size := utf8.DecodeLastRuneInString(agent)
		agent = agent[:len(agent)-size]
	}
	return agent
}

// Cookie is the cookie of a session. Without remember it ends with the
// browser. secure says that people reach us over TLS.
func (s Session) Cookie(secure bool) *http.Cookie {
	c := &http.Cookie{Name: CookieName, Value: s.Value, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	if s.Remember {
		c.MaxAge = int(longSession.Seconds())
	}
	return c
}

// ExpiredCookie takes the session's cookie out of the browser.
func ExpiredCookie(secure bool) *http.Cookie {
	return &http.Cookie{Name: CookieName, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode, MaxAge: -1}
}

// Principal is who makes a request.
type Principal struct {
	Viewer    desk.Viewer
	User      desk.User
	SessionID desk.ID
	ExpiresAt desk.Time
}

// Authenticate returns who a cookie belongs to. It reads the database every
// time, in two statements, so that a change of membership, role or settings
// counts with the next request (E11, V2); once in five minutes it also slides
// the session's expiry. Anything but a good session is a 401.
func (a *Auth) Authenticate(ctx context.Context, value string) (Principal, error) {
	none := &desk.Error{Kind: desk.Unauthorized, Code: desk.CodeUnauthorized}
	id, secret, ok := splitCookie(value)
	if !ok {
		return Principal{}, none
	}
	x, v, u, err := a.store.SessionViewer(a.store.DB.Read(ctx), id)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return Principal{}, none
	}
	if err != nil {
		return Principal{}, err
	}
	if subtle.ConstantTimeCompare([]byte(hashSecret(secret)), []byte(x.SecretHash)) != 1 {
		return Principal{}, none
	}
	now := desk.TimeOf(a.now())
	if x.ExpiresAt <= now {
		return Principal{}, none
	}
	p := Principal{Viewer: v, User: u, SessionID: x.ID, ExpiresAt: x.ExpiresAt}
	if now-x.SeenAt >= desk.Time(touchEvery.Milliseconds()) {
		p.ExpiresAt = now.Add(lasting(x.Remember))
		a.touch(ctx, x.ID, now, p.ExpiresAt)
	}
	return p, nil
}

func splitCookie(value string) (id desk.ID, secret string, ok bool) {
	if len(value) > maxCookieValue {
		return 0, "", false
	}
	first, secret, ok := strings.Cut(value, ".")
	id, err := desk.ParseID(first)
	return id, secret, ok && err == nil && id != 0 && secret != ""
}

// touch slides a session's expiry. A failure does not refuse the request: the
// session is good, and the next one tries again.
func (a *Auth) touch(ctx context.Context, id desk.ID, seen, expires desk.Time) {
	err := a.store.DB.Do(ctx, func(tx *dbx.Tx) error { return a.store.TouchSession(tx, id, seen, expires) })
	if err != nil && ctx.Err() == nil {
		a.log.Warn("a session's last use was not stored", "err", err)
	}
}

// SignOut ends the principal's session and marks her offline (C1).
func (a *Auth) SignOut(ctx context.Context, p Principal) error {
	return a.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		v := p.Viewer
		if err := a.store.EndSession(tx, v.AccountID, v.UserID, p.SessionID, "signed_out"); err != nil {
			return err
		}
		return a.store.SetOnline(tx, v.AccountID, v.UserID, 0)
	})
}

// SignOutOthers ends every other session of the principal's person.
func (a *Auth) SignOutOthers(ctx context.Context, p Principal) error {
	return a.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		return a.store.EndSessionsOfPerson(tx, p.User.PersonID, p.SessionID, "signed_out")
	})
}
