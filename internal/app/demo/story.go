package demo

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"
)

//go:embed story.txt
var storyText string

// customer is somebody of the story.
type customer struct {
	name, phone, line string
	absent            bool // has no WhatsApp
}

// moment is one thing that happens.
type moment struct {
	ago  time.Duration
	who  *customer
	verb string // "<", ">", ">>", "accept" …
	rest string
	at   int // line of the file
}

// parseStory reads the story and puts its moments into the order of time.
func parseStory(text string) ([]moment, error) {
	var list []moment
	var who *customer
	for n, l := range strings.Split(text, "\n") {
		l = strings.TrimSpace(l)
		switch {
		case l == "" || strings.HasPrefix(l, "#"):
		case strings.HasPrefix(l, "== "):
			fields := split(l[3:], "|")
			if len(fields) < 3 {
				return nil, fmt.Errorf("story line %d: name | phone | line", n+1)
			}
			who = &customer{name: fields[0], phone: fields[1], line: fields[2], absent: len(fields) > 3}
		default:
			m, err := parseMoment(l)
			if err != nil || who == nil {
				return nil, fmt.Errorf("story line %d: %q: %w", n+1, l, err)
			}
			m.who, m.at = who, n+1
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b moment) int { return int(b.ago - a.ago) })
	return list, nil
}

func parseMoment(l string) (moment, error) {
	when, what, ok := strings.Cut(l, " ")
	if !ok {
		return moment{}, fmt.Errorf("nothing happens")
	}
	ago, err := time.ParseDuration(when)
	verb, rest, _ := strings.Cut(what, " ")
	return moment{ago: ago, verb: verb, rest: strings.TrimSpace(rest)}, err
}

func split(text, sep string) []string {
	parts := strings.Split(text, sep)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
