package store_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestI4_OneContactForParallelFirstMessages(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		var wg sync.WaitGroup
		ids := make([]desk.ID, 16)
		for i := range ids {
			wg.Go(func() {
				from := store.Sender{Phone: "5511987654321", UserID: "BR.123", Name: "Rita"}
				if i%2 == 0 {
					from.Phone = "551187654321" // the same number, as old devices write it
				}
				r, err := try(c, func(tx *dbx.Tx) (store.Resolved, error) { return c.ResolveContact(tx, c.id, 0, from) })
				if err != nil {
					t.Error(err)
				}
				ids[i] = r.Contact.ID
			})
		}
		wg.Wait()
		slices.Sort(ids)
		if got := slices.Compact(ids); len(got) != 1 || got[0] == 0 {
			t.Fatalf("contacts %v", got)
		}
		page, err := c.Contacts(c.read(), c.admin, store.ContactFilter{}, store.List{})
		if err != nil || len(page.Items) != 1 {
			t.Errorf("%d contacts, %v", len(page.Items), err)
		}
	})
}

func TestContactWithoutPhoneIsKeptAndLinkedLater(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		first := c.resolve(store.Sender{UserID: "BR.77", Name: "ana.lima"})
		if !first.Created || first.Contact.Phone != "" || first.Identity.Kind != desk.IdentityWhatsApp || first.Identity.Address != "BR.77" {
			t.Fatalf("%+v", first)
		}
		c.takeEvents()
		second := c.resolve(store.Sender{Phone: "5511987654321", UserID: "BR.77", Name: "Ana Lima"})
		if second.Created || second.Contact.ID != first.Contact.ID || second.Contact.Phone != "5511987654321" || second.Contact.Name != "ana.lima" {
			t.Errorf("%+v", second)
		}
		if second.Identity.Kind != desk.IdentityPhone {
			t.Errorf("the address to answer is %+v", second.Identity)
		}
		if e := c.onlyEvent(); e.Actor.Kind != desk.ActorContact || changed(e) != `{"phone":[]}` {
			t.Errorf("event %+v", e)
		}
		third := c.resolve(store.Sender{UserID: "BR.77"})
		if third.Contact.ID != first.Contact.ID || third.Identity.ID != first.Identity.ID {
			t.Errorf("%+v", third)
		}
		if list := c.takeEvents(); len(list) != 0 {
			t.Errorf("events %v of a known sender", list)
		}
		if r := c.resolve(store.Sender{UserID: "US.5"}); r.Contact.Name != "US.5" {
			t.Errorf("nameless contact %+v", r.Contact)
		}
		if r := c.resolve(store.Sender{UserID: "US.5", Name: "Bob"}); r.Contact.Name != "Bob" {
			t.Errorf("the profile name did not replace the id: %+v", r.Contact)
		}
	})
}

func TestTwoContactsOfOneSenderAreNotMerged(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		conn := c.mustConnection("Loja")
		byPhone := c.resolve(store.Sender{Phone: "5511987654321", Name: "Rita"}).Contact
		byUser := c.resolve(store.Sender{UserID: "BR.9", Name: "rita.l"}).Contact
		both := store.Sender{Phone: "5511987654321", UserID: "BR.9"}
		resolve := func() store.Resolved {
			return write(c, func(tx *dbx.Tx) (store.Resolved, error) { return c.ResolveContact(tx, c.id, conn.ID, both) })
		}
		if r := resolve(); r.Contact.ID != byUser.ID || r.Other != byPhone.ID || r.Identity.ContactID != byUser.ID {
			t.Errorf("nobody in conversation: %+v", r)
		}
		c.ticket(byPhone.ID, conn.ID, 0, 0)
		if r := resolve(); r.Contact.ID != byPhone.ID || r.Other != byUser.ID || r.Identity.ContactID != byPhone.ID {
			t.Errorf("the phone's contact in conversation: %+v", r)
		}
		for _, x := range []desk.Contact{byPhone, byUser} {
			if list, err := c.Identities(c.read(), c.id, x.ID); err != nil || len(list) != 1 {
				t.Errorf("identities %v %v", list, err)
			}
		}
	})
}

func TestA3_ProfileNameReplacesOnlyANumber(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		if r := c.resolve(store.Sender{Phone: "551187654321"}); r.Contact.Name != "5511987654321" {
			t.Fatalf("name %q", r.Contact.Name)
		}
		if r := c.resolve(store.Sender{Phone: "551187654321", Name: "  Rita \n Lee\x00 "}); r.Contact.Name != "Rita Lee" {
			t.Errorf("name %q", r.Contact.Name)
		}
		if r := c.resolve(store.Sender{Phone: "5511987654321", Name: "Outra"}); r.Contact.Name != "Rita Lee" {
			t.Errorf("name %q", r.Contact.Name)
		}
	})
}

func TestSenderWithoutAnAddressIsRefused(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		_, err := try(c, func(tx *dbx.Tx) (store.Resolved, error) {
			return c.ResolveContact(tx, c.id, 0, store.Sender{Phone: "not a number", Name: "X"})
		})
		code(t, err, desk.Invalid, desk.CodeContactUnreachable)
	})
}

func TestNumberChangeMovesTheIdentity(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		old := c.resolve(store.Sender{Phone: "5511987654321", UserID: "BR.1", Name: "Rita"})
		change := func(ch store.IdentityChange) (store.Resolved, error) {
			return try(c, func(tx *dbx.Tx) (store.Resolved, error) { return c.ChangeIdentity(tx, c.id, ch) })
		}
		r, err := change(store.IdentityChange{Old: store.Sender{Phone: "5511987654321"},
			New: store.Sender{Phone: "5511999990000", UserID: "BR.2"}})
		if err != nil || r.Contact.ID != old.Contact.ID || r.Contact.Phone != "5511999990000" || r.Other != 0 {
			t.Fatalf("%+v %v", r, err)
		}
		now := c.resolve(store.Sender{Phone: "5511999990000", UserID: "BR.2"})
		if now.Contact.ID != old.Contact.ID || now.Identity.ID != old.Identity.ID {
			t.Errorf("the new number leads to %+v", now)
		}
		if r := c.resolve(store.Sender{Phone: "5511987654321"}); r.Contact.ID == old.Contact.ID {
			t.Error("the old number still leads to her")
		}
		// A new number somebody else has: nothing is merged.
		zeca := c.resolve(store.Sender{Phone: "5511911111111"})
		r, err = change(store.IdentityChange{Old: store.Sender{Phone: "5511999990000"}, New: store.Sender{Phone: "5511911111111"}})
		if err != nil || r.Other != zeca.Contact.ID || r.Contact.Phone != "5511999990000" {
			t.Errorf("%+v %v", r, err)
		}
		for _, from := range []store.Sender{{Phone: "5511900000009"}, {}} {
			_, err = change(store.IdentityChange{Old: from, New: store.Sender{Phone: "5511911111112"}})
			code(t, err, desk.NotFound, desk.CodeNotFound)
		}
	})
}

// Whoever writes in whatever form, the same sender is the same contact again,
// every address leads to one contact, and a number once known is shown.
func TestResolvingIsStable(t *testing.T) {
	db, n := testkit.SQLite(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		c := newCompany(t, db, fmt.Sprint(n))
		resolve := func(from store.Sender) store.Resolved {
			r, err := try(c, func(tx *dbx.Tx) (store.Resolved, error) { return c.ResolveContact(tx, c.id, 0, from) })
			if err != nil {
				rt.Fatal(err)
			}
			return r
		}
		seen := map[desk.ID]bool{}
		for range rapid.IntRange(1, 12).Draw(rt, "messages") {
			from := store.Sender{
				Phone:  rapid.SampledFrom([]string{"", "5511987654321", "551187654321", "14155550100", "5511912345678"}).Draw(rt, "phone"),
				UserID: rapid.SampledFrom([]string{"", "BR.1", "BR.2"}).Draw(rt, "user id"),
				Name:   rapid.SampledFrom([]string{"", "Rita"}).Draw(rt, "name"),
			}
			if from.Phone == "" && from.UserID == "" {
				continue
			}
			first := resolve(from)
			if first.Created == seen[first.Contact.ID] {
				rt.Fatalf("contact %s created %v, seen %v", first.Contact.ID, first.Created, seen[first.Contact.ID])
			}
			seen[first.Contact.ID] = true
			again := resolve(from)
			if again.Created || again.Contact.ID != first.Contact.ID || again.Identity.ID != first.Identity.ID {
				rt.Fatalf("first %+v, again %+v", first, again)
			}
			if again.Identity.ContactID != again.Contact.ID || again.Contact.Name == "" {
				rt.Fatalf("%+v", again)
			}
			if from.Phone != "" && again.Other == 0 && again.Contact.Phone == "" {
				rt.Fatalf("her number is not shown: %+v", again.Contact)
			}
		}
		for id := range seen {
			list, err := c.Identities(c.read(), c.id, id)
			if err != nil || len(list) == 0 {
				rt.Fatalf("contact %s has addresses %v, %v", id, list, err)
			}
		}
	})
}
