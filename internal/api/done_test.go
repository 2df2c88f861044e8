package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// startBy is a start by template that ana may make on the line.
func (w *world) startBy(line string) map[string]any {
	w.t.Helper()
	template := w.call(w.ana, "GET", "/templates?q=novidades", nil).want(200).str("items", 0, "id")
	return map[string]any{"mode": "steps", "contact": map[string]any{"name": "Rafael Moura", "phone": "41987654321"}, "connection_id": line,
		"template": map[string]any{"id": template, "values": []any{map[string]any{"component": "body", "name": "1", "text": "Rafael"}}}}
}

// takeAway moves a ticket out of ana's sight and has another work on it.
func (w *world) takeAway(ticket string) {
	w.t.Helper()
	w.call(w.elisa, "POST", ticket+"/transfer", map[string]any{"queue_id": w.suporte.String(), "user_id": w.bruno.id.String()}).want(200)
	tag := w.call(w.elisa, "POST", "/tags", map[string]any{"name": "Sigilo", "color": "#112233"}).want(201).str("id")
	w.call(w.bruno, "PATCH", ticket, map[string]any{"tags": []string{tag}}).want(200)
}

// knowsNothingNew holds an answer about a ticket that ana no longer sees
// against what has happened to it since.
func (w *world) knowsNothingNew(got reply) {
	w.t.Helper()
	for _, later := range []string{w.suporte.String(), w.bruno.id.String()} {
		if strings.Contains(string(got.text), `"`+later+`"`) {
			w.t.Errorf("%s tells what came later (%s): %s", got.what, later, got.text)
		}
	}
	if got.len("tags") != 0 {
		w.t.Errorf("%s tells later tags: %s", got.what, got.text)
	}
}

// A start that was done is answered so, though the ticket has left the sight
// of who began it before the provider's word came; and so is its repetition.
func TestB11StartIsAnsweredThoughTheTicketWasMoved(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		start := w.startBy(w.line("Loja", w.vendas))
		moves := func(r *http.Request) {
			if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/messages") {
				return
			}
			w.beforeAnswer.Store(nil)
			w.takeAway("/tickets/" + w.call(w.elisa, "GET", "/tickets?status=open", nil).want(200).str("items", 0, "id"))
		}
		w.beforeAnswer.Store(&moves)
		k := key()
		for _, what := range []string{"first", "repeated"} {
			got := w.call(w.ana, "POST", "/tickets", start, k...).want(201)
			if got.str("queue_id") != w.vendas.String() || got.str("user_id") != w.ana.id.String() || got.str("status") != "open" ||
				got.at("number") != float64(1) || got.str("contact", "name") != "Rafael Moura" || got.str("created_by") != w.ana.id.String() {
				t.Errorf("%s: %s", what, got.text)
			}
			w.knowsNothingNew(got)
			w.call(w.ana, "GET", "/tickets/"+got.str("id"), nil).refused(404, desk.CodeNotFound, "")
		}
		if live := w.call(w.elisa, "GET", "/tickets?status=open", nil); live.len("items") != 1 {
			t.Errorf("the same key began twice: %s", live.text)
		}
	})
}

// A message that was taken is answered so when the request is repeated, though
// the ticket has left the sender's sight. She learns nothing of its fate.
func TestC6MessageIsAnsweredThoughTheTicketWasMoved(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		line := w.line("Loja", w.vendas)
		ticket := "/tickets/" + w.call(w.ana, "POST", "/tickets", w.startBy(line), key()...).want(201).str("id")
		k := key()
		body := map[string]any{"body": "Já separo para você", "queue": true}
		first := w.call(w.ana, "POST", ticket+"/messages", body, k...).want(202)
		w.takeAway(ticket)
		w.call(w.elisa, "PATCH", "/messages/"+first.str("id"), map[string]any{"body": "corrigido depois"}).want(200)
		again := w.call(w.ana, "POST", ticket+"/messages", body, k...).want(202)
		if again.str("id") != first.str("id") || again.str("client_id") != k[1] || again.str("user_id") != w.ana.id.String() || again.len("can") != 0 {
			t.Errorf("repeated: %s", again.text)
		}
		if strings.Contains(string(again.text), "depois") || again.at("edited_at") != nil {
			t.Errorf("tells what came later: %s", again.text)
		}
		w.call(w.ana, "POST", ticket+"/messages", body, key()...).refused(404, desk.CodeNotFound, "")
		w.call(w.ana, "POST", ticket+"/messages", map[string]any{"body": "outra coisa"}, k...).refused(422, desk.CodeIdempotencyMismatch, "")
		w.call(w.ana, "GET", "/messages/"+first.str("id"), nil).refused(404, desk.CodeNotFound, "")
	})
}

// Somebody who left a queue keeps her tickets; when she returns one, it is out
// of her sight, and the answer says that rather than that there is none.
func TestC11ReturnedOutOfSight(t *testing.T) {
	w := newWorld(t, testDB(t))
	ticket := "/tickets/" + w.call(w.ana, "POST", "/tickets", w.startBy(w.line("Loja", w.vendas)), key()...).want(201).str("id")
	if kept := w.call(w.ana, "POST", ticket+"/return", nil).want(200); kept.at("visible") != true || kept.str("ticket", "status") != "pending" {
		t.Errorf("C11: %s", kept.text)
	}
	w.call(w.ana, "POST", ticket+"/accept", nil).want(200)
	w.call(w.elisa, "PATCH", "/users/"+w.ana.id.String(), map[string]any{"queues": []string{w.suporte.String()}}).want(200)
	if gone := w.call(w.ana, "POST", ticket+"/return", nil).want(200); gone.at("visible") != false || gone.at("ticket") != nil {
		t.Errorf("C11: %s", gone.text)
	}
	w.call(w.ana, "GET", ticket, nil).refused(404, desk.CodeNotFound, "")
}

// What is done to a ticket or message is answered as it was done, even if
// another took the ticket away before the answer was written.
func TestC13AnswersOfWhatHasLeftSight(t *testing.T) {
	w := newWorld(t, testDB(t))
	line := w.line("Loja", w.vendas)
	begun := w.call(w.ana, "POST", "/tickets", w.startBy(line), key()...).want(201)
	path := "/tickets/" + begun.str("id")
	waiting := w.call(w.ana, "POST", path+"/messages", map[string]any{"body": "Oi", "queue": true}, key()...).want(202)
	ctx, q := t.Context(), w.db.Read(t.Context())
	ticket := must(w.store.Ticket(q, w.account, must(desk.ParseID(begun.str("id")))(t)))(t)
	message := must(w.store.Message(q, w.account, must(desk.ParseID(waiting.str("id")))(t)))(t)
	w.takeAway(path)

	ana := &desk.Viewer{AccountID: w.account, UserID: w.ana.id, Role: desk.RoleUser, Queues: []desk.ID{w.vendas}}
	seen := must(w.server.views.done(ctx, q, ana, &ticket))(t)
	if seen.QueueID != ref(w.vendas) || seen.UserID != ref(w.ana.id) || len(seen.Tags) != 0 || seen.LastMessage != nil || seen.Version != ticket.Rev {
		t.Errorf("ticket: %+v", seen)
	}
	for _, one := range must(w.server.views.said(ctx, q, ana, message))(t) {
		if one.Body != "Oi" || one.Status != desk.StatusWaiting || len(one.Can) != 0 {
			t.Errorf("message: %+v", one)
		}
	}
	bruno := &desk.Viewer{AccountID: w.account, UserID: w.bruno.id, Role: desk.RoleUser, Queues: []desk.ID{w.suporte}}
	if now := must(w.server.views.done(ctx, q, bruno, &ticket))(t); now.QueueID != ref(w.suporte) || len(now.Tags) != 1 || now.Version <= ticket.Rev {
		t.Errorf("who sees it is told how it is now: %+v", now)
	}
}
