package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func updateConnection(c *company, id desk.ID, p store.ConnectionPatch) (desk.Connection, error) {
	return try(c, func(tx *dbx.Tx) (desk.Connection, error) { return c.UpdateConnection(tx, c.admin, id, p) })
}

func deleteConnection(c *company, id desk.ID) error {
	return c.do(func(tx *dbx.Tx) error { return c.DeleteConnection(tx, c.admin, id) })
}

// defaults returns the ids of an account's default connections.
func defaults(c *company) []desk.ID {
	page, err := c.Connections(c.read(), c.id, store.ConnectionList{})
	if err != nil {
		c.t.Fatal(err)
	}
	var ids []desk.ID
	for _, x := range page.Items {
		if x.IsDefault {
			ids = append(ids, x.ID)
		}
	}
	return ids
}

func TestE3_ExactlyOneDefaultConnection(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		a := c.mustConnection("Alfa") // asked for as not default
		if !a.IsDefault {
			t.Error("the first connection is not the default")
		}
		b := c.mustConnection("Bravo")
		if b.IsDefault {
			t.Error("the second became default unasked")
		}
		_, err := updateConnection(c, a.ID, store.ConnectionPatch{Default: ptr(false)})
		code(t, err, desk.Invalid, desk.CodeDefaultRequired)
		_, err = updateConnection(c, a.ID, store.ConnectionPatch{Active: ptr(false)})
		code(t, err, desk.Invalid, desk.CodeDefaultRequired)
		code(t, deleteConnection(c, a.ID), desk.Invalid, desk.CodeDefaultRequired)

		c.takeEvents()
		if _, err := updateConnection(c, b.ID, store.ConnectionPatch{Default: ptr(true)}); err != nil {
			t.Fatal(err)
		}
		if got := defaults(c); !slices.Equal(got, []desk.ID{b.ID}) {
			t.Errorf("defaults %v, want %v", got, b.ID)
		}
		if list := c.takeEvents(); len(list) != 2 || list[0].EntityID != a.ID || changed(list[0]) != `{"default":[true,false]}` {
			t.Errorf("events %+v", list)
		}
		if err := deleteConnection(c, a.ID); err != nil {
			t.Error(err)
		}
		if err := deleteConnection(c, b.ID); err != nil {
			t.Errorf("the last connection can't be deleted: %v", err)
		}
		if c2 := c.mustConnection("Nova"); !c2.IsDefault {
			t.Error("the first connection after all were deleted is not the default")
		}
	})
}

func TestE3_ParallelSetDefaultLeavesExactlyOne(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		ids := []desk.ID{c.mustConnection("Um").ID, c.mustConnection("Dois").ID, c.mustConnection("Três").ID}
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				if _, err := updateConnection(c, ids[i%3], store.ConnectionPatch{Default: ptr(true)}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := defaults(c); len(got) != 1 {
			t.Errorf("defaults %v", got)
		}
	})
}

func TestE3_ParallelFirstConnections(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				if _, err := c.connection(fmt.Sprint("Linha ", i), store.ConnectionNew{}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := defaults(c); len(got) != 1 {
			t.Errorf("defaults %v", got)
		}
	})
}

// Whatever is done to connections, there is one default as long as there are
// connections, and it is active unless it is the only one.
func TestE3_DefaultInvariantHolds(t *testing.T) {
	db, n := testkit.SQLite(t), 0 // what only PostgreSQL could break, parallel writes, has tests of its own
	rapid.Check(t, func(rt *rapid.T) {
		n++
		c := newCompany(t, db, fmt.Sprint(n))
		var ids []desk.ID
		rt.Repeat(map[string]func(*rapid.T){
			"create": func(rt *rapid.T) {
				x, err := c.connection(fmt.Sprint("Linha ", rand.Int64()), store.ConnectionNew{Default: rapid.Bool().Draw(rt, "default")})
				if err != nil {
					rt.Fatal(err)
				}
				ids = append(ids, x.ID)
			},
			"update": func(rt *rapid.T) {
				if len(ids) == 0 {
					rt.Skip()
				}
				p := store.ConnectionPatch{}
				if rapid.Bool().Draw(rt, "names default") {
					p.Default = ptr(rapid.Bool().Draw(rt, "default"))
				}
				if rapid.Bool().Draw(rt, "names active") {
					p.Active = ptr(rapid.Bool().Draw(rt, "active"))
				}
				if _, err := updateConnection(c, rapid.SampledFrom(ids).Draw(rt, "id"), p); err != nil && desk.CodeOf(err) == "" {
					rt.Fatal(err)
				}
			},
			"delete": func(rt *rapid.T) {
				if len(ids) == 0 {
					rt.Skip()
				}
				id := rapid.SampledFrom(ids).Draw(rt, "id")
				if err := deleteConnection(c, id); err == nil {
					ids = slices.DeleteFunc(ids, func(x desk.ID) bool { return x == id })
				} else if desk.CodeOf(err) != desk.CodeDefaultRequired {
					rt.Fatal(err)
				}
			},
			"": func(rt *rapid.T) {
				got := defaults(c)
				if want := min(len(ids), 1); len(got) != want {
					rt.Fatalf("%d defaults of %d connections", len(got), len(ids))
				}
				if len(ids) > 1 {
					if x, err := c.Connection(c.read(), c.id, got[0]); err != nil || !x.Active {
						rt.Fatalf("the default is inactive beside others: %v", err)
					}
				}
			},
		})
	})
}

func TestE2_E5_NamesAndNumbersAreUnique(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		a := c.mustConnection("Loja")
		_, err := c.connection(" LÓJA ", store.ConnectionNew{})
		code(t, err, desk.Conflict, desk.CodeNameTaken)
		field(t, err, "body.name", desk.CodeNameTaken)
		_, err = c.connection("Outra", store.ConnectionNew{ExternalID: a.ExternalID})
		code(t, err, desk.Invalid, desk.CodeNumberInUse)
		b := c.mustConnection("Outra")
		_, err = updateConnection(c, b.ID, store.ConnectionPatch{ExternalID: ptr(a.ExternalID)})
		code(t, err, desk.Invalid, desk.CodeNumberInUse)
		// Without an external id any number may stand beside each other.
		for _, name := range []string{"Sem id 1", "Sem id 2"} {
			if _, err := c.connection(name, store.ConnectionNew{}); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestEIni_AtMostOneInitialQueue(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		a, b := c.queue("Vendas"), c.queue("Suporte")
		_, err := c.connection("Loja", store.ConnectionNew{Queues: []desk.ID{a.ID, b.ID}})
		field(t, err, "body.queues", desk.CodeOneQueue)
		x, err := c.connection("Loja", store.ConnectionNew{Queues: []desk.ID{a.ID}})
		if err != nil || !slices.Equal(x.Queues, []desk.ID{a.ID}) {
			t.Fatalf("%v %v", x.Queues, err)
		}
		c.takeEvents()
		if x, err = updateConnection(c, x.ID, store.ConnectionPatch{Queues: &[]desk.ID{b.ID}}); err != nil {
			t.Fatal(err)
		}
		if e := c.onlyEvent(); changed(e) != fmt.Sprintf(`{"queues":[["%s"],["%s"]]}`, a.ID, b.ID) {
			t.Errorf("changes %s", changed(e))
		}
		if x, err = updateConnection(c, x.ID, store.ConnectionPatch{Queues: &[]desk.ID{}}); err != nil || len(x.Queues) != 0 {
			t.Errorf("%v %v", x.Queues, err)
		}
		_, err = updateConnection(c, x.ID, store.ConnectionPatch{Queues: &[]desk.ID{12345}})
		field(t, err, "body.queues", desk.CodeUnknownReference)
	})
}

func TestD17a_SecretsAreRecordedByNameOnly(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		x, err := c.connection("Loja", store.ConnectionNew{Secrets: []string{"access_token"},
			Settings: map[string]string{"access_token": "sealed-1", "graph_url": "https://a"}})
		if err != nil {
			t.Fatal(err)
		}
		c.takeEvents()
		x, err = updateConnection(c, x.ID, store.ConnectionPatch{Secrets: []string{"access_token"},
			Settings: map[string]string{"access_token": "sealed-2", "graph_url": "https://b"}})
		if err != nil || x.Settings["access_token"] != "sealed-2" {
			t.Fatalf("%v %v", x.Settings, err)
		}
		e := c.onlyEvent()
		if got := changed(e); got != `{"settings.access_token":[],"settings.graph_url":["https://a","https://b"]}` {
			t.Errorf("changes %s", got)
		}
		// What a patch does not name stays; "" removes.
		x, err = updateConnection(c, x.ID, store.ConnectionPatch{Settings: map[string]string{"graph_url": ""}})
		if err != nil || len(x.Settings) != 1 || x.Settings["access_token"] != "sealed-2" {
			t.Errorf("%v %v", x.Settings, err)
		}
		second := c.mustConnection("Segunda")
		if _, err := updateConnection(c, second.ID, store.ConnectionPatch{Default: ptr(true)}); err != nil {
			t.Fatal(err)
		}
		if err := deleteConnection(c, x.ID); err != nil {
			t.Fatal(err)
		}
		for _, row := range sealed(c) {
			if row.ConnectionID == x.ID && len(row.Settings) != 0 {
				t.Errorf("a deleted connection keeps %v", row.Settings)
			}
		}
	})
}

func sealed(c *company) []store.SealedSettings {
	list, err := c.SealedSettingsAfter(c.read(), 0, 100)
	if err != nil {
		c.t.Fatal(err)
	}
	return list
}

func TestD17_DeleteWithALiveTicketIsRefused(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		conn := c.mustConnection("Loja")
		contact := c.resolve(store.Sender{Phone: "5511987654321"}).Contact
		c.ticket(contact.ID, conn.ID, 0, 0)
		code(t, deleteConnection(c, conn.ID), desk.Invalid, desk.CodeInUse)
		sup := c.user("Sara", desk.RoleSupervisor)
		err := c.do(func(tx *dbx.Tx) error { return c.DeleteConnection(tx, sup, conn.ID) })
		code(t, err, desk.Forbidden, desk.CodeForbidden)
	})
}

func TestE3_DefaultForSendingFollowsUserThenAccountThenKind(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		a, b := c.mustConnection("Alfa"), c.mustConnection("Bravo")
		v := c.user("Ana", desk.RoleUser)
		pick := func(v *desk.Viewer, preferred desk.ID, kind desk.ChannelKind) desk.ID {
			x, err := c.DefaultConnection(c.read(), v, preferred, kind)
			if err != nil {
				t.Fatal(err)
			}
			return x.ID
		}
		if got := pick(v, b.ID, ""); got != b.ID {
			t.Error("her own default did not win")
		}
		if got := pick(v, 0, desk.WhatsAppOfficial); got != a.ID {
			t.Error("the account's default was not taken")
		}
		if _, err := c.DefaultConnection(c.read(), v, 0, desk.SMS); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("a default of a kind without connections: %v", err)
		}
		if _, err := updateUser(c, c.admin, v.UserID, store.UserPatch{Connections: &[]desk.ID{b.ID}}); err != nil {
			t.Fatal(err)
		}
		if got := pick(c.viewer(v.UserID), 0, ""); got != b.ID {
			t.Error("a connection outside her allowed ones was taken")
		}
	})
}

func TestD17_StateIsAnEventOnlyWhenItChanges(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		conn := c.mustConnection("Loja")
		c.takeEvents()
		health := store.ConnectionHealth{State: desk.Connected, Identifier: "+55 11 4000-0001", Details: map[string]string{"quality": "GREEN"}}
		set := func(h store.ConnectionHealth) desk.Connection {
			return write(c, func(tx *dbx.Tx) (desk.Connection, error) {
				return c.SetConnectionHealth(tx, c.id, conn.ID, desk.System(), h)
			})
		}
		if x := set(health); x.State != desk.Connected || x.Health["quality"] != "GREEN" || x.CheckedAt == 0 {
			t.Errorf("connection %+v", x)
		}
		if e := c.onlyEvent(); e.Type != desk.EvConnectionState || e.Data["state"] != desk.Connected {
			t.Errorf("event %+v", e)
		}
		c.clock.Advance(60e9)
		if x := set(health); x.CheckedAt != desk.TimeOf(c.Now()) {
			t.Error("the time of the check was not kept")
		}
		if list := c.takeEvents(); len(list) != 0 {
			t.Errorf("events %v without a change", list)
		}
		set(store.ConnectionHealth{Details: map[string]string{"quality": "RED", "tier": "1K"}})
		if e := c.onlyEvent(); e.Type != desk.EvConnectionUpdated {
			t.Errorf("event %s", e.Type)
		}
		set(store.ConnectionHealth{State: desk.AuthFailed, Reason: "token_expired", Details: map[string]string{"tier": ""}})
		x, err := c.Connection(c.read(), c.id, conn.ID)
		if err != nil || x.State != desk.AuthFailed || x.StateReason != "token_expired" || len(x.Health) != 1 || x.Identifier == "" {
			t.Errorf("connection %+v %v", x, err)
		}
	})
}

func TestPublicKeyHas128Bits(t *testing.T) {
	key, err := store.PublicKey(strings.NewReader("0123456789abcdef"))
	if err != nil || len(key) != 26 || strings.ToLower(key) != key {
		t.Errorf("%q %v", key, err)
	}
	if _, err := store.PublicKey(strings.NewReader("short")); err == nil {
		t.Error("a short source of randomness passed")
	}
}

// Deleting the only connection somebody is limited to must not open all the
// others to her: an empty list means all.
func TestV4_DeletingTheOnlyAllowedConnectionGrantsNothing(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		_, b := c.mustConnection("Alfa"), c.mustConnection("Bravo")
		d := c.mustConnection("Delta")
		ana := c.user("Ana", desk.RoleUser)
		if _, err := updateUser(c, c.admin, ana.UserID, store.UserPatch{Connections: &[]desk.ID{b.ID, d.ID}}); err != nil {
			t.Fatal(err)
		}
		reaches := func() (list []desk.ID) {
			v, _, err := c.Viewer(c.read(), c.id, ana.UserID)
			if err != nil {
				t.Fatal(err)
			}
			return v.Connections
		}
		if err := deleteConnection(c, d.ID); err != nil {
			t.Fatal(err)
		}
		if got := reaches(); !slices.Equal(got, []desk.ID{b.ID}) {
			t.Errorf("reaches %v, want only %v", got, b.ID)
		}
		if err := deleteConnection(c, b.ID); err != nil {
			t.Fatal(err)
		}
		if got := reaches(); len(got) == 0 {
			t.Error("she reaches every connection now")
		}
	})
}
