package faults_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

const password = "senha-de-teste-2026"

// found makes the company: three queues with a number each, a supervisor and
// agents of different queues. What is assigned is hidden from other agents, so
// that much comes and goes on screens.
func (r *run) found() {
	r.t.Helper()
	var err error
	r.ada, err = newBrowser(r.desk.address(), "Ada")
	r.must(err)
	r.post1("/setup", fields{"account": "Loja", "name": "Ada", "email": "ada@loja.example", "password": password}, r.ada)
	r.must(r.ada.call(r.ctx, http.MethodPatch, "/settings", "", fields{"hide_assigned_to_others": true, "users_can_reopen": true,
		"uncertain_resend_minutes": 1}, nil))
	r.connect()
	all := r.queues
	for _, p := range []struct {
		name, role  string
		queues      []string
		connections []string
	}{
		{"Sofia", "supervisor", nil, nil},
		{"Ana", "user", all[:1], nil},
		{"Bia", "user", all[:2], nil},
		{"Caio", "user", all[1:2], nil},
		{"Davi", "user", all[1:3], []string{r.connections[r.numbers[2]]}},
	} {
		r.people = append(r.people, r.hire(p.name, p.role, p.queues, p.connections))
	}
}

// post1 creates something; the answer's id is kept in the browser if it is a
// person's own.
func (r *run) post1(path string, body fields, b *browser) string {
	r.t.Helper()
	var made named
	r.must(b.call(r.ctx, http.MethodPost, path, "", body, &made))
	if path == "/setup" || path == "/session" {
		b.id = made.ID
	}
	return made.ID
}

func (r *run) connect() {
	r.t.Helper()
	r.hooks, r.connections, r.numberOf = map[string]string{}, map[string]string{}, map[string]string{}
	for i, name := range []string{"Vendas", "Suporte", "Entregas"} {
		r.queues = append(r.queues, r.post1("/queues", fields{"name": name, "color": "#228BE6"}, r.ada))
		id := fmt.Sprint(100000000000001 + i)
		r.meta.lines[id] = &line{token: "token-" + id}
		r.numbers = append(r.numbers, id)
		var c connection
		r.must(r.ada.call(r.ctx, http.MethodPost, "/connections", "", fields{"kind": "whatsapp_official", "name": name, "queues": r.queues[i:],
			"settings": fields{"phone_number_id": id, "waba_id": waba, "access_token": "token-" + id, "app_secret": appSecret,
				"graph_url": r.meta.server.URL}}, &c))
		r.hooks[id], r.connections[id], r.numberOf[c.ID] = c.WebhookURL, c.ID, id
		r.check(id)
	}
	r.must(r.ada.call(r.ctx, http.MethodPost, "/templates/sync", "", fields{}, nil))
	list, err := list[named](r.ctx, r.ada, "/templates?limit=10", 0)
	r.must(err)
	if len(list) == 0 {
		r.t.Fatal("no template after the sync")
	}
	r.template = list[0].ID
}

// check has the desk look whether a number can send, until it says so.
func (r *run) check(number string) {
	r.t.Helper()
	var c connection
	if !r.until(30*time.Second, func() bool {
		err := r.ada.call(r.ctx, http.MethodPost, "/connections/"+r.connections[number]+"/check", "", fields{}, &c)
		return err == nil && c.State == "connected"
	}) && r.ctx.Err() == nil {
		r.wrong("a check of number %s leaves it %q", number, c.State)
	}
}

func (r *run) hire(name, role string, queues, connections []string) *person {
	r.t.Helper()
	email := strings.ToLower(name) + "@loja.example"
	r.post1("/users", fields{"name": name, "email": email, "password": password, "role": role, "queues": orNone(queues),
		"connections": orNone(connections)}, r.ada)
	b, err := newBrowser(r.desk.address(), name)
	r.must(err)
	r.post1("/session", fields{"email": email, "password": password}, b)
	p := &person{run: r, browser: b, role: role, scope: scope{queues: queues}, connections: connections, random: r.random("agent " + name)}
	p.viewer = newViewer(p)
	return p
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
