package faults_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// crowd are the customers: they write by themselves, answer what they get, and
// remember what they wrote.
type crowd struct {
	run    *run
	random *rand.Rand // of the answers; under mu
	files  *rand.Rand // of what comes with a message; under mu
	wg     sync.WaitGroup

	mu    sync.Mutex
	wrote []*wrote
	ended bool
}

func newCrowd(r *run) *crowd {
	return &crowd{run: r, random: r.random("answers"), files: r.random("files")}
}

// customers is how many write first; others are written to.
const customers = 30

func phoneOf(i int) string { return fmt.Sprintf("55119876%05d", 10000+i) }

// writes has customers write until the end, each to one number.
func (c *crowd) writes(quiet <-chan struct{}) {
	random := c.run.random("customers")
	for {
		i := random.IntN(customers)
		pause := time.Duration(40+random.IntN(160)) * time.Millisecond
		c.write(c.run.numbers[i%len(c.run.numbers)], phoneOf(i))
		select {
		case <-quiet:
			return
		case <-time.After(pause):
		}
	}
}

// write is one message of a customer. Its one long word is found by nothing
// else.
func (c *crowd) write(number, phone string) {
	c.mu.Lock()
	w := &wrote{id: fmt.Sprintf("wamid.in.%d", len(c.wrote)), talk: talkOf(number, phone)}
	w.text = fmt.Sprintf("mensagem %s", wordOf(len(c.wrote)))
	element := fields{"from": phone, "id": w.id, "timestamp": fmt.Sprint(time.Now().Unix())}
	c.content(number, w, element)
	c.wrote = append(c.wrote, w)
	c.mu.Unlock()
	c.run.post.deliver(&parcel{line: number, talk: w.talk, kind: "messages",
		contact: fields{"profile": fields{"name": "Cliente " + phone[len(phone)-4:]}, "wa_id": phone},
		element: element,
		first: func(at time.Time) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if w.first.IsZero() {
				w.first = at
			}
		},
		acked: func(at time.Time) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if w.acked.IsZero() {
				w.acked = at
			}
		}})
}

// content is a text, or now and then a file with the text beneath it. mu is
// held.
func (c *crowd) content(number string, w *wrote, element fields) {
	if c.files.IntN(5) > 0 {
		element["type"], element["text"] = "text", fields{"body": w.text}
		return
	}
	f := newFile(c.files)
	w.file, w.gone = f.sum, c.files.IntN(12) == 0
	body := fields{"id": c.run.meta.shelf.put(number, f, w.gone), "mime_type": f.mime, "sha256": f.sum, "caption": w.text}
	if f.kind == "document" {
		body["filename"] = f.name
	}
	element["type"], element[f.kind] = f.kind, body
}

// wordOf spells a number in letters, so that no search finds it by accident.
func wordOf(n int) string {
	word := []byte("zq")
	for range 6 {
		word = append(word, byte('a'+n%26))
		n /= 26
	}
	return string(word)
}

// gets is told what a customer's phone shows; some answer.
func (c *crowd) gets(t took, template bool) {
	c.mu.Lock()
	share := 0.25
	if template {
		share = 0.8
	}
	answers := !c.ended && c.random.Float64() < share
	pause := time.Duration(100+c.random.IntN(900)) * time.Millisecond
	if answers {
		c.wg.Add(1)
	}
	c.mu.Unlock()
	if !answers {
		return
	}
	defer c.wg.Done()
	c.run.pause(pause)
	number, phone := t.talk[:15], t.talk[16:]
	c.write(number, phone)
}

// end keeps customers from answering any more.
func (c *crowd) end() {
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	c.wg.Wait()
}

func (c *crowd) ledger() []wrote {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]wrote, len(c.wrote))
	for i, w := range c.wrote {
		list[i] = *w
	}
	return list
}
