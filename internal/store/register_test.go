package store_test

import (
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

func TestD28_Tags(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		create := func(v *desk.Viewer, name string) (desk.Tag, error) {
			return try(c, func(tx *dbx.Tx) (desk.Tag, error) {
				return c.CreateTag(tx, v, store.TagNew{Name: name, Color: "#ff0000"})
			})
		}
		vip, err := create(c.admin, "VIP")
		if err != nil {
			t.Fatal(err)
		}
		_, err = create(c.admin, "vip")
		code(t, err, desk.Conflict, desk.CodeNameTaken)
		_, err = create(c.user("Ana", desk.RoleUser), "Nova")
		code(t, err, desk.Forbidden, desk.CodeForbidden)

		rita, err := newContact(c, c.admin, store.ContactNew{Name: "Rita", Phone: "11 98765-4321", Tags: []desk.ID{vip.ID}})
		if err != nil {
			t.Fatal(err)
		}
		usage, err := c.TagUsage(c.read(), c.id, []desk.ID{vip.ID})
		if err != nil || usage[vip.ID] != (store.Usage{Contacts: 1}) {
			t.Errorf("usage %v %v", usage, err)
		}
		remove := func() error { return c.do(func(tx *dbx.Tx) error { return c.DeleteTag(tx, c.admin, vip.ID) }) }
		err = remove()
		code(t, err, desk.Invalid, desk.CodeInUse)
		if got := param(err, "contacts"); got != int64(1) {
			t.Errorf("contacts %v", got)
		}
		// Deactivated instead, it stays where it is and is offered no more (C29).
		write(c, func(tx *dbx.Tx) (desk.Tag, error) {
			return c.UpdateTag(tx, c.admin, vip.ID, store.TagPatch{Active: ptr(false)})
		})
		if page, err := c.Tags(c.read(), c.id, true, store.List{}); err != nil || len(page.Items) != 0 {
			t.Errorf("active tags %v %v", page.Items, err)
		}
		if x, err := updateContact(c, c.admin, rita.ID, store.ContactPatch{Tags: &[]desk.ID{vip.ID}, Name: ptr("Rita Lee")}); err != nil || len(x.Tags) != 1 {
			t.Errorf("the tag she had was refused: %v %v", x.Tags, err)
		}
		_, err = newContact(c, c.admin, store.ContactNew{Name: "Zeca", Phone: "11 91111-1111", Tags: []desk.ID{vip.ID}})
		field(t, err, "body.tags", desk.CodeUnknownReference)
		if _, err := updateContact(c, c.admin, rita.ID, store.ContactPatch{Tags: &[]desk.ID{}}); err != nil {
			t.Fatal(err)
		}
		c.takeEvents()
		if err := remove(); err != nil {
			t.Error(err)
		}
		if e := c.onlyEvent(); e.Type != desk.EvTagDeleted || changed(e) != `{"name":["VIP",null]}` {
			t.Errorf("event %s %s", e.Type, changed(e))
		}
		code(t, remove(), desk.NotFound, desk.CodeNotFound)
	})
}

func TestD29_TicketTypes(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		page, err := c.TicketTypes(c.read(), c.id, false, store.List{Q: "pos"})
		if err != nil || len(page.Items) != 1 || page.Items[0].Name != "Pós-venda" {
			t.Fatalf("search %v %v", page.Items, err)
		}
		after := page.Items[0]
		update := func(v *desk.Viewer, id desk.ID, p store.TicketTypePatch) (desk.TicketType, error) {
			return try(c, func(tx *dbx.Tx) (desk.TicketType, error) { return c.UpdateTicketType(tx, v, id, p) })
		}
		_, err = update(c.user("Sara", desk.RoleSupervisor), after.ID, store.TicketTypePatch{Active: ptr(false)})
		code(t, err, desk.Forbidden, desk.CodeForbidden)
		_, err = try(c, func(tx *dbx.Tx) (desk.TicketType, error) {
			return c.CreateTicketType(tx, c.admin, store.TicketTypeNew{Name: "SUPORTE"})
		})
		code(t, err, desk.Conflict, desk.CodeNameTaken)
		garantia := write(c, func(tx *dbx.Tx) (desk.TicketType, error) {
			return c.CreateTicketType(tx, c.admin, store.TicketTypeNew{Name: "Garantia", Default: true})
		})
		if _, err := update(c.admin, after.ID, store.TicketTypePatch{Default: ptr(true)}); err != nil {
			t.Fatal(err)
		}
		if x, err := c.TicketType(c.read(), c.id, garantia.ID); err != nil || x.Default {
			t.Errorf("two defaults: %+v %v", x, err)
		}
		x, err := update(c.admin, after.ID, store.TicketTypePatch{Active: ptr(false)})
		if err != nil || x.Default {
			t.Errorf("an inactive type is the default: %+v %v", x, err)
		}
		_, err = update(c.admin, after.ID, store.TicketTypePatch{Default: ptr(true)})
		field(t, err, "body.default", desk.CodeInvalid)

		conn := c.mustConnection("Loja")
		contact := c.resolve(store.Sender{Phone: "5511987654321"}).Contact
		ticket := c.ticket(contact.ID, conn.ID, 0, 0)
		c.must(func(tx *dbx.Tx) error {
			_, err := c.ChangeTicket(tx, c.id, ticket.ID, desk.System(), func(t *desk.Ticket, e *desk.Event) error {
				t.TypeID, e.Type = after.ID, desk.EvTicketTyped
				return nil
			})
			return err
		})
		remove := func(id desk.ID) error {
			return c.do(func(tx *dbx.Tx) error { return c.DeleteTicketType(tx, c.admin, id) })
		}
		code(t, remove(after.ID), desk.Invalid, desk.CodeInUse)
		if err := remove(garantia.ID); err != nil {
			t.Error(err)
		}
	})
}

func TestD02_TemplatesFollowTheProvider(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		body := func(text string) []desk.TemplateComponent {
			return []desk.TemplateComponent{{Type: "BODY", Text: text}}
		}
		sync := func(list ...desk.Template) {
			t.Helper()
			c.clock.Advance(1e9)
			at := desk.TimeOf(c.Now())
			c.must(func(tx *dbx.Tx) error { return c.SyncTemplates(tx, c.id, desk.WhatsAppOfficial, "waba", at, list) })
			for more := true; more; {
				c.must(func(tx *dbx.Tx) error {
					var err error
					more, err = c.FinishTemplateSync(tx, c.id, desk.WhatsAppOfficial, "waba", at)
					return err
				})
			}
		}
		list := func(l store.TemplateList) []desk.Template {
			t.Helper()
			page, err := c.Templates(c.read(), c.id, l)
			if err != nil {
				t.Fatal(err)
			}
			return page.Items
		}
		welcome := desk.Template{ProviderID: "1", Name: "boas_vindas", Language: "pt_BR", Category: "utility", Status: "approved",
			ParameterFormat: "positional", Components: body("Olá {{1}}, São Paulo")}
		promo := desk.Template{ProviderID: "2", Name: "promo", Language: "pt_BR", Category: "MARKETING", Status: "PENDING", Components: body("Oferta")}
		c.takeEvents()
		sync(welcome, promo)
		if got := c.takeEvents(); len(got) != 2 || got[0].Type != desk.EvTemplateCreated {
			t.Fatalf("events %+v", got)
		}
		all := list(store.TemplateList{})
		if len(all) != 2 || !all[0].Approved() || all[0].Category != "UTILITY" || all[0].Components[0].Text != "Olá {{1}}, São Paulo" {
			t.Fatalf("templates %+v", all)
		}
		sync(welcome, promo)
		if got := c.takeEvents(); len(got) != 0 {
			t.Errorf("events %+v of an unchanged list", got)
		}
		promo.Status, promo.Components = "APPROVED", body("Oferta nova")
		sync(promo) // the other is gone at the provider
		if got := c.takeEvents(); len(got) != 2 {
			t.Errorf("events %+v", got)
		}
		if got := list(store.TemplateList{}); len(got) != 1 || got[0].ID != all[1].ID || got[0].Components[0].Text != "Oferta nova" {
			t.Errorf("templates %+v", got)
		}
		if x, err := c.Template(c.read(), c.id, all[0].ID); err != nil || x.Status != "DELETED" {
			t.Errorf("%+v %v", x, err)
		}
		sync(welcome, promo) // it came back
		if got := list(store.TemplateList{List: store.List{Q: "SAO paulo"}, Status: "APPROVED"}); len(got) != 1 || got[0].ID != all[0].ID {
			t.Errorf("search %+v", got)
		}
		if got := list(store.TemplateList{GroupID: "another"}); len(got) != 0 {
			t.Errorf("templates of another group %+v", got)
		}
	})
}

func TestTemplateNewsAndCreation(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		create := func(x desk.Template) (desk.Template, error) {
			return try(c, func(tx *dbx.Tx) (desk.Template, error) { return c.CreateTemplate(tx, c.admin, x) })
		}
		in := desk.Template{Kind: desk.WhatsAppOfficial, GroupID: "waba", ProviderID: "9", Name: "aviso", Language: "pt_BR", Category: "UTILITY"}
		x, err := create(in)
		if err != nil || x.Status != "PENDING" {
			t.Fatalf("%+v %v", x, err)
		}
		_, err = create(in)
		code(t, err, desk.Conflict, desk.CodeTemplateTaken)
		news := func(n store.TemplateNews) (desk.Template, error) {
			return try(c, func(tx *dbx.Tx) (desk.Template, error) {
				return c.UpdateTemplate(tx, c.id, desk.WhatsAppOfficial, "waba", n)
			})
		}
		c.takeEvents()
		x, err = news(store.TemplateNews{ProviderID: "9", Status: "rejected", Reason: "INVALID_FORMAT"})
		if err != nil || x.Status != "REJECTED" || x.RejectedReason != "INVALID_FORMAT" {
			t.Errorf("%+v %v", x, err)
		}
		if e := c.onlyEvent(); e.Type != desk.EvTemplateUpdated {
			t.Errorf("event %+v", e)
		}
		x, err = news(store.TemplateNews{Name: "aviso", Language: "pt_BR", Quality: "RED"})
		if err != nil || x.Quality != "RED" || x.Status != "REJECTED" {
			t.Errorf("%+v %v", x, err)
		}
		_, err = news(store.TemplateNews{ProviderID: "10", Name: "outro", Language: "pt_BR", Status: "APPROVED"})
		code(t, err, desk.NotFound, desk.CodeNotFound)
		c.must(func(tx *dbx.Tx) error { return c.DeleteTemplate(tx, c.admin, x.ID) })
		err = c.do(func(tx *dbx.Tx) error { return c.DeleteTemplate(tx, c.admin, x.ID) })
		code(t, err, desk.NotFound, desk.CodeNotFound)
		late, err := news(store.TemplateNews{ProviderID: "9", Status: "APPROVED"}) // on its way when it was deleted
		if err != nil || late.Status != "DELETED" {
			t.Errorf("late news brought a deleted template back: %+v %v", late, err)
		}
		again, err := create(in)
		if err != nil || again.ID != x.ID || again.Status != "PENDING" {
			t.Errorf("a deleted template was not made anew: %+v %v", again, err)
		}
	})
}

func TestD03_DeleteAnonymisesAndKeepsHistory(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		conn := c.mustConnection("Loja")
		rita := c.resolve(store.Sender{Phone: "5511987654321", Name: "Rita"}).Contact
		ticket := c.ticket(rita.ID, conn.ID, 0, 0)
		remove := func(v *desk.Viewer) error {
			return c.do(func(tx *dbx.Tx) error { return c.DeleteContact(tx, v, rita.ID) })
		}
		code(t, remove(c.user("Ana", desk.RoleUser)), desk.Forbidden, desk.CodeForbidden)
		code(t, remove(c.admin), desk.Invalid, desk.CodeInUse)
		if x, _ := c.Contact(c.read(), c.id, rita.ID); x.Name != "Rita" {
			t.Fatal("a refused deletion was half done")
		}
		var messages []desk.ID
		c.must(func(tx *dbx.Tx) error {
			messages = nil
			for i := range 35 { // more than one chunk
				m := desk.Message{AccountID: c.id, ConnectionID: conn.ID, ContactID: rita.ID, ChannelID: ticket.ChannelID,
					TicketID: ticket.ID, Direction: desk.In, Author: desk.AuthorContact, Type: desk.TypeText, Body: "segredo",
					Status: desk.StatusReceived, ProviderID: "wamid." + string(rune('A'+i))}
				if i == 34 {
					m.TicketID = 0
				}
				if err := c.InsertMessage(tx, &m); err != nil {
					return err
				}
				messages = append(messages, m.ID)
			}
			_, err := c.InsertRaw(tx, &store.RawEvent{AccountID: c.id, ConnectionID: conn.ID, Key: "m:wamid.A",
				State: store.RawDone, Body: `{"text":"segredo"}`})
			if err != nil {
				return err
			}
			_, err = c.ChangeTicket(tx, c.id, ticket.ID, desk.System(), func(t *desk.Ticket, e *desk.Event) error {
				t.Status, e.Type = desk.Closed, desk.EvTicketClosed
				return nil
			})
			return err
		})
		c.takeEvents()
		if err := remove(c.admin); err != nil {
			t.Fatal(err)
		}
		if e := c.onlyEvent(); e.Type != desk.EvContactDeleted {
			t.Errorf("event %+v", e)
		}
		jobs, err := c.DueJobs(c.read(), store.JobErase, false, desk.TimeOf(c.Now()), 10)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("jobs %v %v", jobs, err)
		}
		for more := true; more; {
			c.must(func(tx *dbx.Tx) error {
				var err error
				more, err = c.EraseContact(tx, c.id, rita.ID)
				return err
			})
		}
		x, err := c.Contact(c.read(), c.id, rita.ID)
		if err != nil || x.Name != "" || x.Phone != "" {
			t.Errorf("contact %+v %v", x, err)
		}
		for _, id := range messages {
			if m, err := c.Message(c.read(), c.id, id); err != nil || m.Body != "" {
				t.Fatalf("message %+v %v", m, err)
			}
		}
		var left int
		if err := c.read().QueryRow(`SELECT COUNT(*) FROM message_text`).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d texts can still be found, %v", left, err)
		}
		if err := c.read().QueryRow(`SELECT COUNT(*) FROM raw_event WHERE body <> ''`).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d raw bodies left, %v", left, err)
		}
		if kept, err := c.Ticket(c.read(), c.id, ticket.ID); err != nil || kept.Number != ticket.Number {
			t.Errorf("ticket %+v %v", kept, err)
		}
		if r := c.resolve(store.Sender{Phone: "5511987654321"}); r.Contact.ID == rita.ID || !r.Created {
			t.Error("her number still leads to her")
		}
		code(t, remove(c.admin), desk.NotFound, desk.CodeNotFound)
		if page, err := c.Contacts(c.read(), c.admin, store.ContactFilter{}, store.List{Q: "rita"}); err != nil || len(page.Items) != 0 {
			t.Errorf("she is still found: %v %v", page.Items, err)
		}
	})
}
