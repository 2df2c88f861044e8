package faults_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// courier brings webhooks to the desk until they are acknowledged, as Meta
// does: those of a conversation one after another, different ones side by
// side, unless the weather mixes, repeats or delays them.
type courier struct {
	ctx    context.Context
	client *http.Client
	hook   func(line string) string
	say    func(format string, args ...any)

	mu     sync.Mutex
	random *rand.Rand
	lines  map[string][]*parcel // by conversation and kind, in order
	walked map[string]bool      // somebody brings what stands in it
	owed   int
	mixed  weather
	wg     sync.WaitGroup
}

// parcel is one element of a webhook. An empty kind is a mark: it is "brought"
// when all before it were.
type parcel struct {
	line, talk, kind string
	element          fields
	contact          fields
	first            func(time.Time)
	acked            func(time.Time)
}

func newCourier(ctx context.Context, random *rand.Rand, hook func(string) string, say func(string, ...any)) *courier {
	return &courier{ctx: ctx, random: random, hook: hook, say: say, lines: map[string][]*parcel{}, walked: map[string]bool{},
		client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}}
}

// weather sets what happens to webhooks from now on.
func (c *courier) weather(w weather) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mixed = w
}

// deliver puts a parcel in its line.
func (c *courier) deliver(p *parcel) {
	key := p.talk
	if p.kind != "messages" {
		key += " reports"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines[key] = append(c.lines[key], p)
	c.owed++
	if !c.walked[key] {
		c.walked[key] = true
		c.wg.Go(func() { c.walk(key) })
	}
}

// owe counts what will be brought but is not there yet.
func (c *courier) owe(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owed += n
}

// drained tells whether nothing is owed.
func (c *courier) drained() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.owed == 0
}

// walk brings what stands in one line, in order. A parcel that the weather
// takes out of it arrives when it arrives.
func (c *courier) walk(key string) {
	var astray sync.WaitGroup
	for c.ctx.Err() == nil {
		batch, fate, pause := c.next(key)
		if len(batch) == 0 {
			break
		}
		if batch[0].kind == "" {
			astray.Wait()
			batch[0].acked(time.Now())
			c.done(key, 1, true)
			continue
		}
		switch fate {
		case "mix":
			astray.Go(func() {
				c.pause(pause)
				c.bring(batch)
				c.done(key, len(batch), false)
			})
			c.shift(key, len(batch))
			continue
		case "delay":
			c.pause(pause)
		case "twice":
			astray.Go(func() { c.bring(batch) })
		}
		c.bring(batch)
		if fate == "twice" {
			astray.Go(func() { c.pause(pause); c.bring(batch) })
		}
		c.done(key, len(batch), true)
	}
	astray.Wait()
}

// next looks at the head of a line: up to four elements of one kind make one
// webhook.
func (c *courier) next(key string) (batch []*parcel, fate string, pause time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	queue := c.lines[key]
	if len(queue) == 0 {
		c.walked[key] = false
		return nil, "", 0
	}
	n := 1
	for most := 1 + c.random.IntN(4); n < min(most, len(queue)) && queue[n].kind == queue[0].kind && queue[0].kind != ""; n++ {
	}
	if c.random.Float64() < c.mixed.share {
		fate = c.mixed.kind
	}
	return queue[:n:n], fate, time.Duration(c.random.Int64N(int64(c.mixed.slow) + 1))
}

// shift takes parcels out of a line.
func (c *courier) shift(key string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines[key] = c.lines[key][n:]
}

func (c *courier) done(key string, n int, inLine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owed -= n
	if inLine {
		c.lines[key] = c.lines[key][n:]
	}
}

func (c *courier) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-c.ctx.Done():
	}
}

// bring posts a webhook until it is acknowledged.
func (c *courier) bring(batch []*parcel) {
	body := envelope(batch)
	for _, p := range batch {
		if p.first != nil {
			p.first(time.Now())
		}
	}
	for pause := 20 * time.Millisecond; c.ctx.Err() == nil; pause = min(2*pause, 500*time.Millisecond) {
		status, err := c.post(c.hook(batch[0].line), body)
		if err == nil && status == http.StatusOK {
			for _, p := range batch {
				p.acked(time.Now())
			}
			return
		}
		if err == nil && status < 500 {
			c.say("a webhook was answered %d", status)
		}
		c.pause(pause)
	}
}

func (c *courier) post(url string, body []byte) (int, error) {
	req, err := http.NewRequestWithContext(c.ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	req.Header.Set("Content-Type", "application/json")
	res, err := c.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// envelope is a webhook about a number with elements of one kind.
func envelope(batch []*parcel) []byte {
	var elements, contacts []any
	for _, p := range batch {
		elements = append(elements, p.element)
		if p.contact != nil {
			contacts = append(contacts, p.contact)
		}
	}
	value := fields{"messaging_product": "whatsapp", batch[0].kind: elements,
		"metadata": fields{"display_phone_number": "551130000000", "phone_number_id": batch[0].line}}
	if contacts != nil {
		value["contacts"] = contacts[:1]
	}
	body, err := json.Marshal(fields{"object": "whatsapp_business_account", "entry": []any{
		fields{"id": waba, "time": time.Now().Unix(), "changes": []any{fields{"field": "messages", "value": value}}}}})
	if err != nil {
		panic(fmt.Sprintf("a webhook of texts and numbers: %v", err))
	}
	return body
}
