package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestC4_FindsTickets(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		joao := w.contact("João da Conceição", "5511987654321")
		mine := w.ticket(desk.Ticket{ContactID: joao, Status: desk.Closed})
		w.ticket(desk.Ticket{ContactID: w.contact("Maria", "5521912345678")})
		hidden := w.ticket(desk.Ticket{ContactID: joao, QueueID: w.id()})
		me := &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser, Rights: desk.Rights{UsersSeeUnqueued: true}}
		for _, typed := range []string{"joao", "JOÃO conc", "8765", "(11) 98765-4321", "+55 11 9 8765", "1187654321", fmt.Sprint(mine.Number), fmt.Sprintf("#%d", mine.Number)} {
			res, err := w.s.Search(w.q(), me, typed, "")
			if err != nil || !slices.Equal(res.Tickets, []desk.ID{mine.ID}) {
				t.Errorf("%q finds %v (%v), want %d", typed, res.Tickets, err, mine.ID)
			}
			all, err := w.s.Search(w.q(), w.admin(), "conceicao", "")
			if err != nil || !slices.Contains(all.Tickets, hidden.ID) || len(all.Tickets) != 2 {
				t.Errorf("admin finds %v (%v)", all.Tickets, err)
			}
		}
		for _, typed := range []string{"", "  ", "!?", "jo", "ninguem", fmt.Sprint(hidden.Number), "#"} {
			res, err := w.s.Search(w.q(), me, typed, "")
			if err != nil || len(res.Tickets) != 0 || len(res.Messages) != 0 || res.Truncated {
				t.Errorf("%q finds %+v %v", typed, res, err)
			}
		}
	})
}

// TestC4_BothPlansAgree reads the same hits from the rows and from the index,
// and pages through them.
func TestC4_BothPlansAgree(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		secret := w.ticket(desk.Ticket{Status: desk.Open, UserID: w.id(), QueueID: w.id()})
		var want []desk.ID
		for i := range 70 {
			text := "Bom dia, a entrega atrasou?"
			if i%2 == 0 {
				text = "nada disso"
			}
			m := w.says(at, text)
			if i%2 == 1 {
				want = append([]desk.ID{m.ID}, want...)
			}
			if i%10 == 0 {
				w.says(secret, "entrega secreta atrasou")
			}
		}
		me := &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser, Rights: desk.Rights{UsersSeeUnqueued: true}}
		var got []desk.ID
		cursor := ""
		for range 5 {
			res, err := w.s.Search(w.q(), me, "atras ENTREGA", cursor)
			if err != nil || res.Truncated {
				t.Fatal(res.Truncated, err)
			}
			for _, h := range res.Messages {
				got = append(got, h.ID)
				if !strings.Contains(h.Snippet.Text, "entrega") || len(h.Snippet.Marks) != 2 {
					t.Fatalf("%+v", h.Snippet)
				}
			}
			if cursor = res.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("pages give %d, want %d", len(got), len(want))
		}
		index, truncated, err := w.s.SearchIndex(w.q(), me, "atras ENTREGA", 1<<62)
		if err != nil || truncated || !slices.Equal(index, want[:31]) {
			t.Fatalf("the index gives %v %v %v", len(index), truncated, err)
		}
		if _, err := w.s.Search(w.q(), me, "x", "bogus"); desk.CodeOf(err) != desk.CodeInvalidCursor {
			t.Error(err)
		}
	})
}

// TestC4_OtherAccounts: a word of another account's messages is no hit, not
// even one that imitates the index's own word for the account.
func TestC4_OtherAccounts(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		w.says(w.ticket(desk.Ticket{Status: desk.Open}), fmt.Sprintf("pedido acct%d", w.account+1))
		other := w.admin()
		other.AccountID++
		res, err := w.s.Search(w.q(), other, "pedido", "")
		if err != nil || len(res.Messages) != 0 {
			t.Fatalf("%+v %v", res, err)
		}
	})
}

func TestSnippet(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		w.says(at, strings.Repeat("lorem ipsum ", 30)+"a   PROMOÇÃO\nde natal "+strings.Repeat("dolor sit ", 30))
		res, err := w.s.Search(w.q(), w.admin(), "promocao natal", "")
		if err != nil || len(res.Messages) != 1 {
			t.Fatalf("%+v %v", res, err)
		}
		s := res.Messages[0].Snippet
		var marked []string
		for _, m := range s.Marks {
			marked = append(marked, string([]rune(s.Text)[m[0]:m[1]]))
		}
		if !slices.Equal(marked, []string{"PROMOÇÃO", "natal"}) || !strings.HasPrefix(s.Text, "…") || !strings.HasSuffix(s.Text, "…") || len([]rune(s.Text)) > 170 {
			t.Fatalf("%q %v", s.Text, marked)
		}
	})
}
