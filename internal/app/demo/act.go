package demo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/outbox"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/store"
)

// happen lets one moment of the story take place.
func (s *seeder) happen(ctx context.Context, m moment) error {
	switch m.verb {
	case "<", "<img", "<loc", "<react", "read":
		return s.customerActs(ctx, m)
	case "start":
		return s.starts(ctx, m)
	}
	return s.agentActs(ctx, m)
}

// deliver lets webhooks that are due arrive.
func (s *seeder) deliver(ctx context.Context) error {
	for {
		n, err := s.world.DeliverDue(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// customerActs has the customer do something on the phone.
func (s *seeder) customerActs(ctx context.Context, m moment) error {
	row := s.company.lines[m.who.line]
	cm := sandbox.CustomerMessage{AccountID: row.AccountID, PhoneNumberID: row.ExternalID, Phone: m.who.phone, Name: m.who.name,
		Type: sandbox.TypeText, Body: m.rest}
	switch m.verb {
	case "<img":
		subject, caption, _ := strings.Cut(m.rest, " | ")
		data, err := picture(subject)
		if err != nil {
			return err
		}
		cm.Type, cm.Body, cm.Media = sandbox.TypeImage, caption, &sandbox.CustomerMedia{Data: data, MIME: "image/jpeg"}
	case "<loc":
		cm.Type, cm.Body = sandbox.TypeLocation, ""
		cm.Location = &sandbox.LocationView{Latitude: -25.4126, Longitude: -49.2713, Name: m.rest, Address: "Curitiba, PR"}
	case "<react", "read":
		return s.onPhone(ctx, m)
	}
	if _, err := s.world.SendAsCustomer(ctx, cm); err != nil {
		return err
	}
	s.clock.pass(500 * time.Millisecond)
	return s.deliver(ctx)
}

// onPhone reacts to our last message, or reads the chat.
func (s *seeder) onPhone(ctx context.Context, m moment) error {
	chat, err := s.chat(ctx, m.who)
	if err != nil {
		return err
	}
	if m.verb == "read" {
		if err := s.world.Read(ctx, s.company.account.ID, chat.ID); err != nil {
			return err
		}
	} else {
		list, err := s.world.ChatMessages(ctx, s.company.account.ID, chat.ID, 0, 20)
		if err != nil {
			return err
		}
		target := ""
		for _, said := range list {
			if said.Direction == "out" && target == "" {
				target = said.WAMID
			}
		}
		if _, err := s.world.SendAsCustomer(ctx, sandbox.CustomerMessage{AccountID: s.company.account.ID, ChatID: chat.ID,
			Type: sandbox.TypeReaction, Emoji: m.rest, Target: target}); err != nil {
			return err
		}
	}
	s.clock.pass(time.Second)
	return s.deliver(ctx)
}

func (s *seeder) chat(ctx context.Context, who *customer) (sandbox.Chat, error) {
	row := s.company.lines[who.line]
	chats, _, err := s.world.Chats(ctx, sandbox.ChatQuery{AccountID: row.AccountID, PhoneNumberID: row.ExternalID})
	if err != nil {
		return sandbox.Chat{}, err
	}
	for _, c := range chats {
		if desk.MatchKey(c.User.WaID) == desk.MatchKey(who.phone) {
			return c, nil
		}
	}
	return sandbox.Chat{}, fmt.Errorf("no chat of %s", who.phone)
}

// viewer is what a person of the story may see and do at this moment.
func (s *seeder) viewer(ctx context.Context, user desk.ID) (*desk.Viewer, error) {
	v, _, err := s.store.Viewer(s.DB.Read(ctx), s.company.account.ID, user)
	return &v, err
}

// ticket is the customer's newest ticket.
func (s *seeder) ticket(ctx context.Context, who *customer) (desk.Ticket, error) {
	q := s.DB.Read(ctx)
	contact, err := s.store.FindByPhone(q, s.company.account.ID, who.phone)
	if err != nil {
		return desk.Ticket{}, err
	}
	ch, err := s.store.ChannelOf(q, contact.AccountID, contact.ID, s.company.lines[who.line].ID)
	if err != nil {
		return desk.Ticket{}, err
	}
	return s.store.LastTicket(q, contact.AccountID, ch.ID)
}

// agentActs has an agent do something with the customer's ticket.
func (s *seeder) agentActs(ctx context.Context, m moment) error {
	t, err := s.ticket(ctx, m.who)
	if err != nil {
		return err
	}
	actor := t.UserID
	if m.verb == "accept" || actor == 0 {
		actor = s.company.users["elisa"]
	}
	if m.verb == "accept" {
		actor = s.company.users[m.rest]
	}
	v, err := s.viewer(ctx, actor)
	if err != nil {
		return err
	}
	switch m.verb {
	case ">", ">>":
		return s.says(ctx, v, t, outbox.Draft{Type: desk.TypeText, Body: m.rest, Queue: m.verb == ">>"})
	case "template":
		draft, err := s.templateDraft(ctx, split(m.rest, "|"))
		if err != nil {
			return err
		}
		return s.says(ctx, v, t, outbox.Draft{Type: desk.TypeTemplate, Template: draft})
	case "accept":
		if _, err = s.desk.Accept(ctx, v, t.ID, 0); err != nil {
			return err
		}
		_, err = s.desk.See(ctx, v, t.ID, 0)
	case "transfer":
		queue, agent := s.target(m.rest)
		_, err = s.desk.Transfer(ctx, v, t.ID, queue, agent)
	case "tag":
		var tags []desk.ID
		for _, name := range split(m.rest, ",") {
			tags = append(tags, s.company.tags[name])
		}
		_, err = s.desk.Tag(ctx, v, t.ID, tags)
	case "return":
		_, err = s.desk.Return(ctx, v, t.ID)
	case "close":
		_, err = s.desk.Close(ctx, v, t.ID)
	case "reopen":
		_, err = s.desk.Reopen(ctx, v, t.ID)
	default:
		err = fmt.Errorf("unknown verb %q", m.verb)
	}
	return err
}

// target reads "Pós-venda bruno".
func (s *seeder) target(text string) (queue, agent desk.ID) {
	name := text
	if head, last, ok := strings.Cut(text, " "); ok && s.company.users[last] != 0 {
		name, agent = head, s.company.users[last]
	}
	return s.company.queues[name], agent
}

// says sends a message, and reads what came before like somebody who answers.
func (s *seeder) says(ctx context.Context, v *desk.Viewer, t desk.Ticket, d outbox.Draft) error {
	if t.UserID == v.UserID {
		if _, err := s.desk.See(ctx, v, t.ID, 0); err != nil {
			return err
		}
	}
	msg, err := s.outbox.Compose(ctx, outbox.Request{Viewer: v}, t.ID, d)
	if err != nil {
		return err
	}
	return s.leave(ctx, msg)
}

// leave waits until a message has left, and its delivery has been reported.
func (s *seeder) leave(ctx context.Context, msg desk.Message) error {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		now, err := s.store.Message(s.DB.Read(ctx), msg.AccountID, msg.ID)
		if err != nil {
			return err
		}
		if now.Status != desk.StatusPending && now.Status != desk.StatusSending {
			break
		}
		if time.Now().After(end) {
			return fmt.Errorf("message did not leave: %s %+v", now.Status, now.Error)
		}
	}
	s.clock.pass(2 * time.Second)
	return s.deliver(ctx)
}

// starts begins a conversation with a template: "bruno Vendas name | value …".
func (s *seeder) starts(ctx context.Context, m moment) error {
	fields := split(m.rest, "|")
	head := strings.Fields(fields[0])
	v, err := s.viewer(ctx, s.company.users[head[0]])
	if err != nil {
		return err
	}
	row := s.company.lines[m.who.line]
	if _, err := s.world.CreateUser(ctx, sandbox.NewUser{AccountID: row.AccountID, Phone: m.who.phone, Name: m.who.name, Absent: m.who.absent}); err != nil {
		return err
	}
	draft, err := s.templateDraft(ctx, append([]string{head[2]}, fields[1:]...))
	if err != nil {
		return err
	}
	begun, err := s.outbox.StartTicket(ctx, outbox.Request{Viewer: v}, outbox.Start{ConnectionID: row.ID, QueueID: s.company.queues[head[1]],
		Contact: &store.ContactNew{Name: m.who.name, Phone: "+" + m.who.phone}, Template: draft})
	if err != nil {
		return err
	}
	return s.leave(ctx, *begun.Message)
}

// templateDraft fills a template by name with positional values.
func (s *seeder) templateDraft(ctx context.Context, fields []string) (*outbox.TemplateDraft, error) {
	account := s.company.account.ID
	var found desk.ID
	err := s.store.DB.Snapshot(ctx, func(q dbx.Querier) error {
		page, err := s.store.Templates(q, account, store.TemplateList{List: store.List{Limit: 100}})
		for _, t := range page.Items {
			if t.Name == fields[0] {
				found = t.ID
			}
		}
		return err
	})
	if err != nil || found == 0 {
		return nil, errors.Join(err, fmt.Errorf("template %q", fields[0]))
	}
	d := &outbox.TemplateDraft{ID: found}
	for i, value := range fields[1:] {
		d.Values = append(d.Values, desk.TemplateValue{Component: desk.PartBody, Name: strconv.Itoa(i + 1), Text: value})
	}
	return d, nil
}
