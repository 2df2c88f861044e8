package store

import (
	"strings"
	"unicode"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// Snippet is the part of a text around the words that were found. Marks are
// the found words in it, as [start, end) in characters.
type Snippet struct {
	Text  string
	Marks [][2]int
}

const (
	snippetLength = 160 // characters
	snippetLead   = 40  // characters kept before the first found word
)

// makeSnippet cuts a text around the first word that one of words begins, and
// marks all such words in the cut.
func makeSnippet(text string, words []string) Snippet {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	marks := findWords(runes, words)
	from := 0
	if len(marks) > 0 && marks[0][0] > snippetLead {
		from = wordStart(runes, marks[0][0]-snippetLead)
	}
	to := min(len(runes), from+snippetLength)
	s := Snippet{Text: string(runes[from:to]), Marks: [][2]int{}}
	shift := 0
	if from > 0 {
		s.Text, shift = "…"+s.Text, 1
	}
	if to < len(runes) {
		s.Text += "…"
	}
	for _, m := range marks {
		if m[0] >= from && m[1] <= to {
			s.Marks = append(s.Marks, [2]int{m[0] - from + shift, m[1] - from + shift})
		}
	}
	return s
}

// wordStart moves to the beginning of the next word.
func wordStart(runes []rune, i int) int {
	for i < len(runes) && i > 0 && runes[i-1] != ' ' {
		i++
	}
	return i
}

// findWords returns where the words of the text stand that match one of the
// words looked for: as the index does, short ones whole, longer ones as a
// beginning.
func findWords(runes []rune, words []string) [][2]int {
	var found [][2]int
	for i := 0; i < len(runes); {
		if !isWord(runes[i]) {
			i++
			continue
		}
		start := i
		for i < len(runes) && isWord(runes[i]) {
			i++
		}
		if matchesAny(dbx.Fold(string(runes[start:i])), words) {
			found = append(found, [2]int{start, i})
		}
	}
	return found
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

func matchesAny(word string, words []string) bool {
	for _, w := range words {
		if word == w || len(w) >= minDigits && strings.HasPrefix(word, w) {
			return true
		}
	}
	return false
}
