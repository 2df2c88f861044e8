package whatsappcloud

import (
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// readCards reads visiting cards.
func readCards(m message, in *channel.Incoming) error {
	var cards []card
	if err := decode(m.content, &cards, "contacts"); err != nil {
		return err
	}
	if len(cards) == 0 {
		return malformed("contacts")
	}
	in.Type = desk.TypeContacts
	for _, c := range cards {
		in.Content.Contacts = append(in.Content.Contacts, c.desk())
	}
	return nil
}

// card is a visiting card. Meta uses the same shape in both directions.
type card struct {
	Name      cardName    `json:"name"`
	Phones    []cardPhone `json:"phones,omitempty"`
	Emails    []cardEmail `json:"emails,omitempty"`
	Org       *cardOrg    `json:"org,omitempty"`
	URLs      []cardURL   `json:"urls,omitempty"`
	Addresses []cardPlace `json:"addresses,omitempty"`
	Birthday  text        `json:"birthday,omitempty"`
}

type cardName struct {
	Formatted text `json:"formatted_name"`
	First     text `json:"first_name,omitempty"`
	Last      text `json:"last_name,omitempty"`
	Middle    text `json:"middle_name,omitempty"`
	Prefix    text `json:"prefix,omitempty"`
	Suffix    text `json:"suffix,omitempty"`
}

type cardPhone struct {
	Phone text `json:"phone"`
	Type  text `json:"type,omitempty"`
	WaID  text `json:"wa_id,omitempty"`
}

type cardEmail struct {
	Email text `json:"email"`
	Type  text `json:"type,omitempty"`
}

type cardOrg struct {
	Company    text `json:"company,omitempty"`
	Department text `json:"department,omitempty"`
	Title      text `json:"title,omitempty"`
}

type cardURL struct {
	URL  text `json:"url"`
	Type text `json:"type,omitempty"`
}

type cardPlace struct {
	Street      text `json:"street,omitempty"`
	City        text `json:"city,omitempty"`
	State       text `json:"state,omitempty"`
	Zip         text `json:"zip,omitempty"`
	Country     text `json:"country,omitempty"`
	CountryCode text `json:"country_code,omitempty"`
	Type        text `json:"type,omitempty"`
}

func (c card) desk() desk.ContactCard {
	out := desk.ContactCard{
		Name: desk.CardName{
			Formatted: first(c.Name.Formatted, c.Name.First, c.Name.Last), First: string(c.Name.First), Last: string(c.Name.Last),
			Middle: string(c.Name.Middle), Prefix: string(c.Name.Prefix), Suffix: string(c.Name.Suffix),
		},
		Birthday: string(c.Birthday),
	}
	for _, p := range c.Phones {
		out.Phones = append(out.Phones, desk.CardPhone{Phone: first(p.Phone, p.WaID), Type: string(p.Type), WaID: string(p.WaID)})
	}
	for _, e := range c.Emails {
		out.Emails = append(out.Emails, desk.CardEmail{Email: string(e.Email), Type: string(e.Type)})
	}
	if c.Org != nil {
		out.Org = &desk.CardOrg{Company: string(c.Org.Company), Department: string(c.Org.Department), Title: string(c.Org.Title)}
	}
	for _, u := range c.URLs {
		out.URLs = append(out.URLs, desk.CardURL{URL: string(u.URL), Type: string(u.Type)})
	}
	for _, p := range c.Addresses {
		out.Addresses = append(out.Addresses, desk.CardPlace{
			Street: string(p.Street), City: string(p.City), State: string(p.State), Zip: string(p.Zip),
			Country: string(p.Country), CountryCode: string(p.CountryCode), Type: string(p.Type),
		})
	}
	return out
}
