package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// spoken is a message of a test and whether the viewer may see it.
type spoken struct {
	id      desk.ID
	words   []string
	visible bool
}

// talk stores a conversation that reaches every plan and slice of search: rare
// words that only the oldest messages hold, words that are frequent but never
// together, words that the viewer mostly may not see, beginnings of many words.
// It takes half a year, with a year's pause.
func (w *world) talk(open, secret desk.Ticket) []spoken {
	w.Helper()
	const n = 1500
	var said []spoken
	for from := 0; from < n; from += 25 {
		w.clock.Advance(3 * 24 * time.Hour)
		if from == n/2 {
			w.clock.Advance(365 * 24 * time.Hour)
		}
		w.do(func(tx *dbx.Tx) error {
			for i := from; i < from+25; i++ {
				text := fmt.Sprintf("%s%03d ", []string{"codigo", "pedido"}[i%2], i%150) + []string{"sempre manha", "sempre noite", "tarde"}[i%3]
				at := open
				if i%10 != 0 {
					at, text = secret, text+" sigilo"
				}
				if i < 30 {
					text += " antigo antigamente"
				}
				if i%7 == 0 {
					text += " setimo"
				}
				if i > n-20 {
					text += " ab novo"
				}
				m := desk.Message{ID: w.id(), AccountID: w.account, TicketID: at.ID, ContactID: at.ContactID, ConnectionID: at.ConnectionID,
					ChannelID: at.ChannelID, Direction: desk.In, Author: desk.AuthorContact, Type: desk.TypeText, Status: desk.StatusReceived, Body: text, At: 1}
				m.ProviderID, m.Pos = "wamid."+m.ID.String(), int64(i)+10
				if err := w.s.InsertMessage(tx, &m); err != nil {
					return err
				}
				said = append(said, spoken{m.ID, dbx.Tokens(text), i%10 == 0})
			}
			return nil
		})
	}
	slices.Reverse(said)
	return said
}

// found is the answer to be: what is visible and holds all words, newest first.
func found(said []spoken, query string, all bool) []desk.ID {
	var list []desk.ID
	for _, m := range said {
		holds := all || m.visible
		for _, word := range dbx.Tokens(query) {
			holds = holds && slices.ContainsFunc(m.words, func(has string) bool {
				return has == word || len(word) > 2 && strings.HasPrefix(has, word)
			})
		}
		if holds {
			list = append(list, m.id)
		}
	}
	return list
}

// TestC4_EveryPlanFindsTheSame turns all pages of searches that take different
// ways and compares them with what plain reading finds, with one account in the
// installation and with two. What the newest rows would answer is asked of the
// index too.
func TestC4_EveryPlanFindsTheSame(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		open := w.ticket(desk.Ticket{Status: desk.Open})
		secret := w.ticket(desk.Ticket{Status: desk.Open, UserID: w.id(), QueueID: w.id()})
		said := w.talk(open, secret)
		me := &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser, Rights: desk.Rights{UsersSeeUnqueued: true}}
		for accounts := 1; accounts <= 2; accounts++ {
			if accounts == 2 {
				w.opensAnotherAccount()
			}
			for _, query := range []string{"antigo", "antig", "manha noite", "sempre", "sigilo", "codigo sigilo", "codigo", "codigo antigo",
				"cod set", "pedid noit", "codigo tarde setimo", "codigo014", "setimo sempre", "setimo tarde antigo", "ab", "a", "novo ab codigo", "nenhures", "codigo nenhures"} {
				for v, all := range map[*desk.Viewer]bool{me: false, w.admin(): true} {
					got, truncated := w.searchAll(v, query)
					if want := found(said, query, all); truncated || !slices.Equal(got, want) {
						t.Errorf("%d accounts, %q, all %v: %d found, want %d; truncated %v", accounts, query, all, len(got), len(want), truncated)
					}
					if got, want := w.indexAll(v, query), found(said, query, all); !slices.Equal(got, want) {
						t.Errorf("%d accounts, %q, all %v: by the index %d found, want %d", accounts, query, all, len(got), len(want))
					}
				}
			}
		}
	})
}

func (w *world) opensAnotherAccount() {
	w.Helper()
	w.do(func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO account (id, name, time_zone, default_ddi, created_at, updated_at) VALUES ($1, 'Outra', 'UTC', '55', 1, 1)`, w.id())
		return err
	})
}

// searchAll turns all pages.
func (w *world) searchAll(v *desk.Viewer, query string) (ids []desk.ID, truncated bool) {
	w.Helper()
	for cursor := ""; ; {
		res, err := w.s.Search(w.q(), v, query, cursor)
		if err != nil {
			w.Fatal(err)
		}
		for _, h := range res.Messages {
			ids = append(ids, h.ID)
		}
		truncated = truncated || res.Truncated
		if cursor = res.Next; cursor == "" || len(ids) > 5000 {
			return ids, truncated
		}
	}
}

// indexAll asks the index alone for page after page.
func (w *world) indexAll(v *desk.Viewer, query string) (ids []desk.ID) {
	w.Helper()
	for before := desk.ID(1 << 62); ; before = ids[len(ids)-1] {
		page, truncated, err := w.s.SearchIndex(w.q(), v, query, before)
		if err != nil || truncated {
			w.Fatal(truncated, err)
		}
		if ids = append(ids, page...); len(page) == 0 {
			return ids
		}
	}
}

// TestC4_SearchSaysWhenItStopped: behind more hits than are looked at, nothing
// is found, and the answer says so; a rarer word finds it.
func TestC4_SearchSaysWhenItStopped(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		open := w.ticket(desk.Ticket{Status: desk.Open})
		secret := w.ticket(desk.Ticket{Status: desk.Open, UserID: w.id(), QueueID: w.id()})
		me := &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser, Rights: desk.Rights{UsersSeeUnqueued: true}}
		old := w.says(open, "sigilo antigo")
		hidden := w.says(secret, "sigilo")
		for _, c := range []struct {
			rows, hits int // more hidden ones, found of the open
			truncated  bool
		}{{9_997, 1, false}, {2, 0, true}} {
			w.do(func(tx *dbx.Tx) error {
				_, err := tx.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
					INSERT INTO message_text (id, account_id, ticket_id, words)
					SELECT (SELECT MAX(id) FROM message_text) + i, account_id, ticket_id, words FROM n CROSS JOIN message_text WHERE id = $1`, hidden.ID, c.rows)
				return err
			})
			res, err := w.s.Search(w.q(), me, "sigilo", "")
			if err != nil || len(res.Messages) != c.hits || res.Truncated != c.truncated {
				t.Errorf("%d more: %d found, truncated %v, %v", c.rows, len(res.Messages), res.Truncated, err)
			}
			res, err = w.s.Search(w.q(), me, "sigilo antigo", "")
			if err != nil || len(res.Messages) != 1 || res.Messages[0].ID != old.ID || res.Truncated {
				t.Errorf("%d more: %+v, %v", c.rows, res, err)
			}
		}
	})
}
