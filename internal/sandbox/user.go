package sandbox

import (
	"context"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// User is somebody with WhatsApp, or with a phone number that has none.
type User struct {
	ID        desk.ID `json:"id"`
	WaID      string  `json:"wa_id"` // canonical at Meta; may lack Brazil's ninth digit
	UserID    string  `json:"user_id"`
	Name      string  `json:"name"`
	HidePhone bool    `json:"hide_phone"` // has a username; the business sees only the user id
	Absent    bool    `json:"absent"`     // the number is not on WhatsApp
	OptedOut  bool    `json:"opted_out"`  // wants no marketing
}

// NewUser describes a user to create.
type NewUser struct {
	AccountID desk.ID `json:"-"`
	Phone     string  `json:"phone"`   // with country code; with or without the ninth digit, which then stays so
	Name      string  `json:"name"`    // profile name
	UserID    string  `json:"user_id"` // BSUID; made up when empty
	HidePhone bool    `json:"hide_phone"`
	Absent    bool    `json:"absent"`
}

// CreateUser makes a user. A phone number or user id that exists is 409
// phone_taken.
func (s *Sandbox) CreateUser(ctx context.Context, nu NewUser) (User, error) {
	u := User{ID: s.ids(), WaID: digits(nu.Phone), UserID: nu.UserID, Name: nu.Name, HidePhone: nu.HidePhone, Absent: nu.Absent}
	if !isPhone(u.WaID) {
		return User{}, desk.RefuseField("phone", desk.CodeInvalidPhone)
	}
	if !isText(u.Name, 100) {
		return User{}, desk.RefuseField("name", desk.CodeInvalid)
	}
	if u.UserID == "" {
		u.UserID = makeUserID(u)
	}
	if !isUserID(u.UserID) {
		return User{}, desk.RefuseField("user_id", desk.CodeInvalid)
	}
	err := s.db.Do(ctx, func(tx *dbx.Tx) error {
		_, err := s.insertUser(tx, nu.AccountID, u, "")
		return err
	})
	if dbx.IsUnique(err) {
		return User{}, desk.Clash(desk.CodePhoneTaken)
	}
	return u, err
}

func (s *Sandbox) insertUser(tx *dbx.Tx, accountID desk.ID, u User, conflict string) (int64, error) {
	return tx.Exec(`INSERT INTO sandbox_user (id, account_id, wa_id, phone_key, bsuid, name, hide_phone, absent, created_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`+conflict, u.ID, accountID, u.WaID, phoneKey(u.WaID), u.UserID, u.Name, u.HidePhone, u.Absent, s.stamp())
}

const userColumns = `u.id, u.wa_id, u.bsuid, u.name, u.hide_phone, u.absent, u.opted_out`

func (u *User) fields() []any {
	return []any{&u.ID, &u.WaID, &u.UserID, &u.Name, &u.HidePhone, &u.Absent, &u.OptedOut}
}

func (s *Sandbox) user(ctx context.Context, accountID desk.ID, column, value string) (u User, err error) {
	err = s.db.Read(ctx).QueryRow(`SELECT `+userColumns+` FROM sandbox_user u WHERE u.account_id=$1 AND u.`+column+`=$2`, accountID, value).
		Scan(u.fields()...)
	return u, found(err)
}

// userOfPhone finds who has a phone number in either form; unknown numbers are
// given a user, as if somebody had always been there.
func (s *Sandbox) userOfPhone(ctx context.Context, accountID desk.ID, phone, name string) (User, error) {
	u, err := s.user(ctx, accountID, "phone_key", phoneKey(phone))
	if desk.CodeOf(err) != desk.CodeNotFound {
		return u, err
	}
	u = User{ID: s.ids(), WaID: canonical(phone), Name: name}
	u.UserID = makeUserID(u)
	err = s.db.Do(ctx, func(tx *dbx.Tx) error {
		_, err := s.insertUser(tx, accountID, u, ` ON CONFLICT (account_id, phone_key) DO NOTHING`)
		return err
	})
	if err != nil {
		return User{}, err
	}
	return s.user(ctx, accountID, "phone_key", phoneKey(phone)) // whoever won
}

// phoneKey folds the two forms of a Brazilian mobile number: it has the ninth
// digit. Landlines, whose local part begins with 2 to 5, have none.
func phoneKey(phone string) string {
	if len(phone) == 12 && strings.HasPrefix(phone, "55") && phone[4] >= '6' {
		return phone[:4] + "9" + phone[4:]
	}
	return phone
}

// canonical guesses the wa_id of a number nobody described: accounts older
// than the ninth digit kept the short form outside São Paulo, Rio and Espírito
// Santo (brazil.md: the ninth digit).
func canonical(phone string) string {
	long := phoneKey(phone)
	if len(long) == 13 && strings.HasPrefix(long, "55") && long[2:4] >= "31" && long[4] == '9' && long[5] >= '7' {
		return long[:4] + long[5:]
	}
	return long
}

// makeUserID derives a business-scoped user id: country and digits.
func makeUserID(u User) string {
	country := "US"
	for _, c := range [][2]string{{"55", "BR"}, {"351", "PT"}, {"54", "AR"}, {"52", "MX"}, {"57", "CO"}, {"56", "CL"}, {"34", "ES"}, {"44", "GB"}} {
		if strings.HasPrefix(u.WaID, c[0]) {
			country = c[1]
			break
		}
	}
	return country + "." + u.ID.String()
}

// isUserID tells a BSUID from a phone number (Meta: business-scoped user ids).
func isUserID(s string) bool {
	country, rest, ok := strings.Cut(s, ".")
	if !ok || len(country) != 2 || rest == "" || len(rest) > 128 {
		return false
	}
	for _, r := range country + strings.ReplaceAll(rest, ".", "") {
		if !isDigit(r) && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}
