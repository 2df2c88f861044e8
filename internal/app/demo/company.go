package demo

import (
	"context"
	"fmt"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Login is one printed way in.
type Login struct {
	Name     string
	Email    string
	Password string
	Role     desk.Role
}

// password is that of every demo user. The demo listens on loopback alone
// unless told otherwise.
const password = "aurora-demo"

type person struct {
	key, name, email string
	role             desk.Role
	queues           []string
}

// people of the demo company; their key is how the story calls them.
func people() []person {
	return []person{
		{"elisa", "Elisa Prado", "elisa.prado@auroramoveis.example", desk.RoleAdmin, []string{"Financeiro"}},
		{"fabio", "Fábio Mendes", "fabio.mendes@auroramoveis.example", desk.RoleSupervisor, []string{"Vendas", "Pós-venda"}},
		{"ana", "Ana Ribeiro", "ana.ribeiro@auroramoveis.example", desk.RoleUser, []string{"Vendas", "Pós-venda"}},
		{"bruno", "Bruno Tavares", "bruno.tavares@auroramoveis.example", desk.RoleUser, []string{"Vendas", "Pós-venda"}},
		{"camila", "Camila Duarte", "camila.duarte@auroramoveis.example", desk.RoleUser, []string{"Vendas"}},
		{"diego", "Diego Nunes", "diego.nunes@auroramoveis.example", desk.RoleUser, []string{"Entregas"}},
	}
}

// Logins are the demo's ways in, for printing.
func Logins() []Login {
	list := make([]Login, 0, len(people()))
	for _, p := range people() {
		list = append(list, Login{p.name, p.email, password, p.role})
	}
	return list
}

var queueColors = [][2]string{{"Vendas", "#1F8A70"}, {"Pós-venda", "#7A5AF8"}, {"Financeiro", "#C9820A"}, {"Entregas", "#2E7DD1"}}

var tagColors = [][2]string{{"Troca", "#C2410C"}, {"VIP", "#A16207"}, {"Orçamento", "#0F766E"}, {"Atacado", "#4338CA"},
	{"2ª via", "#B45309"}, {"Frete", "#1D4ED8"}, {"Garantia", "#BE185D"}}

// line is one simulated number.
type line struct {
	key, name, queue, number, verified string
	phoneID                            string
	readable                           string
}

// lines share one WABA, as numbers of one company do.
func lines() []line {
	return []line{
		{"loja", "WhatsApp Loja", "Vendas", "554133228080", "Aurora Móveis", "106540352242922", "+55 41 3322-8080"},
		{"entregas", "WhatsApp Entregas", "Entregas", "5541988772010", "Aurora Móveis Entregas", "106540352242923", "+55 41 98877-2010"},
	}
}

const waba = "102290129340398"

// company is what the story refers to by name.
type company struct {
	account desk.Account
	queues  map[string]desk.ID
	tags    map[string]desk.ID
	users   map[string]desk.ID
	types   []desk.TicketType
	lines   map[string]desk.Connection
}

// found creates the company and its people.
func (s *seeder) found(ctx context.Context) error {
	hash, err := s.Hash(ctx, password)
	if err != nil {
		return err
	}
	c := &company{queues: map[string]desk.ID{}, tags: map[string]desk.ID{}, users: map[string]desk.ID{}, lines: map[string]desk.Connection{}}
	s.company = c
	return s.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		var err error
		if c.account, err = s.store.CreateAccount(tx, store.AccountNew{Name: "Aurora Móveis", Demo: true}); err != nil {
			return err
		}
		by := store.Operator(c.account.ID)
		for _, q := range queueColors {
			queue, err := s.store.CreateQueue(tx, by, store.QueueNew{Name: q[0], Color: q[1]})
			if err != nil {
				return fmt.Errorf("queue %s: %w", q[0], err)
			}
			c.queues[q[0]] = queue.ID
		}
		for _, t := range tagColors {
			tag, err := s.store.CreateTag(tx, by, store.TagNew{Name: t[0], Color: t[1]})
			if err != nil {
				return fmt.Errorf("tag %s: %w", t[0], err)
			}
			c.tags[t[0]] = tag.ID
		}
		if err := s.hire(tx, by, hash); err != nil {
			return err
		}
		types, err := s.store.TicketTypes(tx, c.account.ID, true, store.List{})
		c.types = types.Items
		return err
	})
}

func (s *seeder) hire(tx *dbx.Tx, by *desk.Viewer, hash string) error {
	for _, p := range people() {
		in := store.UserNew{Name: p.name, Email: p.email, PasswordHash: hash, Role: p.role}
		for _, q := range p.queues {
			in.Queues = append(in.Queues, s.company.queues[q])
		}
		user, err := s.store.CreateUser(tx, by, in)
		if err != nil {
			return fmt.Errorf("user %s: %w", p.key, err)
		}
		s.company.users[p.key] = user.ID
	}
	return nil
}
