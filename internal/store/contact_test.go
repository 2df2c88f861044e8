package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

func newContact(c *company, by *desk.Viewer, in store.ContactNew) (desk.Contact, error) {
	return try(c, func(tx *dbx.Tx) (desk.Contact, error) { return c.CreateContact(tx, by, in) })
}

func updateContact(c *company, by *desk.Viewer, id desk.ID, p store.ContactPatch) (desk.Contact, error) {
	return try(c, func(tx *dbx.Tx) (desk.Contact, error) { return c.UpdateContact(tx, by, id, p) })
}

func ensureContact(c *company, by *desk.Viewer, in store.ContactNew) (desk.Contact, bool, error) {
	isNew := false
	x, err := try(c, func(tx *dbx.Tx) (desk.Contact, error) {
		x, made, err := c.EnsureContact(tx, by, in)
		isNew = made
		return x, err
	})
	return x, isNew, err
}

func param(err error, key string) any {
	e, ok := errors.AsType[*desk.Error](err)
	if !ok {
		return nil
	}
	return e.Params[key]
}

func TestB10_DuplicatePhoneOffersTheExistingContact(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		rita, err := newContact(c, c.admin, store.ContactNew{Name: "Rita", Phone: "(11) 98765-4321", Email: "RITA@x.com"})
		if err != nil || rita.Phone != "5511987654321" || rita.Email != "rita@x.com" {
			t.Fatalf("%+v %v", rita, err)
		}
		_, err = newContact(c, c.admin, store.ContactNew{Name: "Outra", Phone: "+55 11 8765-4321"}) // without the ninth digit
		code(t, err, desk.Conflict, desk.CodePhoneTaken)
		field(t, err, "body.phone", desk.CodePhoneTaken)
		if got := param(err, "contact_id"); got != rita.ID.String() {
			t.Errorf("existing contact %v, want %s", got, rita.ID)
		}
		_, err = newContact(c, c.admin, store.ContactNew{Name: "Outra", Phone: "11 91111-1111", Email: "Rita@X.com"})
		code(t, err, desk.Conflict, desk.CodeEmailTaken)
		if _, err := c.FindByPhone(c.read(), c.id, "5511911111111"); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("a refused creation left its number behind: %v", err)
		}
	})
}

func TestP1_P2_P3_P4_Phones(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		x, err := newContact(c, c.admin, store.ContactNew{Name: "Rita", Phone: "5511987654321"})
		if err != nil {
			t.Fatal(err)
		}
		same, isNew, err := ensureContact(c, c.admin, store.ContactNew{Name: "Rita Lee", Phone: "(11) 98765-4321"}) // P1
		if err != nil || isNew || same.ID != x.ID || same.Name != "Rita" {
			t.Errorf("P1: %+v %v %v", same, isNew, err)
		}
		r := c.resolve(store.Sender{Phone: "551187654321"}) // P2
		if r.Contact.ID != x.ID || r.Created || r.Identity.Address != "551187654321" {
			t.Errorf("P2: %+v", r)
		}
		if again, _ := c.Contact(c.read(), c.id, x.ID); again.Phone != "5511987654321" {
			t.Errorf("P2: the number shown became %s", again.Phone)
		}
		_, err = newContact(c, c.admin, store.ContactNew{Name: "Sem DDD", Phone: "987654321"}) // P3
		field(t, err, "body.phone", desk.CodeInvalidPhone)
		us, err := newContact(c, c.admin, store.ContactNew{Name: "Bob", Phone: "+1 415 555 0100"}) // P4
		if err != nil || us.Phone != "14155550100" {
			t.Errorf("P4: %q %v", us.Phone, err)
		}
	})
}

func TestD03_FieldsAreValidatedTogether(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		_, err := newContact(c, c.admin, store.ContactNew{Name: "X", Email: "nope", Document: "111.111.111-11",
			BirthDate: "2027-01-01", Tags: []desk.ID{1}, OwnerUserID: 2,
			Extra: []desk.ExtraField{{Key: "Cidade", Value: "a"}, {Key: "cidade", Value: "b"}}})
		for location, want := range map[string]desk.Code{
			"body.name": desk.CodeTooShort, "body.email": desk.CodeInvalidEmail, "body.document": desk.CodeInvalidDocument,
			"body.birth_date": desk.CodeInvalid, "body.tags": desk.CodeUnknownReference,
			"body.owner_user_id": desk.CodeUnknownReference, "body.extra": desk.CodeInvalid,
		} {
			field(t, err, location, want)
		}
		_, err = newContact(c, c.admin, store.ContactNew{Name: "Sem endereço"})
		field(t, err, "body.phone", desk.CodeRequired)
		x, err := newContact(c, c.admin, store.ContactNew{Name: "Rita", Email: "rita@x.com", Document: "529.982.247-25",
			BirthDate: "1990-02-28", Extra: []desk.ExtraField{{Key: " Cidade ", Value: " Recife "}}})
		if err != nil || x.Document != "52998224725" || x.Extra[0] != (desk.ExtraField{Key: "Cidade", Value: "Recife"}) {
			t.Fatalf("%+v %v", x, err)
		}
		got, err := c.Contact(c.read(), c.id, x.ID)
		if err != nil || got.BirthDate != "1990-02-28" || len(got.Extra) != 1 || !got.AcceptsMarketing {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestD03_EventsHoldNoPersonalData(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		x, err := newContact(c, c.admin, store.ContactNew{Name: "Rita", Phone: "11 98765-4321"})
		if err != nil {
			t.Fatal(err)
		}
		c.takeEvents()
		if _, err := updateContact(c, c.admin, x.ID, store.ContactPatch{Name: ptr("Rita Lee"), Phone: ptr("11 91234-5678"),
			Email: ptr("rita@x.com"), Blocked: ptr(true), Extra: &[]desk.ExtraField{{Key: "a", Value: "b"}}}); err != nil {
			t.Fatal(err)
		}
		want := `{"blocked":[false,true],"email":[],"extra":[],"name":[],"phone":[]}`
		if e := c.onlyEvent(); changed(e) != want || e.Type != desk.EvContactUpdated {
			t.Errorf("event %s %s", e.Type, changed(e))
		}
	})
}

func TestD03_ChangedAddressesFollowTheContact(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		rita := c.resolve(store.Sender{Phone: "551187654321", Name: "Rita"}).Contact
		zeca := c.resolve(store.Sender{Phone: "5511911111111", Name: "Zeca"}).Contact
		_, err := updateContact(c, c.admin, rita.ID, store.ContactPatch{Phone: ptr("11 91111-1111")})
		code(t, err, desk.Conflict, desk.CodePhoneTaken)
		if got := param(err, "contact_id"); got != zeca.ID.String() {
			t.Errorf("existing contact %v", got)
		}
		before, _ := c.Identities(c.read(), c.id, rita.ID)
		if _, err := updateContact(c, c.admin, rita.ID, store.ContactPatch{Phone: ptr("11 92222-2222")}); err != nil {
			t.Fatal(err)
		}
		after, err := c.Identities(c.read(), c.id, rita.ID)
		if err != nil || len(after) != 1 || after[0].ID != before[0].ID || after[0].Address != "5511922222222" {
			t.Errorf("identities %+v %v", after, err)
		}
		if r := c.resolve(store.Sender{Phone: "551187654321"}); r.Contact.ID == rita.ID {
			t.Error("the old number still leads to her")
		}
		// The last address can't be taken away.
		_, err = updateContact(c, c.admin, rita.ID, store.ContactPatch{Phone: ptr("")})
		field(t, err, "body.phone", desk.CodeRequired)
		x, err := updateContact(c, c.admin, rita.ID, store.ContactPatch{Phone: ptr(""), Email: ptr("rita@x.com")})
		if err != nil || x.Phone != "" {
			t.Errorf("%+v %v", x, err)
		}
		if found, isNew, err := ensureContact(c, c.admin, store.ContactNew{Name: "Rita", Email: "rita@x.com"}); err != nil || isNew || found.ID != rita.ID {
			t.Errorf("%+v %v", found, err)
		}
	})
}

func TestD03_WalletRule(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		ana, bruno := c.user("Ana", desk.RoleUser), c.user("Bruno", desk.RoleUser)
		mine, err := newContact(c, ana, store.ContactNew{Name: "Da Ana", Phone: "11 91111-1111", OwnerUserID: ana.UserID})
		if err != nil {
			t.Fatal(err)
		}
		free, err := newContact(c, c.admin, store.ContactNew{Name: "De ninguém", Phone: "11 92222-2222"})
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := newContact(c, c.admin, store.ContactNew{Name: "Do Bruno", Phone: "11 93333-3333", OwnerUserID: bruno.UserID})
		if err != nil {
			t.Fatal(err)
		}
		write(c, func(tx *dbx.Tx) (desk.Settings, error) {
			return c.PatchSettings(tx, c.admin, patch(`{"users_only_own_wallet": true}`))
		})
		ana = c.viewer(ana.UserID)
		for _, q := range []string{"", "11 9"} {
			page, err := c.Contacts(c.read(), ana, store.ContactFilter{}, store.List{Q: q})
			if err != nil || !slices.Equal(idsOf(page.Items), []desk.ID{mine.ID, free.ID}) {
				t.Errorf("q=%q: %v %v", q, page.Items, err)
			}
		}
		if _, err := c.VisibleContact(c.read(), ana, theirs.ID); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("another's contact is readable: %v", err)
		}
		_, err = updateContact(c, ana, theirs.ID, store.ContactPatch{Name: ptr("Roubado")})
		code(t, err, desk.NotFound, desk.CodeNotFound)
		_, err = newContact(c, ana, store.ContactNew{Name: "Igual", Phone: "11 93333-3333"})
		code(t, err, desk.Conflict, desk.CodePhoneTaken)
		if got := param(err, "contact_id"); got != nil {
			t.Errorf("the clash tells of a contact she may not see: %v", got)
		}
		_, _, err = ensureContact(c, ana, store.ContactNew{Name: "Igual", Phone: "11 93333-3333"})
		code(t, err, desk.Forbidden, desk.CodeForbidden)
		// C30: a user takes an unowned contact or releases her own, no more.
		_, err = updateContact(c, ana, free.ID, store.ContactPatch{OwnerUserID: ptr(bruno.UserID)})
		code(t, err, desk.Forbidden, desk.CodeForbidden)
		for _, owner := range []desk.ID{ana.UserID, 0} {
			if x, err := updateContact(c, ana, free.ID, store.ContactPatch{OwnerUserID: ptr(owner)}); err != nil || x.OwnerUserID != owner {
				t.Errorf("owner %v: %+v %v", owner, x, err)
			}
		}
	})
}

func idsOf(list []desk.Contact) []desk.ID {
	ids := make([]desk.ID, len(list))
	for i, x := range list {
		ids[i] = x.ID
	}
	return ids
}

func TestC30_OwnerIsCopiedToEveryTicket(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		conn := c.mustConnection("Loja")
		ana := c.user("Ana", desk.RoleUser)
		x := c.resolve(store.Sender{Phone: "5511987654321"}).Contact
		var ids []desk.ID
		for range 41 {
			ticket := c.ticket(x.ID, conn.ID, 0, 0)
			ids = append(ids, ticket.ID)
			c.must(func(tx *dbx.Tx) error {
				_, err := c.ChangeTicket(tx, c.id, ticket.ID, desk.System(), func(t *desk.Ticket, e *desk.Event) error {
					t.Status, e.Type = desk.Closed, desk.EvTicketClosed
					return nil
				})
				return err
			})
		}
		live := c.ticket(x.ID, conn.ID, 0, 0)
		if _, err := updateContact(c, c.admin, x.ID, store.ContactPatch{OwnerUserID: ptr(ana.UserID)}); err != nil {
			t.Fatal(err)
		}
		if got, err := c.VisibleTicket(c.read(), ana, live.ID); err != nil || got.WalletUserID != ana.UserID {
			t.Fatalf("live ticket: %+v %v", got, err)
		}
		jobs, err := c.DueJobs(c.read(), store.JobWallet, false, desk.TimeOf(c.Now()), 10)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("jobs for the rest: %v %v", jobs, err)
		}
		for more := true; more; {
			c.must(func(tx *dbx.Tx) error {
				var err error
				more, err = c.SpreadWallet(tx, c.id, x.ID)
				return err
			})
		}
		for _, id := range ids {
			if _, err := c.VisibleTicket(c.read(), ana, id); err != nil {
				t.Fatalf("ticket %s: %v", id, err)
			}
		}
	})
}

func TestB3_SearchByNameEmailAndDigits(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		x, err := newContact(c, c.admin, store.ContactNew{Name: "João Pão", Email: "joao@x.com", Phone: "11 98765-4321"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newContact(c, c.admin, store.ContactNew{Name: "Maria", Phone: "21 91234-0000"}); err != nil {
			t.Fatal(err)
		}
		find := func(q string) []desk.ID {
			page, err := c.Contacts(c.read(), c.admin, store.ContactFilter{}, store.List{Q: q})
			if err != nil {
				t.Fatal(err)
			}
			return idsOf(page.Items)
		}
		for _, q := range []string{"joao", "JOAO@x", "8765", "(11) 98765-4321", "pao", "87654321", "119876"} {
			if got := find(q); !slices.Equal(got, []desk.ID{x.ID}) {
				t.Errorf("%q found %v", q, got)
			}
		}
		for _, q := range []string{"pedro", "5555", "%", "joao maria"} {
			if got := find(q); len(got) != 0 {
				t.Errorf("%q found %v", q, got)
			}
		}
		if _, err := updateContact(c, c.admin, x.ID, store.ContactPatch{Name: ptr("Pedro"), Phone: ptr("11 95555-0000")}); err != nil {
			t.Fatal(err)
		}
		if got := find("pedro 5555"); len(got) != 1 {
			t.Errorf("the new name and number find %v", got)
		}
		if got := find("8765"); len(got) != 0 {
			t.Errorf("the old number finds %v", got)
		}
	})
}

func TestD03_ListPagesAndFilters(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		tag := write(c, func(tx *dbx.Tx) (desk.Tag, error) {
			return c.CreateTag(tx, c.admin, store.TagNew{Name: "VIP", Color: "#ff0000"})
		})
		conn := c.mustConnection("Loja")
		for i := range 7 {
			in := store.ContactNew{Name: fmt.Sprintf("Cliente %d", i), Phone: fmt.Sprintf("%d 9%d234-5678", 11+10*(i%2), i)}
			if i == 3 {
				in.Tags, in.OwnerUserID = []desk.ID{tag.ID}, c.admin.UserID
			}
			x, err := newContact(c, c.admin, in)
			if err != nil {
				t.Fatal(err)
			}
			if i == 5 {
				c.ticket(x.ID, conn.ID, 0, 0)
				if _, err := updateContact(c, c.admin, x.ID, store.ContactPatch{Blocked: ptr(true)}); err != nil {
					t.Fatal(err)
				}
			}
		}
		list := func(f store.ContactFilter) (names []string) {
			l := store.List{Limit: 3}
			for {
				page, err := c.Contacts(c.read(), c.admin, f, l)
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range page.Items {
					names = append(names, x.Name[len(x.Name)-1:])
				}
				if l.Cursor = page.Next; l.Cursor == "" {
					return names
				}
			}
		}
		for _, check := range []struct {
			name string
			f    store.ContactFilter
			want []string
		}{
			{"all", store.ContactFilter{}, []string{"0", "1", "2", "3", "4", "5", "6"}},
			{"tag", store.ContactFilter{Tags: []desk.ID{tag.ID}}, []string{"3"}},
			{"owner", store.ContactFilter{Owners: []desk.ID{c.admin.UserID}}, []string{"3"}},
			{"unowned in RJ", store.ContactFilter{Unowned: true, States: []string{"RJ"}}, []string{"1", "5"}},
			{"channel", store.ContactFilter{Channels: []desk.ChannelKind{desk.WhatsAppOfficial}}, []string{"5"}},
			{"other channel", store.ContactFilter{Channels: []desk.ChannelKind{desk.SMS}}, nil},
			{"blocked", store.ContactFilter{Blocked: ptr(true)}, []string{"5"}},
			{"unknown state", store.ContactFilter{States: []string{"XX"}}, nil},
		} {
			if got := list(check.f); !slices.Equal(got, check.want) {
				t.Errorf("%s: %v, want %v", check.name, got, check.want)
			}
		}
	})
}

func TestA3_EnsureContactReusesAndCompletes(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		bare := c.resolve(store.Sender{Phone: "5511987654321"}).Contact
		x, isNew, err := ensureContact(c, c.admin, store.ContactNew{Name: "Rita", Phone: "11 98765-4321", Email: "rita@x.com"})
		if err != nil || isNew || x.ID != bare.ID || x.Name != "Rita" || x.Email != "rita@x.com" {
			t.Errorf("%+v %v %v", x, isNew, err)
		}
		// Only the address is known: the number becomes hers.
		mail, err := newContact(c, c.admin, store.ContactNew{Name: "Zeca", Email: "zeca@x.com"})
		if err != nil {
			t.Fatal(err)
		}
		x, isNew, err = ensureContact(c, c.admin, store.ContactNew{Name: "José", Phone: "11 91111-1111", Email: "zeca@x.com"})
		if err != nil || isNew || x.ID != mail.ID || x.Name != "Zeca" || x.Phone != "5511911111111" {
			t.Errorf("%+v %v %v", x, isNew, err)
		}
		if r := c.resolve(store.Sender{Phone: "5511911111111"}); r.Contact.ID != mail.ID {
			t.Errorf("the number leads to %v", r.Contact.ID)
		}
		// The address belongs to somebody with another number: two people.
		x, isNew, err = ensureContact(c, c.admin, store.ContactNew{Name: "Filha", Phone: "11 92222-2222", Email: "zeca@x.com"})
		if err != nil || !isNew || x.ID == mail.ID || x.Email != "" {
			t.Errorf("%+v %v %v", x, isNew, err)
		}
		// B2: without a name the number is the name, until a better one is known.
		x, isNew, err = ensureContact(c, c.admin, store.ContactNew{Phone: "(21) 97777-7777"})
		if err != nil || !isNew || x.Name != "5521977777777" {
			t.Errorf("%+v %v %v", x, isNew, err)
		}
		if r := c.resolve(store.Sender{Phone: "5521977777777", Name: "Gil"}); r.Contact.Name != "Gil" {
			t.Errorf("%+v", r.Contact)
		}
		_, _, err = ensureContact(c, c.admin, store.ContactNew{Name: "Ninguém"})
		field(t, err, "body.phone", desk.CodeRequired)
	})
}
