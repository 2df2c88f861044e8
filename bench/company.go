package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// What the company's people and numbers are called.
const (
	companyName  = "Bancada"
	password     = "bench correct horse"
	adminEmail   = "admin@bench.example"
	secretKey    = "5f0c3d1e9b8a47260f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778"
	wabaID       = "300000000000001"
	phoneNumber1 = 400000000000001
	accessToken  = "bench-access-token"
	appSecret    = "bench-app-secret"
	verifyToken  = "bench-verify-token"
)

// company is what a run must know of the stored registers: their ids came from
// the program. It is kept beside the data.
type company struct {
	Account     desk.ID   `json:"account"`
	Admin       desk.ID   `json:"admin"`
	Queues      []desk.ID `json:"queues"`
	Supervisors []desk.ID `json:"supervisors"`
	Users       []desk.ID `json:"users"` // ordinary ones
	Audience    int       `json:"audience"`
	Connections []line    `json:"connections"`
}

// line is one number of the company.
type line struct {
	ID      desk.ID `json:"id"`
	Hook    string  `json:"hook"` // path of its webhook
	PhoneID string  `json:"phone_id"`
	Display string  `json:"display"`
}

func userEmail(n int) string       { return fmt.Sprintf("user%d@bench.example", n) }
func supervisorEmail(n int) string { return fmt.Sprintf("supervisor%d@bench.example", n) }

// People and numbers beside those of the data: who sees everything and only
// watches, and the numbers that make ten.
const (
	audienceSize = 50
	lines        = 10
)

func audienceEmail(n int) string { return fmt.Sprintf("audience%d@bench.example", n) }

// overview are the e-mails of those who see everything.
func (c *company) overview(d *dataset) []string {
	list := []string{adminEmail}
	for i := range d.Supervisors {
		list = append(list, supervisorEmail(i))
	}
	for i := range c.Audience {
		list = append(list, audienceEmail(i))
	}
	return list
}

// everybody are those and the ordinary users.
func (c *company) everybody(d *dataset) []string {
	list := c.overview(d)
	for i := range d.ordinary() {
		list = append(list, userEmail(i))
	}
	return list
}

// viewer is an ordinary user as the rule of visibility sees her.
func (c *company) viewer(d *dataset, user int) *desk.Viewer {
	v := &desk.Viewer{AccountID: c.Account, UserID: c.Users[user], Role: desk.RoleUser, Rights: desk.DefaultSettings().Rights()}
	for _, q := range d.queuesOf(user) {
		v.Queues = append(v.Queues, c.Queues[q])
	}
	return v
}

// sight is a ticket as the rule of visibility sees it.
func (c *company) sight(t *ticketRow) desk.Sight {
	s := desk.Sight{QueueID: c.Queues[t.queue], ConnectionID: c.Connections[t.connection].ID, Status: t.status}
	if t.user != nobody {
		s.UserID = c.Users[t.user]
	}
	return s
}

// found makes the company: the administrator by the command line, queues and
// users in the database (they all have her password, so that it is hashed
// once), the numbers by the API, which seals their secrets.
func found(ctx context.Context, p *program, at place, d *dataset) (*company, error) {
	c := &company{}
	err := p.run(ctx, at, strings.NewReader(password+"\n"), "user", "add", "--account", companyName, "--name", "Administradora",
		"--email", adminEmail, "--role", "admin", "--password-stdin")
	if err != nil {
		return nil, fmt.Errorf("add the administrator: %w", err)
	}
	if err := withStore(ctx, at, func(s *store.Store) error { return c.hire(ctx, s, d) }); err != nil {
		return nil, fmt.Errorf("add queues and users: %w", err)
	}
	r, err := p.start(ctx, at)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.stop() }()
	return c, c.connect(ctx, r, d)
}

// withStore opens a place's database, which no program has open.
func withStore(ctx context.Context, at place, fn func(s *store.Store) error) error {
	db, err := dbx.Open(ctx, dbx.Config{Path: at.databasePath(), URL: at.url})
	if err != nil {
		return err
	}
	err = fn(store.New(db, desk.NewIDs(time.Now, otherNode, 0), time.Now, nil))
	if closing := db.Close(); err == nil {
		err = closing
	}
	return err
}

func (c *company) hire(ctx context.Context, s *store.Store, d *dataset) error {
	return s.DB.Do(ctx, func(tx *dbx.Tx) error {
		accounts, err := s.Accounts(tx)
		if err != nil {
			return err
		}
		admin, err := s.PersonByEmail(tx, adminEmail)
		if err != nil {
			return err
		}
		who, err := s.Memberships(tx, admin.ID)
		if err != nil {
			return err
		}
		*c = company{Account: accounts[0].ID, Admin: who[0].UserID}
		by := store.Operator(c.Account)
		for i := range d.Queues {
			q, err := s.CreateQueue(tx, by, store.QueueNew{Name: fmt.Sprintf("Fila %02d", i+1), Color: "#1F8A70"})
			if err != nil {
				return err
			}
			c.Queues = append(c.Queues, q.ID)
		}
		return c.hireUsers(tx, s, d, admin.PasswordHash)
	})
}

func (c *company) hireUsers(tx *dbx.Tx, s *store.Store, d *dataset, hash string) error {
	by := store.Operator(c.Account)
	c.Audience = audienceSize
	for _, email := range c.overview(d)[1:] {
		u, err := s.CreateUser(tx, by, store.UserNew{Name: "Supervisora " + email, Email: email, PasswordHash: hash, Role: desk.RoleSupervisor})
		if err != nil {
			return err
		}
		c.Supervisors = append(c.Supervisors, u.ID)
	}
	for i := range d.ordinary() {
		in := store.UserNew{Name: fmt.Sprintf("Atendente %d", i), Email: userEmail(i), PasswordHash: hash, Role: desk.RoleUser}
		for _, q := range d.queuesOf(i) {
			in.Queues = append(in.Queues, c.Queues[q])
		}
		u, err := s.CreateUser(tx, by, in)
		if err != nil {
			return err
		}
		c.Users = append(c.Users, u.ID)
	}
	return nil
}

// connect adds the numbers. Where their provider is, each run says anew.
func (c *company) connect(ctx context.Context, r *running, d *dataset) error {
	b, err := signIn(ctx, r.addr, adminEmail)
	if err != nil {
		return err
	}
	for i := range lines {
		l := line{PhoneID: fmt.Sprint(phoneNumber1 + i), Display: fmt.Sprintf("55413000%04d", i)}
		var made struct {
			ID         desk.ID `json:"id"`
			WebhookURL string  `json:"webhook_url"`
		}
		err := b.call(ctx, http.MethodPost, "/api/v1/connections", map[string]any{
			"kind": desk.WhatsAppOfficial, "name": fmt.Sprintf("Linha %d", i+1), "queues": []desk.ID{c.Queues[i]},
			"settings": map[string]string{"phone_number_id": l.PhoneID, "waba_id": wabaID, "access_token": accessToken,
				"app_secret": appSecret, "verify_token": verifyToken, "graph_url": "http://127.0.0.1:9"},
		}, &made)
		if err != nil {
			return fmt.Errorf("add a connection: %w", err)
		}
		u, err := url.Parse(made.WebhookURL)
		if err != nil {
			return err
		}
		l.ID, l.Hook = made.ID, u.Path
		c.Connections = append(c.Connections, l)
	}
	return nil
}

const companyFile = "company.json"

func (c *company) save(dir string) error {
	b, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, companyFile), b, 0o600)
}

func readCompany(dir string) (*company, error) {
	b, err := os.ReadFile(filepath.Join(dir, companyFile))
	if err != nil {
		return nil, err
	}
	c := &company{}
	return c, json.Unmarshal(b, c)
}
