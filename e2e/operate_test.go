package e2e_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// What an operator does: the health pages, a second program by mistake, people
// from the command line, a change of the key.
func TestOperate(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d database) {
		p := launch(t, d, "127.0.0.1")
		pages(t, p)
		if d.url == "" {
			out, err := command(t, p, nil, "", "--data-dir", p.data, "serve", "--listen", "127.0.0.1:"+freePort(t))
			if err == nil || !strings.Contains(out, "another Prosa uses this data folder") {
				t.Errorf("a second program on the same folder: %v %s", err, out)
			}
		}
		p.stop()
		addUser(t, p)
		rotateKey(t, p)
	})
}

// pages are for operations and for whoever reads the contract.
func pages(t *testing.T, p *program) {
	t.Helper()
	g := guest(t, p, newContract(t))
	for path, want := range map[string]string{
		"/healthz": "", "/readyz": "", "/metrics": "go_goroutines", "/api/docs": "<html", "/api/v1/openapi.json": `"openapi":`,
	} {
		if a := g.raw(path); a.status != http.StatusOK || !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %d %.200s", path, a.status, a.body)
		}
	}
	committed, err := os.ReadFile("../api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	served := g.raw("/api/v1/openapi.json").body
	if asJSON(decode[any](t, served)) != asJSON(decode[any](t, committed)) {
		t.Error("the served document is not api/openapi.json: run make openapi")
	}
	if a := g.raw("/api/v1/nothing"); a.status != http.StatusNotFound || decode[problem](t, a.body).Code != "not_found" {
		t.Errorf("an unknown path of the API: %d %s", a.status, a.body)
	}
}

// command runs the program to its end with something on standard input and
// returns what it printed.
func command(t *testing.T, p *program, env []string, input string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, prosa, args...)
	cmd.Env = append(append(os.Environ(), p.env...), env...)
	cmd.Stdin = strings.NewReader(input)
	cmd.SysProcAttr = dieWithParent()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// addUser makes the company and its administrator without the browser.
func addUser(t *testing.T, p *program) {
	t.Helper()
	add := []string{"--data-dir", p.data, "user", "add", "--account", "Loja", "--name", "Ada", "--email", "ada@loja.example", "--role", "admin", "--password-stdin"}
	if out, err := command(t, p, nil, "curta\n", add...); err == nil {
		t.Errorf("a short password was taken: %s", out)
	}
	if out, err := command(t, p, nil, password+"\n", add...); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	if out, err := command(t, p, nil, password+"\n", add...); err == nil {
		t.Errorf("the same e-mail was taken twice: %s", out)
	}
	p.start()
	c := newContract(t)
	if s := get[setupState](guest(t, p, c), "/setup"); s.Needed {
		t.Errorf("after user add: %+v", s)
	}
	if ada := signIn(t, p, c, "ada@loja.example", password); ada.me.Role != "admin" || ada.me.Account.Name != "Loja" {
		t.Errorf("she signs in as %+v", ada.me)
	}
}

// rotateKey encrypts everything anew; without the old key nothing opens, with
// the new one all does.
func rotateKey(t *testing.T, p *program) {
	t.Helper()
	ada := signIn(t, p, newContract(t), "ada@loja.example", password)
	w := &company{t: t, program: p, contract: ada.contract, ada: ada}
	w.hire()
	w.provider = newProvider(t)
	made := post[connection](ada, "/connections", fields{"kind": "whatsapp_official", "name": "Loja", "queues": []string{w.vendas}, "settings": w.provider.settings(shopNumber)})
	p.stop()
	const fresh = "0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0"
	old := secretKey
	if p.at.url == "" {
		key, err := os.ReadFile(p.data + "/secret.key")
		if err != nil {
			t.Fatal(err)
		}
		old = strings.TrimSpace(string(key))
	}
	rotate := []string{"--data-dir", p.data, "secret", "rotate"}
	if out, err := command(t, p, []string{"PROSA_SECRET_KEY=" + fresh}, "", rotate...); err == nil {
		t.Errorf("rotated without the old key: %s", out)
	}
	if out, err := command(t, p, []string{"PROSA_SECRET_KEY=" + fresh + "," + old}, "", rotate...); err != nil {
		t.Fatalf("secret rotate: %v\n%s", err, out)
	}
	if out, err := command(t, p, []string{"PROSA_SECRET_KEY=" + old}, "", "--data-dir", p.data, "serve", "--listen", "127.0.0.1:"+freePort(t)); err == nil {
		t.Errorf("started with the key that was replaced: %s", out)
	}
	p.env = append(p.env, "PROSA_SECRET_KEY="+fresh)
	p.start()
	body := envelope(shopNumber, "messages", textFrom("5511987650501", "wamid.rotated", "Ainda abre?"))
	if status := signed(t, made.WebhookURL, body); status != http.StatusOK {
		t.Errorf("with the new key a signed webhook was answered %d", status)
	}
	w.ana = signIn(t, p, ada.contract, "ana@loja.example", password)
	w.ana.ticketOf("pending", "5511987650501")
}
