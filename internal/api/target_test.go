package api

import (
	"slices"
	"strconv"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestC13_TargetsAreActiveQueuesWithTheirMembers(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		night := w.call(w.elisa, "POST", "/queues", map[string]any{"name": "Noite", "color": "#112233"}).want(201).str("id")
		closed := w.call(w.elisa, "POST", "/queues", map[string]any{"name": "Antiga", "color": "#112233"}).want(201).str("id")
		w.call(w.elisa, "PATCH", "/queues/"+closed, map[string]any{"active": false}).want(200)
		team := func(name string, queues []string, members ...desk.ID) {
			var list []string
			for _, m := range members {
				list = append(list, m.String())
			}
			w.call(w.elisa, "POST", "/teams", map[string]any{"name": name, "members": list, "queues": queues, "leader_id": list[0]}).want(201)
		}
		team("Plantão", []string{night, w.vendas.String()}, w.bruno.id, w.ana.id)
		team("Apoio", []string{night, closed}, w.bruno.id, w.bia.id)
		w.call(w.elisa, "PATCH", "/users/"+w.bia.id.String(), map[string]any{"active": false}).want(200)

		before := db.Stats()
		got := w.call(w.ana, "GET", "/transfer-targets", nil).want(200)
		few := db.Stats().Minus(before).Statements
		members := map[string][]string{}
		for i := range got.len("items") {
			name := got.str("items", i, "name")
			members[name] = []string{}
			for k := range got.len("items", i, "members") {
				members[name] = append(members[name], got.str("items", i, "members", k, "name"))
			}
		}
		both := []string{"Ana Ribeiro", "Bruno Nunes"}
		want := map[string][]string{"Noite": both, "Vendas": both, "Suporte": {"Bruno Nunes"}}
		for name, list := range want {
			if !slices.Equal(members[name], list) {
				t.Errorf("%s: %v, want %v", name, members[name], list)
			}
		}
		if len(members) != len(want) {
			t.Errorf("%v", members)
		}

		w.do(func(tx *dbx.Tx) error {
			for i := range 30 {
				_, err := w.store.CreateQueue(tx, store.Operator(w.account), store.QueueNew{Name: "Fila " + strconv.Itoa(i), Color: "#112233"})
				if err != nil {
					return err
				}
			}
			return nil
		})
		before = db.Stats()
		if got := w.call(w.ana, "GET", "/transfer-targets", nil).want(200); got.len("items") != 33 {
			t.Errorf("%d targets", got.len("items"))
		}
		if many := db.Stats().Minus(before).Statements; many != few {
			t.Errorf("%d statements for 33 queues, %d for 3", many, few)
		}
	})
}
