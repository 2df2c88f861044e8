package rules

import "time"

// Contact is a visiting card (Meta: contacts messages).
type Contact struct {
	Name      *ContactName   `json:"name,omitempty"`
	Phones    []ContactPhone `json:"phones,omitempty"`
	Emails    []ContactEmail `json:"emails,omitempty"`
	Addresses []ContactPlace `json:"addresses,omitempty"`
	Org       *ContactOrg    `json:"org,omitempty"`
	URLs      []ContactURL   `json:"urls,omitempty"`
	Birthday  string         `json:"birthday,omitempty"`
}

// ContactName needs the formatted name and at least one part.
type ContactName struct {
	Formatted string `json:"formatted_name"`
	First     string `json:"first_name,omitempty"`
	Last      string `json:"last_name,omitempty"`
	Middle    string `json:"middle_name,omitempty"`
	Prefix    string `json:"prefix,omitempty"`
	Suffix    string `json:"suffix,omitempty"`
}

// ContactPhone is a phone on a card.
type ContactPhone struct {
	Phone string `json:"phone"`
	Type  string `json:"type,omitempty"`
	WaID  string `json:"wa_id,omitempty"`
}

// ContactEmail is an e-mail address on a card.
type ContactEmail struct {
	Email string `json:"email"`
	Type  string `json:"type,omitempty"`
}

// ContactPlace is a postal address on a card.
type ContactPlace struct {
	Street      string `json:"street,omitempty"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	Zip         string `json:"zip,omitempty"`
	Country     string `json:"country,omitempty"`
	CountryCode string `json:"country_code,omitempty"`
	Type        string `json:"type,omitempty"`
}

// ContactOrg is the company on a card.
type ContactOrg struct {
	Company    string `json:"company,omitempty"`
	Department string `json:"department,omitempty"`
	Title      string `json:"title,omitempty"`
}

// ContactURL is a link on a card.
type ContactURL struct {
	URL  string `json:"url"`
	Type string `json:"type,omitempty"`
}

// checkContacts refuses empty and nameless cards.
func checkContacts(cards []Contact) *Error {
	if len(cards) == 0 || len(cards) > maxContacts {
		return New(131009, "Param contacts must have between 1 and %d elements.", maxContacts)
	}
	for i, c := range cards {
		n := c.Name
		if n == nil || n.Formatted == "" {
			return New(131008, "The parameter contacts[%d]['name']['formatted_name'] is required.", i)
		}
		if n.First+n.Last+n.Middle+n.Prefix+n.Suffix == "" {
			return New(131009, "contacts[%d]['name'] needs at least one part beside formatted_name.", i)
		}
		if c.Birthday != "" {
			if _, err := time.Parse(time.DateOnly, c.Birthday); err != nil {
				return New(131009, "Param contacts[%d]['birthday'] must be of the form YYYY-MM-DD.", i)
			}
		}
	}
	return nil
}
