package store_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

func newUser(c *company, by *desk.Viewer, in store.UserNew) (desk.User, error) {
	return try(c, func(tx *dbx.Tx) (desk.User, error) { return c.CreateUser(tx, by, in) })
}

func updateUser(c *company, by *desk.Viewer, id desk.ID, p store.UserPatch) (desk.User, error) {
	return try(c, func(tx *dbx.Tx) (desk.User, error) { return c.UpdateUser(tx, by, id, p) })
}

func TestE9_DuplicateEmailInOtherCaseIsAConflict(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		bia := c.user("Bia", desk.RoleUser)
		_, err := newUser(c, c.admin, store.UserNew{Name: "Outra Bia", Email: " BIA@Aurora.Example ", PasswordHash: "y"})
		code(t, err, desk.Conflict, desk.CodeEmailTaken)
		field(t, err, "body.email", desk.CodeEmailTaken)

		carla := c.user("Carla", desk.RoleUser)
		_, err = updateUser(c, c.admin, carla.UserID, store.UserPatch{Email: ptr("BIA@aurora.example")})
		code(t, err, desk.Conflict, desk.CodeEmailTaken)

		// The refused creation did not touch Bia's password.
		p, err := c.PersonOf(c.read(), c.id, bia.UserID)
		if err != nil || p.PasswordHash != "x" {
			t.Errorf("person %+v %v", p, err)
		}
	})
}

func TestE8_PhoneIsStoredAsDigitsWithCountryCode(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		u, err := newUser(c, c.admin, store.UserNew{Name: "Duda", Email: "duda@aurora.example", PasswordHash: "x", Phone: "(11) 98765-4321"})
		if err != nil || u.Phone != "5511987654321" {
			t.Fatalf("phone %q %v", u.Phone, err)
		}
		_, err = updateUser(c, c.admin, u.ID, store.UserPatch{Phone: ptr("987654321")})
		field(t, err, "body.phone", desk.CodeInvalidPhone)
		c.takeEvents()
		if _, err := updateUser(c, c.admin, u.ID, store.UserPatch{Phone: ptr("")}); err != nil {
			t.Fatal(err)
		}
		if e := c.onlyEvent(); changed(e) != `{"phone":[]}` {
			t.Errorf("a private number in the event: %s", changed(e))
		}
	})
}

func TestE10_R2_SupervisorsManageOnlyOrdinaryUsers(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		sup, ana := c.user("Sara", desk.RoleSupervisor), c.user("Ana", desk.RoleUser)
		for _, role := range []desk.Role{desk.RoleAdmin, desk.RoleSupervisor} {
			_, err := newUser(c, sup, store.UserNew{Name: "Novo", Email: "novo@aurora.example", PasswordHash: "x", Role: role})
			code(t, err, desk.Forbidden, desk.CodeForbidden)
			_, err = updateUser(c, sup, ana.UserID, store.UserPatch{Role: ptr(role)})
			code(t, err, desk.Forbidden, desk.CodeForbidden)
		}
		if _, err := newUser(c, sup, store.UserNew{Name: "Novo", Email: "novo@aurora.example", PasswordHash: "x"}); err != nil {
			t.Errorf("a supervisor may not create a user: %v", err)
		}
		_, err := updateUser(c, sup, c.admin.UserID, store.UserPatch{Name: ptr("Chefe")})
		code(t, err, desk.Forbidden, desk.CodeForbidden)
		_, err = updateUser(c, ana, ana.UserID, store.UserPatch{Name: ptr("Outra")})
		code(t, err, desk.Forbidden, desk.CodeForbidden)
		// Nor may she raise herself.
		_, err = updateUser(c, sup, sup.UserID, store.UserPatch{Role: ptr(desk.RoleAdmin)})
		code(t, err, desk.Forbidden, desk.CodeForbidden)
		err = c.do(func(tx *dbx.Tx) error { return c.DeleteUser(tx, sup, ana.UserID) })
		code(t, err, desk.Forbidden, desk.CodeForbidden)
		_, err = newUser(c, c.admin, store.UserNew{Name: "Novo", Email: "n2@aurora.example", PasswordHash: "x", Role: "owner"})
		if err == nil {
			t.Error("an unknown role was stored")
		}
	})
}

func TestR3_LastActiveAdministratorStays(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		id := c.admin.UserID
		_, err := updateUser(c, c.admin, id, store.UserPatch{Role: ptr(desk.RoleUser)})
		code(t, err, desk.Invalid, desk.CodeLastAdmin)
		_, err = updateUser(c, c.system, id, store.UserPatch{Active: ptr(false)})
		code(t, err, desk.Invalid, desk.CodeLastAdmin)
		err = c.do(func(tx *dbx.Tx) error { return c.DeleteUser(tx, c.system, id) })
		code(t, err, desk.Invalid, desk.CodeLastAdmin)

		second := c.user("Beto", desk.RoleAdmin)
		if _, err := updateUser(c, second, second.UserID, store.UserPatch{Active: ptr(false)}); err != nil {
			t.Fatal(err)
		}
		_, err = updateUser(c, c.admin, id, store.UserPatch{Role: ptr(desk.RoleSupervisor)})
		code(t, err, desk.Invalid, desk.CodeLastAdmin) // the other one is inactive
	})
}

func TestR3_TwoAdministratorsDemotedAtOnce(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		second := c.user("Beto", desk.RoleAdmin)
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, id := range []desk.ID{c.admin.UserID, second.UserID} {
			wg.Go(func() { _, errs[i] = updateUser(c, c.system, id, store.UserPatch{Role: ptr(desk.RoleUser)}) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("errors %v", errs)
		}
		page, err := c.Users(c.read(), c.id, store.UserList{Role: desk.RoleAdmin, OnlyActive: true})
		if err != nil || len(page.Items) != 1 {
			t.Errorf("%d administrators left, %v", len(page.Items), err)
		}
	})
}

func TestE11_V2_MembershipCountsAtOnce(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		sales, support := c.queue("Vendas"), c.queue("Suporte")
		ana := c.user("Ana", desk.RoleUser, sales.ID)
		if !slices.Equal(ana.Queues, []desk.ID{sales.ID}) {
			t.Fatalf("queues %v", ana.Queues)
		}
		c.takeEvents()
		if _, err := updateUser(c, c.admin, ana.UserID, store.UserPatch{Queues: &[]desk.ID{support.ID, sales.ID, sales.ID}}); err != nil {
			t.Fatal(err)
		}
		e := c.onlyEvent()
		if e.Type != desk.EvUserUpdated || e.EntityID != ana.UserID {
			t.Errorf("event %+v", e)
		}
		if got := c.viewer(ana.UserID); !got.InQueue(support.ID) || !got.InQueue(sales.ID) || len(got.Queues) != 2 {
			t.Errorf("queues %v", got.Queues)
		}
		// Naming the same queues again changes nothing.
		if _, err := updateUser(c, c.admin, ana.UserID, store.UserPatch{Queues: &[]desk.ID{sales.ID, support.ID}}); err != nil {
			t.Fatal(err)
		}
		if list := c.takeEvents(); len(list) != 0 {
			t.Errorf("events %v", list)
		}
		_, err := updateUser(c, c.admin, ana.UserID, store.UserPatch{Queues: &[]desk.ID{sales.ID, 42}})
		field(t, err, "body.queues", desk.CodeUnknownReference)
	})
}

func TestE12_E13_DefaultConnectionIsAmongTheAllowed(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		c1, c2 := c.mustConnection("Um"), c.mustConnection("Dois")
		ana := c.user("Ana", desk.RoleUser)
		_, err := updateUser(c, c.admin, ana.UserID, store.UserPatch{Connections: &[]desk.ID{c1.ID}, DefaultConnectionID: ptr(c2.ID)})
		field(t, err, "body.default_connection_id", desk.CodeConnectionNotAllowed)
		u, err := updateUser(c, c.admin, ana.UserID, store.UserPatch{Connections: &[]desk.ID{c1.ID, c2.ID}, DefaultConnectionID: ptr(c2.ID)})
		if err != nil || u.DefaultConnectionID != c2.ID {
			t.Fatalf("%+v %v", u, err)
		}
		// Taken out of the allowed ones, it is no longer the default.
		u, err = updateUser(c, c.admin, ana.UserID, store.UserPatch{Connections: &[]desk.ID{c1.ID}})
		if err != nil || u.DefaultConnectionID != 0 {
			t.Errorf("default %v %v", u.DefaultConnectionID, err)
		}
		// With all allowed, any live connection will do; deleting it clears it.
		u, err = updateUser(c, c.admin, ana.UserID, store.UserPatch{Connections: &[]desk.ID{}, DefaultConnectionID: ptr(c2.ID)})
		if err != nil || u.DefaultConnectionID != c2.ID {
			t.Fatalf("%+v %v", u, err)
		}
		c.must(func(tx *dbx.Tx) error { return c.DeleteConnection(tx, c.admin, c2.ID) })
		if u, err = c.User(c.read(), c.id, ana.UserID); err != nil || u.DefaultConnectionID != 0 {
			t.Errorf("default %v %v", u.DefaultConnectionID, err)
		}
		_, err = updateUser(c, c.admin, ana.UserID, store.UserPatch{DefaultConnectionID: ptr(c2.ID)})
		field(t, err, "body.default_connection_id", desk.CodeUnknownReference)
	})
}

func TestViewerJoinsDirectAndTeamQueues(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		a, b, d := c.queue("Alfa"), c.queue("Bravo"), c.queue("Delta")
		conn := c.mustConnection("Loja")
		ana := c.user("Ana", desk.RoleUser, a.ID, b.ID)
		write(c, func(tx *dbx.Tx) (desk.Team, error) {
			return c.CreateTeam(tx, c.admin, store.TeamNew{Name: "Noite", Members: []desk.ID{ana.UserID}, Queues: []desk.ID{b.ID, d.ID}})
		})
		if _, err := updateUser(c, c.admin, ana.UserID, store.UserPatch{Connections: &[]desk.ID{conn.ID}}); err != nil {
			t.Fatal(err)
		}
		write(c, func(tx *dbx.Tx) (desk.Settings, error) {
			return c.PatchSettings(tx, c.admin, patch(`{"hide_assigned_to_others": true}`))
		})
		v, u, err := c.Viewer(c.read(), c.id, ana.UserID)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(v.Queues, []desk.ID{a.ID, b.ID, d.ID}) || !slices.Equal(u.Queues, []desk.ID{a.ID, b.ID}) {
			t.Errorf("effective %v, direct %v", v.Queues, u.Queues)
		}
		if !slices.Equal(v.Connections, []desk.ID{conn.ID}) || v.Role != desk.RoleUser || !v.Rights.HideAssignedToOthers || v.Rights.HideBotTickets {
			t.Errorf("viewer %+v", v)
		}
		if u.Email != "ana@aurora.example" || len(u.Teams) != 1 {
			t.Errorf("user %+v", u)
		}
		if member, err := c.IsMember(c.read(), c.id, ana.UserID, d.ID); err != nil || !member {
			t.Errorf("not a member through the team: %v", err)
		}
		if _, err := updateUser(c, c.admin, ana.UserID, store.UserPatch{Active: ptr(false)}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Viewer(c.read(), c.id, ana.UserID); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("an inactive user is a viewer: %v", err)
		}
		if member, err := c.IsMember(c.read(), c.id, ana.UserID, d.ID); err != nil || member {
			t.Errorf("an inactive user is a member: %v", err)
		}
	})
}

func TestD23_DeactivatedUserReturnsHerOpenTickets(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		q := c.queue("Vendas")
		conn := c.mustConnection("Loja")
		ana := c.user("Ana", desk.RoleUser, q.ID)
		var ids []desk.ID
		for i := range 45 { // more than one transaction changes
			contact := c.resolve(store.Sender{UserID: "BR." + string(rune('A'+i))}).Contact
			ids = append(ids, c.ticket(contact.ID, conn.ID, q.ID, ana.UserID).ID)
		}
		c.must(func(tx *dbx.Tx) error {
			return c.StartSession(tx, store.Session{ID: c.IDs.Next(), AccountID: c.id, UserID: ana.UserID, SecretHash: "h",
				CreatedAt: desk.TimeOf(c.Now()), ExpiresAt: desk.TimeOf(c.Now()) + 1000})
		})
		if _, err := updateUser(c, c.admin, ana.UserID, store.UserPatch{Active: ptr(false)}); err != nil {
			t.Fatal(err)
		}
		jobs, err := c.DueJobs(c.read(), store.JobReleaseUser, false, desk.TimeOf(c.Now()), 10)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("jobs for the rest: %v %v", jobs, err)
		}
		for more := true; more; {
			c.must(func(tx *dbx.Tx) error {
				var err error
				more, err = c.ReleaseUser(tx, c.id, ana.UserID)
				return err
			})
		}
		for _, id := range ids {
			got, err := c.Ticket(c.read(), c.id, id)
			if err != nil || got.Status != desk.Pending || got.UserID != 0 || got.QueueID != q.ID {
				t.Fatalf("ticket %+v %v", got, err)
			}
		}
		if list, err := c.Sessions(c.read(), c.id, ana.UserID); err != nil || len(list) != 0 {
			t.Errorf("sessions %v %v", list, err)
		}
	})
}

func TestPersonWhoWorksElsewhereKeepsAddressAndPassword(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		ana := c.user("Ana", desk.RoleUser)
		other := write(c, func(tx *dbx.Tx) (desk.Account, error) {
			return c.CreateAccount(tx, store.AccountNew{Name: "Outra empresa"})
		})
		boss := store.Operator(other.ID)
		there, err := newUser(c, boss, store.UserNew{Name: "Ana", Email: "ana@aurora.example", PasswordHash: "stolen"})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []store.UserPatch{{PasswordHash: ptr("stolen")}, {Email: ptr("evil@example.com")}} {
			_, err = updateUser(c, boss, there.ID, p)
			code(t, err, desk.Invalid, desk.CodePersonShared)
		}
		p, err := c.PersonOf(c.read(), c.id, ana.UserID)
		if err != nil || p.PasswordHash != "x" || p.Email != "ana@aurora.example" {
			t.Errorf("person %+v %v", p, err)
		}
		list, err := c.Memberships(c.read(), p.ID)
		if err != nil || len(list) != 2 || list[0].AccountName != "Aurora Móveis" {
			t.Errorf("memberships %v %v", list, err)
		}
		// Once she works nowhere, a new user with her address starts afresh.
		for _, u := range []struct {
			by *desk.Viewer
			id desk.ID
		}{{boss, there.ID}, {c.admin, ana.UserID}} {
			c.must(func(tx *dbx.Tx) error { return c.DeleteUser(tx, u.by, u.id) })
		}
		if _, err := newUser(c, c.admin, store.UserNew{Name: "Ana", Email: "ana@aurora.example", PasswordHash: "fresh"}); err != nil {
			t.Fatal(err)
		}
		if p, err = c.PersonByEmail(c.read(), "ana@aurora.example"); err != nil || p.PasswordHash != "fresh" {
			t.Errorf("person %+v %v", p, err)
		}
	})
}

func TestC1_ProfileChangesOnlyWhatIsOnesOwn(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		q := c.queue("Vendas")
		ana := c.user("Ana", desk.RoleUser)
		prefs := desk.Preferences{Locale: "en", Theme: "dark", Density: "compact", Sound: false, Shortcuts: true}
		u, err := try(c, func(tx *dbx.Tx) (desk.User, error) {
			return c.UpdateMe(tx, ana, store.UserPatch{Name: ptr("Ana Lima"), Role: ptr(desk.RoleAdmin), Queues: &[]desk.ID{q.ID},
				Active: ptr(false), Signature: ptr("Ana"), Preferences: all(prefs)})
		})
		if err != nil {
			t.Fatal(err)
		}
		if u.Role != desk.RoleUser || len(u.Queues) != 0 || !u.Active || u.Name != "Ana Lima" || u.Signature != "Ana" {
			t.Errorf("user %+v", u)
		}
		if got, err := c.User(c.read(), c.id, ana.UserID); err != nil || got.Preferences != prefs {
			t.Errorf("preferences %+v %v", got.Preferences, err)
		}
		prefs.Theme = "pink"
		_, err = try(c, func(tx *dbx.Tx) (desk.User, error) {
			return c.UpdateMe(tx, ana, store.UserPatch{Preferences: all(prefs)})
		})
		field(t, err, "body.preferences.theme", desk.CodeInvalid)
	})
}

// all is the patch that names every preference.
func all(p desk.Preferences) store.PreferencesPatch {
	return store.PreferencesPatch{Locale: &p.Locale, Theme: &p.Theme, Density: &p.Density, Sound: &p.Sound, Shortcuts: &p.Shortcuts}
}

func TestUserListByNameSearchAndQueue(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		q := c.queue("Vendas")
		c.user("Zoé", desk.RoleUser, q.ID)
		c.user("Ágata", desk.RoleUser)
		var names []string
		l := store.UserList{List: store.List{Limit: 2}}
		for {
			page, err := c.Users(c.read(), c.id, l)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range page.Items {
				names = append(names, u.Name)
			}
			if l.Cursor = page.Next; l.Cursor == "" {
				break
			}
		}
		if !slices.Equal(names, []string{"Ágata", "Alice Admin", "Zoé"}) {
			t.Errorf("names %v", names)
		}
		page, err := c.Users(c.read(), c.id, store.UserList{List: store.List{Q: "zoe"}, QueueID: q.ID})
		if err != nil || len(page.Items) != 1 || !slices.Equal(page.Items[0].Queues, []desk.ID{q.ID}) {
			t.Errorf("search %v %v", page.Items, err)
		}
		for _, typed := range []string{"%", "_", `\`} {
			if page, err := c.Users(c.read(), c.id, store.UserList{List: store.List{Q: typed}}); err != nil || len(page.Items) != 0 {
				t.Errorf("%q found %d users, %v", typed, len(page.Items), err)
			}
		}
	})
}
