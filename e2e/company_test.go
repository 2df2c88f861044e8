package e2e_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/sandbox"
)

// Phone number ids of the company's two numbers at the provider.
const (
	shopNumber    = "100000000000001" // Vendas
	serviceNumber = "100000000000002" // Suporte
)

// company is an installation with people, queues and two numbers: Ana and Bia
// work in Vendas, Caio in Suporte, Sofia supervises, Ada administers.
type company struct {
	t        *testing.T
	program  *program
	contract *contract
	provider *provider

	ada, sofia, ana, bia, caio *client
	vendas, suporte            string // queues
	vip, retired               string // tags; the second is not active
	shop, service              connection
}

const password = "senha-de-teste-2026"

// in is the company as a subtest sees it: failures are the subtest's.
func (w *company) in(t *testing.T) *company {
	sub := *w
	sub.t, sub.provider = t, w.provider.in(t)
	for _, c := range []**client{&sub.ada, &sub.sofia, &sub.ana, &sub.bia, &sub.caio} {
		*c = (*c).in(t)
	}
	return &sub
}

// story runs fn as a subtest.
func (w *company) story(name string, fn func(w *company)) {
	w.t.Helper()
	w.t.Run(name, func(t *testing.T) { fn(w.in(t)) })
}

// setUp creates the company on a program that nobody has used yet.
func setUp(t *testing.T, p *program, code string) *company {
	t.Helper()
	w := &company{t: t, program: p, contract: newContract(t)}
	w.ada = guest(t, p, w.contract)
	body := fields{"account": "Loja da Esquina", "name": "Ada", "email": "ada@loja.example", "password": password}
	if code != "" {
		body["code"] = code
	}
	w.ada.me = post[me](w.ada, "/setup", body)
	return w
}

// hire creates queues and people and signs them in.
func (w *company) hire() {
	w.t.Helper()
	w.vendas = post[named](w.ada, "/queues", fields{"name": "Vendas", "color": "#228BE6"}).ID
	w.suporte = post[named](w.ada, "/queues", fields{"name": "Suporte", "color": "#40C057"}).ID
	w.ana = w.employ("Ana", "user", w.vendas)
	w.bia = w.employ("Bia", "user", w.vendas)
	w.caio = w.employ("Caio", "user", w.suporte)
	w.sofia = w.employ("Sofia", "supervisor")
}

// employ creates somebody and signs her in.
func (w *company) employ(name, role string, queues ...string) *client {
	w.t.Helper()
	email := strings.ToLower(name) + "@loja.example"
	post[named](w.ada, "/users", fields{"name": name, "email": email, "password": password, "role": role, "queues": nonNil(queues)})
	return signIn(w.t, w.program, w.contract, email, password)
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// open connects the two numbers of a new provider.
func (w *company) open(limits sandbox.Limits) {
	w.t.Helper()
	w.provider = newProvider(w.t)
	w.provider.number(shopNumber, "551130000001", "Loja da Esquina", limits)
	w.provider.number(serviceNumber, "551130000002", "Oficina da Esquina", limits)
	w.shop = w.connect("Loja", shopNumber, w.vendas)
	w.service = w.connect("Oficina", serviceNumber, w.suporte)
}

// connect makes a connection for a number and has Meta post there.
func (w *company) connect(name, number, queue string) connection {
	w.t.Helper()
	c := post[connection](w.ada, "/connections", fields{"kind": "whatsapp_official", "name": name, "queues": []string{queue},
		"read_receipts": true, "settings": w.provider.settings(number)})
	w.provider.connect(number, c)
	c = post[connection](w.ada, "/connections/"+c.ID+"/check", nil)
	if c.State != "connected" {
		w.t.Fatalf("connection %s is %s (%s): %v", name, c.State, c.StateReason, c.Health)
	}
	return c
}

// customer is somebody who writes to the shop.
func (w *company) customer(name, phone string) customer {
	return customer{p: w.provider, number: shopNumber, phone: phone, name: name}
}

// arrived waits for the pending ticket of somebody who wrote to the shop.
func (w *company) arrived(c customer) ticket {
	w.t.Helper()
	return w.ana.ticketOf("pending", c.phone)
}

// served is a customer who wrote and whose ticket Ana accepted.
func (w *company) served(name, phone string) (customer, ticket) {
	w.t.Helper()
	c := w.customer(name, phone)
	c.writes("Olá, sou " + name)
	t := w.arrived(c)
	return c, w.ana.act(t.ID, "accept")
}

// First run: /setup with the one-time code, then everything an administrator
// does before the first customer writes.
func firstRun(t *testing.T, d database) *company {
	p := launch(t, d, "0.0.0.0")
	g := guest(t, p, newContract(t))
	if s := get[setupState](g, "/setup"); !s.Needed || !s.CodeRequired || s.Demo {
		t.Fatalf("first run: %+v", s)
	}
	line := p.book.find(t, "enter the code ")
	code := regexp.MustCompile(`enter the code (\S+)`).FindStringSubmatch(line)[1]
	body := fields{"account": "Loja", "name": "Ada", "email": "ada@loja.example", "password": password}
	g.refused(http.StatusForbidden, "setup_code_wrong", http.MethodPost, "/setup", body)
	body["code"] = "0000-0000"
	g.refused(http.StatusForbidden, "setup_code_wrong", http.MethodPost, "/setup", body)
	body["code"], body["password"] = code, "12345678"
	g.refused(http.StatusUnprocessableEntity, "weak_password", http.MethodPost, "/setup", body)

	w := setUp(t, p, code)
	if w.ada.me.Role != "admin" || w.ada.me.Account.Name != "Loja da Esquina" || w.ada.me.Account.Demo {
		t.Errorf("the first administrator is %+v", w.ada.me)
	}
	body["password"] = password
	g.refused(http.StatusConflict, "setup_done", http.MethodPost, "/setup", body)
	if s := get[setupState](g, "/setup"); s.Needed {
		t.Errorf("after set-up: %+v", s)
	}
	w.hire()
	w.tags()
	w.registers()
	w.open(sandbox.Limits{SentMS: 10, DeliveredMS: 30, ReadMS: 60, ReviewMS: 50})
	w.connections()
	w.templates()
	return w
}

func (w *company) tags() {
	w.t.Helper()
	w.vip = post[named](w.ada, "/tags", fields{"name": "VIP", "color": "#FAB005"}).ID
	w.retired = post[named](w.sofia, "/tags", fields{"name": "Antiga", "color": "#868E96"}).ID
	patch[named](w.sofia, "/tags/"+w.retired, fields{"active": false})
	w.ada.refused(http.StatusConflict, "name_taken", http.MethodPost, "/tags", fields{"name": "vip", "color": "#FAB005"})
	w.ana.refused(http.StatusForbidden, "forbidden", http.MethodPost, "/tags", fields{"name": "Minha", "color": "#FAB005"})
}

// registers checks rights (R1–R3) and that nobody without a session gets in.
func (w *company) registers() {
	w.t.Helper()
	w.ana.refused(http.StatusForbidden, "forbidden", http.MethodPatch, "/settings", fields{"users_can_peek": false})
	w.sofia.refused(http.StatusForbidden, "forbidden", http.MethodPost, "/users",
		fields{"name": "Eva", "email": "eva@loja.example", "password": password, "role": "admin"})
	p := w.ada.call(request{method: http.MethodPatch, path: "/users/" + w.ada.me.ID, body: fields{"role": "user"}})
	if got := decode[problem](w.t, p.body); p.status != http.StatusUnprocessableEntity || got.Code != "last_admin" {
		w.t.Errorf("R3: the last administrator: %d %+v", p.status, got)
	}
	g := guest(w.t, w.program, w.contract)
	for _, path := range []string{"/me", "/tickets", "/users", "/connections", "/counters", "/search?q=a", "/raw-events"} {
		g.refused(http.StatusUnauthorized, "unauthorized", http.MethodGet, path, nil)
	}
	g.refused(http.StatusUnauthorized, "invalid_credentials", http.MethodPost, "/session", fields{"email": "ana@loja.example", "password": "errada-errada"})
}

// connections checks what is shown of a connection, and Meta's challenge.
func (w *company) connections() {
	w.t.Helper()
	c := get[connection](w.ada, "/connections/"+w.shop.ID)
	if !c.Default || c.Simulated || c.Identifier == "" || !slices.Contains(c.Secrets, "access_token") || !slices.Contains(c.Secrets, "app_secret") {
		w.t.Errorf("the connection shows %+v", c)
	}
	for _, secret := range []string{token, appSecret} {
		if a := w.ada.done(http.MethodGet, "/connections/"+w.shop.ID, nil); strings.Contains(string(a.body), secret) {
			w.t.Errorf("the connection's answer holds a secret")
		}
	}
	if get[connection](w.ada, "/connections/"+w.service.ID).Default {
		w.t.Error("E3: two default connections")
	}
	challenge := func(verify string) (int, string) {
		q := url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {verify}, "hub.challenge": {"1158201444"}}
		a := w.ada.raw(strings.TrimPrefix(w.shop.WebhookURL, w.program.url) + "?" + q.Encode())
		return a.status, string(a.body)
	}
	if status, body := challenge(w.shop.VerifyToken); status != http.StatusOK || body != "1158201444" {
		w.t.Errorf("D42: the challenge was answered with %d %q", status, body)
	}
	if status, body := challenge("wrong"); status != http.StatusForbidden || strings.Contains(body, "1158201444") {
		w.t.Errorf("D42: a wrong verify token was answered with %d %q", status, body)
	}
	taken := fields{"kind": "whatsapp_official", "name": "Outra", "queues": []string{w.vendas}, "settings": w.provider.settings(shopNumber)}
	w.ada.refused(http.StatusUnprocessableEntity, "number_in_use", http.MethodPost, "/connections", taken)
	w.sofia.refused(http.StatusForbidden, "forbidden", http.MethodPost, "/connections", taken)
}

// templateSet is what the WABA has at Meta.
const templateSet = `[
	{"name":"boas_vindas","language":"pt_BR","category":"MARKETING","parameter_format":"POSITIONAL","components":[
		{"type":"BODY","text":"Olá, {{1}}! Aqui é da Loja da Esquina. Sobre {{2}}: podemos ajudar?","example":{"body_text":[["Ana","sofás"]]}}]},
	{"name":"pedido_pronto","language":"pt_BR","category":"UTILITY","parameter_format":"NAMED","components":[
		{"type":"HEADER","format":"TEXT","text":"Pedido pronto"},
		{"type":"BODY","text":"Oi, {{nome}}! O pedido {{pedido}} já pode ser retirado.","example":{"body_text_named_params":[
			{"param_name":"nome","example":"Bia"},{"param_name":"pedido","example":"48391"}]}},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Vou buscar"},
			{"type":"URL","text":"Acompanhar","url":"https://loja.example/p/{{1}}","example":["https://loja.example/p/1"]}]}]},
	{"name":"sem_parametros","language":"pt_BR","category":"UTILITY","components":[{"type":"BODY","text":"Podemos continuar a conversa?"}]},
	{"name":"pausado","language":"pt_BR","category":"MARKETING","status":"PAUSED","components":[{"type":"BODY","text":"Promoção"}]},
	{"name":"recusado","language":"pt_BR","category":"MARKETING","status":"REJECTED","components":[{"type":"BODY","text":"Promoção"}]}]`

// templates fetches the templates; only approved ones may be sent (B8).
func (w *company) templates() {
	w.t.Helper()
	w.provider.must(w.provider.box.SeedTemplates(w.t.Context(), meta, waba, []byte(templateSet)))
	w.sofia.done(http.MethodPost, "/templates/sync", fields{})
	list := all[template](w.ana, "/templates")
	if len(list) != 5 {
		w.t.Errorf("%d templates after the sync: %+v", len(list), list)
	}
	approved := all[template](w.ana, "/templates?status=APPROVED")
	if len(approved) != 3 || slices.ContainsFunc(approved, func(t template) bool { return t.Status != "APPROVED" }) {
		w.t.Errorf("B8: approved templates: %+v", approved)
	}
}

// template finds a template by its name.
func (w *company) template(name string) template {
	w.t.Helper()
	for _, t := range all[template](w.ana, "/templates?q="+name) {
		if t.Name == name {
			return t
		}
	}
	w.t.Fatalf("no template %s", name)
	return template{}
}
