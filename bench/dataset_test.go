package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// pinned is the hash of data set S. Figures are comparable as long as it stays.
const pinned = "0f3da3b92d5b4695"

func TestGenerate_IsPinned(t *testing.T) {
	if got := generate(sizes()["S"]).hash(); got != pinned {
		t.Errorf("data set S is %s, was %s: earlier figures no longer compare", got, pinned)
	}
}

func TestGenerate_Shape(t *testing.T) {
	d := generate(sizes()["S"])
	count := map[desk.TicketStatus]int{}
	messages, out, busy := 0, 0, map[[2]int]bool{}
	for i := range d.tickets {
		r := &d.tickets[i]
		count[r.status]++
		messages += len(r.messages)
		if (r.user == nobody) != (r.status == desk.Pending) {
			t.Errorf("ticket %d is %s with user %d", i, r.status, r.user)
		}
		if r.user != nobody && !slices.Contains(d.queuesOf(r.user), r.queue) {
			t.Errorf("ticket %d of queue %d is served by user %d of %v", i, r.queue, r.user, d.queuesOf(r.user))
		}
		if key := [2]int{r.contact, r.connection}; r.status != desk.Closed {
			if busy[key] {
				t.Errorf("ticket %d is the contact's second live one", i)
			}
			busy[key] = true
		}
		for k, n := range r.messages {
			if k > 0 && d.messages[n].at <= d.messages[r.messages[k-1]].at {
				t.Errorf("ticket %d: message %d is not later than the one before", i, k)
			}
		}
	}
	for _, m := range d.messages {
		if m.out {
			out++
		}
	}
	if messages != d.Messages || len(d.tickets[0].messages) != longTicket || d.tickets[0].status != desk.Open {
		t.Errorf("%d messages, %d in ticket 1, which is %s", messages, len(d.tickets[0].messages), d.tickets[0].status)
	}
	if count[desk.Open] < 100 || count[desk.Open] > 140 || count[desk.Pending] < 15 || count[desk.Pending] > 45 {
		t.Errorf("%v tickets by status", count)
	}
	if out < d.Messages*35/100 || out > d.Messages*50/100 {
		t.Errorf("%d of %d messages are ours", out, d.Messages)
	}
}

func TestWriter_Texts(t *testing.T) {
	d := generate(sizes()["S"])
	w := d.writer()
	var lengths []time.Duration
	rare, phrases := 0, 0
	for n := range d.Messages {
		text := w.text(n)
		lengths = append(lengths, time.Duration(len([]rune(text))))
		words := strings.Fields(text)
		if slices.Contains(words, rareWord) != w.isRare(n) || slices.Contains(words, phraseWord1) != w.isPhrase(n) {
			t.Fatalf("text %d has or lacks a special word: %q", n, text)
		}
		if w.isRare(n) {
			rare++
		}
		if w.isPhrase(n) {
			phrases++
		}
	}
	slices.Sort(lengths)
	median, ninetieth, longest := quantile(lengths, 0.5), quantile(lengths, 0.9), quantile(lengths, 1)
	if median < 115 || median > 145 || ninetieth < 280 || ninetieth > 350 || longest > longestText {
		t.Errorf("median %d, p90 %d, longest %d characters", median, ninetieth, longest)
	}
	if rare != d.Messages/d.RareEvery || phrases != d.Messages/phraseEvery {
		t.Errorf("%d rare words, %d phrases", rare, phrases)
	}
	if before, again := w.text(17), d.writer().text(17); before != again {
		t.Errorf("text 17 is %q, then %q", before, again)
	}
}

// No word of the vocabulary may look like those that are searched for.
func TestVocabulary_LeavesSpecialWordsAlone(t *testing.T) {
	for _, word := range vocabulary(seed) {
		for _, special := range []string{rareWord, phraseWord1, phraseWord2, missingWord} {
			for _, token := range dbx.Tokens(word) {
				if strings.HasPrefix(token, special) {
					t.Errorf("%q is found by %q", word, special)
				}
			}
		}
	}
}

func TestGenerate_Desk(t *testing.T) {
	d := generate(sizes()[deskSize])
	if n := len(d.tickets[0].messages); n != longOnDesk || len(d.tickets) != 10_000 {
		t.Errorf("%d messages in ticket 1 of %d", n, len(d.tickets))
	}
	contacts := map[int]bool{}
	for i := range d.tickets {
		if r := &d.tickets[i]; r.status != desk.Open || contacts[r.contact] {
			t.Fatalf("ticket %d is %s, or its contact's second", i, r.status)
		}
		contacts[d.tickets[i].contact] = true
	}
}
