package desk

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// TextVars are the values of the variables people put in texts, templates'
// parameters and automatic messages (features.md §2.0 Common). What is not
// known at the moment stays empty and its variable becomes nothing.
type TextVars struct {
	Contact    *Contact
	Ticket     int64 // number
	Protocol   string
	Queue      string
	User       string
	Connection string
	At         time.Time
	Zone       *time.Location // of the account
}

// textVariable matches {{key}}; keys of extra fields may hold blanks.
var textVariable = regexp.MustCompile(`\{\{\s*([^{}]{1,100}?)\s*\}\}`)

// Expand puts the values in, once: a value that holds a variable is not
// expanded again, and a variable nobody knows stays as it is written.
func (v TextVars) Expand(text string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	return textVariable.ReplaceAllStringFunc(text, func(found string) string {
		key := strings.ToLower(textVariable.FindStringSubmatch(found)[1])
		if value, ok := v.value(key); ok {
			return value
		}
		return found
	})
}

// value looks a variable up; the built-in ones win over extra fields of the
// same name.
func (v TextVars) value(key string) (string, bool) {
	switch key {
	case "greeting":
		return Greeting(v.local()), true
	case "protocol":
		return v.Protocol, true
	case "ticket":
		if v.Ticket == 0 {
			return "", true
		}
		return strconv.FormatInt(v.Ticket, 10), true
	case "queue":
		return v.Queue, true
	case "user":
		return v.User, true
	case "connection":
		return v.Connection, true
	case "date":
		return v.local().Format("02/01/2006"), true
	case "time":
		return v.local().Format("15:04"), true
	}
	return v.contactValue(key)
}

func (v TextVars) contactValue(key string) (string, bool) {
	c := v.Contact
	if c == nil {
		c = &Contact{}
	}
	switch key {
	case "name":
		return c.Name, true
	case "first_name":
		return c.GivenName(), true
	case "last_name":
		return c.LastName, true
	case "phone":
		return FormatPhone(c.Phone), true
	case "email":
		return c.Email, true
	case "document":
		return c.Document, true
	case "company":
		return c.Company, true
	case "birth_date":
		return brazilianDate(c.BirthDate), true
	}
	for _, x := range c.Extra {
		if strings.EqualFold(strings.TrimSpace(x.Key), key) {
			return x.Value, true
		}
	}
	return "", false
}

func (v TextVars) local() time.Time {
	if v.Zone == nil {
		return v.At.UTC()
	}
	return v.At.In(v.Zone)
}

// brazilianDate turns YYYY-MM-DD into dd/mm/yyyy; what it can't read stays.
func brazilianDate(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.Format("02/01/2006")
}

// Greeting is the salutation of the hour: bom dia from 5, boa tarde from 12,
// boa noite from 18.
func Greeting(local time.Time) string {
	switch h := local.Hour(); {
	case h >= 5 && h < 12:
		return "Bom dia"
	case h >= 12 && h < 18:
		return "Boa tarde"
	}
	return "Boa noite"
}

// GivenName is how to address a contact: the first name on file or the first
// word of the name, capitalised when it is written in one case. A contact whose
// name is still its number has none.
func (c *Contact) GivenName() string {
	words := strings.Fields(c.FirstName)
	if len(words) == 0 {
		words = strings.Fields(c.Name)
		words = words[:min(1, len(words))]
	}
	name := strings.Join(words, " ")
	switch {
	case strings.IndexFunc(name, unicode.IsLetter) < 0:
		return ""
	case name != strings.ToLower(name) && name != strings.ToUpper(name):
		return name
	}
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(first)) + strings.ToLower(w[size:])
	}
	return strings.Join(words, " ")
}
