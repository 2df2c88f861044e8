package faults_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// person works tickets with a browser whose screen the viewer keeps.
type person struct {
	*browser
	run         *run
	role        string
	scope       scope
	connections []string
	random      *rand.Rand
	viewer      *viewer
	said        int
	started     int
}

// sees is the rule of visibility (features V), told anew: supervisors all,
// agents what is theirs, and what is nobody's in their queues and connections.
func (p *person) sees(t *ticket) bool {
	if p.role != "user" {
		return true
	}
	if t.UserID != nil {
		return *t.UserID == p.id
	}
	return t.QueueID != nil && p.scope.may(*t.QueueID) &&
		(len(p.connections) == 0 || slices.Contains(p.connections, t.ConnectionID))
}

// works does one thing after another until the end. Each chooses by her own
// dice from what her screen shows.
func (p *person) works(quiet <-chan struct{}) {
	for {
		select {
		case <-quiet:
			return
		case <-time.After(time.Duration(60+p.random.IntN(240)) * time.Millisecond):
		}
		p.act()
	}
}

func (p *person) act() {
	dice := p.random.Float64()
	mine := func(t *ticket) bool { return t.Status == "open" && (p.role != "user" || deref(t.UserID) == p.id) }
	switch {
	case dice < 0.20:
		p.onOne(func(t *ticket) bool { return t.Status == "pending" }, func(t *ticket) { p.do(t, "accept", fields{}) })
	case dice < 0.62:
		p.onOne(mine, p.replies)
	case dice < 0.70:
		p.onOne(func(t *ticket) bool { return t.Status == "open" && deref(t.UserID) == p.id && t.Unread > 0 },
			func(t *ticket) { p.do(t, "seen", fields{}) })
	case dice < 0.77:
		p.onOne(mine, p.transfers)
	case dice < 0.80:
		p.onOne(mine, func(t *ticket) { p.do(t, "return", fields{}) })
	case dice < 0.87:
		p.onOne(mine, func(t *ticket) { p.do(t, "close", fields{}) })
	case dice < 0.90:
		p.onOne(func(t *ticket) bool { return t.Status == "closed" }, func(t *ticket) { p.do(t, "reopen", fields{}) })
	case dice < 0.94:
		p.onOne(mine, p.repairs)
	default:
		p.starts()
	}
}

// onOne does something to a ticket of the screen that is ok, if there is one.
func (p *person) onOne(ok func(*ticket) bool, do func(*ticket)) {
	if t := p.viewer.pick(p.random, ok); t != nil {
		do(t)
	}
}

// do is one action on a ticket. It is not repeated: the screen tells what
// became of it.
func (p *person) do(t *ticket, action string, body fields) {
	var after struct {
		ticket
		Inner *ticket `json:"ticket"`
	}
	err := p.call(p.run.ctx, http.MethodPost, "/tickets/"+t.ID+"/"+action, "", body, &after)
	p.judge(action, err)
	if err != nil || action == "seen" {
		return
	}
	if after.Inner != nil {
		after.ticket = *after.Inner
	}
	if after.ID != "" {
		p.run.sighted(&after.ticket, p.name+"'s "+action)
		if !p.sees(&after.ticket) {
			p.run.wrong("%s's %s was answered with a ticket she may not see: %+v", p.name, action, after.state())
		}
	}
}

// judge finds answers that no fault excuses.
func (p *person) judge(what string, err error) {
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		return
	}
	switch r.status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusInternalServerError, http.StatusMethodNotAllowed:
		p.run.wrong("%s's %s: %v", p.name, what, err)
	}
}

func (p *person) transfers(t *ticket) {
	queue := p.run.queues[p.random.IntN(len(p.run.queues))]
	body := fields{"queue_id": queue}
	if p.random.IntN(3) == 0 {
		to := p.run.people[p.random.IntN(len(p.run.people))]
		if slices.Contains(to.scope.now(), queue) && (len(to.connections) == 0 || slices.Contains(to.connections, t.ConnectionID)) {
			body["user_id"] = to.id
		}
	}
	p.do(t, "transfer", body)
}

// replies writes to a customer: into the window, or else into the line.
func (p *person) replies(t *ticket) {
	p.said++
	closed := t.WindowEnds == nil || time.Until(*t.WindowEnds) < time.Minute
	a := asked{key: fmt.Sprintf("%s-%d", p.name, p.said), queue: closed}
	body := fields{"type": "text", "body": "resposta " + a.key}
	if closed {
		body["queue"] = true
	}
	if p.random.IntN(6) == 0 {
		f := newFile(p.random)
		id := p.uploads(f)
		if id == "" {
			return
		}
		a.file, body["type"], body["media_id"] = f.sum, f.kind, id
	}
	p.asks(a, t, "/tickets/"+t.ID+"/messages", body)
}

// uploads gives a file to the desk and returns its id there; "" when she gave
// up.
func (p *person) uploads(f file) string {
	for range 10 {
		u, err := uploadOf(f)
		p.run.must(err)
		var up attached
		err = p.call(p.run.ctx, http.MethodPost, "/media", "", u, &up)
		p.judge("upload", err)
		if err == nil {
			return up.ID
		}
		p.run.pause(50 * time.Millisecond)
	}
	return ""
}

// repairs sends again what did not leave, or takes back what waits.
func (p *person) repairs(t *ticket) {
	list, err := said(p.run.ctx, p.browser, t.ID, 30)
	p.judge("reading", err)
	for i := range list {
		m := &list[i]
		p.run.ticked(m, p.name+"'s repair")
		path := "/messages/" + m.ID
		switch {
		case m.Status == "queued_window" && p.random.IntN(2) == 0:
			p.judge("taking back", p.call(p.run.ctx, http.MethodDelete, path, "", nil, nil))
			return
		case m.Status == "queued_window" && m.Type == "text":
			p.judge("editing", p.call(p.run.ctx, http.MethodPatch, path, "", fields{"body": m.Body + " (corrigida)"}, nil))
			return
		case m.Status == "failed" || m.Status == "uncertain":
			p.said++
			p.asks(asked{key: fmt.Sprintf("%s-%d", p.name, p.said), queue: true}, t, path+"/retry", fields{"queue": true})
			return
		}
	}
}

// starts writes first to somebody, by template.
func (p *person) starts() {
	number := p.random.IntN(len(p.run.numbers))
	if len(p.connections) > 0 {
		number = len(p.run.numbers) - 1
	}
	queues := p.scope.now()
	if len(queues) == 0 {
		queues = p.run.queues
	}
	p.started++
	phone := phoneOf(1000*(1+slices.Index(p.run.people, p)) + p.started%20*len(p.run.numbers) + number)
	id := p.run.numbers[number]
	a := asked{key: fmt.Sprintf("%s-start-%d", p.name, p.started), talk: talkOf(id, phone), start: true}
	p.asks(a, nil, "/tickets", fields{"mode": "steps", "contact": fields{"phone": phone}, "connection_id": p.run.connections[id],
		"queue_id": queues[p.random.IntN(len(queues))], "template": fields{"id": p.run.template, "values": []any{}}})
}

// forgotten tells whether a refusal denies what was answered with success
// before. Only a start may end, by the provider's no.
func (a *asked) forgotten(err error) bool {
	r, _ := errors.AsType[*refusal](err)
	return len(a.ids) > 0 || a.accepted && r.status != http.StatusUnprocessableEntity
}

// asks makes a request with a key, again and again until it is answered; one
// time in eight she gives up at the first failure, and nobody knows then what
// became of it.
func (p *person) asks(a asked, t *ticket, path string, body fields) asked {
	a.who, a.began = p.name, time.Now()
	if t != nil {
		a.ticket, a.talk = t.ID, talkOf(p.run.numberOf[t.ConnectionID], t.Contact.Phone)
	}
	patient := p.random.IntN(8) != 0
	deadline := time.Now().Add(40 * time.Second)
	again := p.random.IntN(10) == 0 // a browser that missed the answer
	unknown := false                // an earlier try may have been taken
	for p.run.ctx.Err() == nil {
		id, err := p.ask(a, path, body)
		p.judge("request "+path, err)
		switch {
		case refused(err):
			if a.forgotten(err) {
				p.run.wrong("%s was done, and then answered with %v", a.key, err)
			}
			a.refused = !unknown
			a.accepted = a.accepted && !a.start // one may be withdrawn later, for the provider's no
		case err != nil:
			unknown = true
		case a.start:
			a.accepted, a.ticket, unknown = true, id, true
		default:
			a.ids, unknown = append(a.ids, id), true
		}
		if refused(err) {
			break
		}
		if err == nil && !again || err != nil && (!patient || time.Now().After(deadline)) {
			break
		}
		again = again && err != nil
		p.run.pause(30 * time.Millisecond)
	}
	a.ended = time.Now()
	p.run.mu.Lock()
	defer p.run.mu.Unlock()
	p.run.books.asked = append(p.run.books.asked, a)
	return a
}

// ask makes the request once and returns the message, or the ticket of a start,
// that the answer is about.
func (p *person) ask(a asked, path string, body fields) (string, error) {
	if !a.start {
		var m message
		err := p.call(p.run.ctx, http.MethodPost, path, a.key, body, &m)
		if err == nil {
			p.run.ticked(&m, p.name+"'s answer")
		}
		return m.ID, err
	}
	var t ticket
	if err := p.call(p.run.ctx, http.MethodPost, path, a.key, body, &t); err != nil {
		return "", err
	}
	p.run.sighted(&t, p.name+"'s start")
	return t.ID, nil
}
