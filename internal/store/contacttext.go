package store

import (
	"math"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// contactText is the search table of contacts.
const contactText dbx.TextTable = "contact_text"

// minDigits is the shortest run of digits that finds a phone (B3).
const minDigits = 3

// IndexContact makes a contact findable by the words of its name, e-mail,
// company and document, and by any run of three digits or more of its phone,
// with and without the ninth digit. It goes with every write of these fields.
func (s *Store) IndexContact(tx *dbx.Tx, c *desk.Contact) error {
	words := []string{c.Name, c.FirstName, c.LastName, c.Email, c.Company, c.Document}
	words = append(words, suffixes(c.Phone)...)
	if key := desk.MatchKey(c.Phone); key != c.Phone {
		words = append(words, suffixes(key)...)
	}
	return contactText.Index(tx, int64(c.ID), int64(c.AccountID), strings.Join(words, " "))
}

// UnindexContact makes a contact unfindable.
func (s *Store) UnindexContact(tx *dbx.Tx, account, id desk.ID) error {
	return contactText.Remove(tx, int64(id), int64(account))
}

// suffixes returns the ends of a number: the index finds words by how they
// begin, so that any run of digits is the beginning of one.
func suffixes(digits string) []string {
	var list []string
	for i := 0; i+minDigits <= len(digits); i++ {
		list = append(list, digits[i:])
	}
	return list
}

// contactHits returns a SELECT of the ids of up to limit contacts that match
// what was typed, newest first; ok is false when there is nothing to search by.
func contactHits(a *dbx.Args, d dbx.Dialect, account desk.ID, typed string, limit int) (selectIDs string, ok bool) {
	w, ok := dbx.Want(int64(account), contactQuery(typed))
	return contactText.Hits(a, d, w, math.MaxInt64, limit), ok
}

// contactQuery turns a phone as people write it, "(11) 98765-4321", into the
// one run of digits that the index knows.
func contactQuery(typed string) string {
	typed = plainText(typed)
	if strings.Trim(typed, "0123456789+-(). ") != "" {
		return typed
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, typed)
}
