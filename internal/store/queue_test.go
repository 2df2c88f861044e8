package store_test

import (
	"fmt"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

func TestEQ1_QueueNamesAreUniqueWithoutCaseAndAccents(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		c.queue("Pós-venda")
		_, err := try(c, func(tx *dbx.Tx) (desk.Queue, error) {
			return c.CreateQueue(tx, c.admin, store.QueueNew{Name: " POS-VENDA ", Color: "#000000"})
		})
		code(t, err, desk.Conflict, desk.CodeNameTaken)
		field(t, err, "body.name", desk.CodeNameTaken)

		other := c.queue("Vendas")
		_, err = try(c, func(tx *dbx.Tx) (desk.Queue, error) {
			return c.UpdateQueue(tx, c.admin, other.ID, store.QueuePatch{Name: ptr("pós-Venda")})
		})
		code(t, err, desk.Conflict, desk.CodeNameTaken)

		// A deleted queue gives its name back.
		c.must(func(tx *dbx.Tx) error { return c.DeleteQueue(tx, c.admin, other.ID) })
		c.queue("VENDAS")
	})
}

func TestEQ1_EQ3_InvalidQueueIsRefusedWithEveryField(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		c.takeEvents()
		_, err := try(c, func(tx *dbx.Tx) (desk.Queue, error) {
			return c.CreateQueue(tx, c.admin, store.QueueNew{Name: "V", Color: "red", Position: -1})
		})
		code(t, err, desk.Invalid, desk.CodeValidation)
		field(t, err, "body.name", desk.CodeTooShort)
		field(t, err, "body.color", desk.CodeInvalidColor)
		field(t, err, "body.position", desk.CodeOutOfRange)
		if page, err := c.Queues(c.read(), c.id, store.List{}); err != nil || len(page.Items) != 0 {
			t.Errorf("queues %v %v, want none", page.Items, err)
		}
		if list := c.takeEvents(); len(list) != 0 {
			t.Errorf("events %v of a refused write", list)
		}
	})
}

func TestEQ2_PositionsDefaultToLastAndSortTheList(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		first, second := c.queue("Bravo"), c.queue("Alfa")
		if first.Position != 1 || second.Position != 2 {
			t.Fatalf("positions %d, %d", first.Position, second.Position)
		}
		write(c, func(tx *dbx.Tx) (desk.Queue, error) {
			return c.CreateQueue(tx, c.admin, store.QueueNew{Name: "Zulu", Color: "#112233", Position: 1})
		})
		var names []string
		for l := (store.List{Limit: 1}); ; {
			page, err := c.Queues(c.read(), c.id, l)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range page.Items {
				names = append(names, x.Name)
			}
			if l.Cursor = page.Next; l.Cursor == "" {
				break
			}
		}
		if got := fmt.Sprint(names); got != "[Bravo Zulu Alfa]" {
			t.Errorf("order %s", got)
		}
		page, err := c.Queues(c.read(), c.id, store.List{Q: "ÁLF"})
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != second.ID {
			t.Errorf("search found %v %v", page.Items, err)
		}
		for _, cursor := range []string{"x", "e30", "bm90IGpzb24"} {
			if _, err := c.Queues(c.read(), c.id, store.List{Cursor: cursor}); cursor != "e30" {
				code(t, err, desk.Invalid, desk.CodeInvalidCursor)
			}
		}
	})
}

func TestEQ4_QueueWithLiveTicketsStays(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		q := c.queue("Vendas")
		ana := c.user("Ana", desk.RoleUser, q.ID)
		conn, err := c.connection("Loja", store.ConnectionNew{Queues: []desk.ID{q.ID}})
		if err != nil {
			t.Fatal(err)
		}
		contact := c.resolve(store.Sender{Phone: "5511987654321", Name: "Rita"}).Contact
		ticket := c.ticket(contact.ID, conn.ID, q.ID, 0)
		err = c.do(func(tx *dbx.Tx) error { return c.DeleteQueue(tx, c.admin, q.ID) })
		code(t, err, desk.Invalid, desk.CodeQueueInUse)

		c.must(func(tx *dbx.Tx) error {
			_, err := c.ChangeTicket(tx, c.id, ticket.ID, desk.System(), func(t *desk.Ticket, e *desk.Event) error {
				t.Status, e.Type = desk.Closed, desk.EvTicketClosed
				return nil
			})
			return err
		})
		c.takeEvents()
		c.must(func(tx *dbx.Tx) error { return c.DeleteQueue(tx, c.admin, q.ID) })
		if e := c.onlyEvent(); e.Type != desk.EvQueueDeleted || e.EntityID != q.ID || e.Actor != desk.ByUser(c.admin.UserID) {
			t.Errorf("event %+v", e)
		}
		if got := c.viewer(ana.UserID).Queues; len(got) != 0 {
			t.Errorf("Ana still has queues %v", got)
		}
		if x, err := c.Connection(c.read(), c.id, conn.ID); err != nil || len(x.Queues) != 0 {
			t.Errorf("connection still has queues %v %v", x.Queues, err)
		}
		kept, err := c.Ticket(c.read(), c.id, ticket.ID)
		if err != nil || kept.QueueID != q.ID {
			t.Errorf("closed ticket lost its queue: %v %v", kept.QueueID, err)
		}
		err = c.do(func(tx *dbx.Tx) error { return c.DeleteQueue(tx, c.admin, q.ID) })
		code(t, err, desk.NotFound, desk.CodeNotFound)
	})
}

func TestQueueRightsAndRecordedChanges(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		q := c.queue("Vendas")
		sup, user := c.user("Sara", desk.RoleSupervisor), c.user("Ugo", desk.RoleUser)
		c.takeEvents()
		got := write(c, func(tx *dbx.Tx) (desk.Queue, error) {
			return c.UpdateQueue(tx, sup, q.ID, store.QueuePatch{Color: ptr("#aabbcc"), Position: ptr(1)})
		})
		if got.Color != "#AABBCC" || got.Name != "Vendas" {
			t.Errorf("queue %+v", got)
		}
		e := c.onlyEvent()
		if e.Type != desk.EvQueueUpdated || changed(e) != `{"color":["#336699","#AABBCC"]}` {
			t.Errorf("event %s %s", e.Type, changed(e))
		}
		_, err := try(c, func(tx *dbx.Tx) (desk.Queue, error) {
			return c.UpdateQueue(tx, user, q.ID, store.QueuePatch{Active: ptr(false)})
		})
		code(t, err, desk.Forbidden, desk.CodeForbidden)
		err = c.do(func(tx *dbx.Tx) error { return c.DeleteQueue(tx, sup, q.ID) })
		code(t, err, desk.Forbidden, desk.CodeForbidden)

		other := write(c, func(tx *dbx.Tx) (desk.Account, error) {
			return c.CreateAccount(tx, store.AccountNew{Name: "Outra empresa"})
		})
		if _, err := c.Queue(c.read(), other.ID, q.ID); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("another account reads the queue: %v", err)
		}
		_, err = try(c, func(tx *dbx.Tx) (desk.Queue, error) {
			return c.UpdateQueue(tx, store.Operator(other.ID), q.ID, store.QueuePatch{Name: ptr("Minha")})
		})
		code(t, err, desk.NotFound, desk.CodeNotFound)
	})
}
