package main

import (
	"math"
	"math/rand/v2"
	"sort"
	"strings"
)

// Words that only the generator puts into messages. No word of the vocabulary
// has a k or a w, so neither they nor their beginnings are found elsewhere.
const (
	rareWord    = "kowari"
	phraseWord1 = "kombi"
	phraseWord2 = "wifi"
	missingWord = "wakizashi"
)

const (
	vocabularySize = 20_000
	zipfExponent   = 1.07
	medianText     = 128.0 // characters
	ninetiethText  = 320.0
	longestText    = 933
)

// writer makes message texts. The n-th text is the same whatever was made
// before it. It belongs to one goroutine.
type writer struct {
	words []string
	seed  uint64
	rare  int // every so many messages, counted from rareFirst; 0: no special words at all
	pcg   *rand.PCG
	rng   *rand.Rand
	zipf  *rand.Zipf
}

// Which messages hold the special words.
const (
	rareFirst   = 7
	phraseEvery = 100
	phraseFirst = 13
)

func newWriter(seed uint64, words []string, rareEvery int) *writer {
	pcg := rand.NewPCG(seed, 0)
	rng := rand.New(pcg)
	return &writer{words: words, seed: seed, rare: rareEvery, pcg: pcg, rng: rng,
		zipf: rand.NewZipf(rng, zipfExponent, 2, uint64(len(words)-1))}
}

func (w *writer) isRare(n int) bool   { return w.rare > 0 && n%w.rare == rareFirst }
func (w *writer) isPhrase(n int) bool { return w.rare > 0 && n%phraseEvery == phraseFirst }

// text returns the n-th text.
func (w *writer) text(n int) string {
	w.pcg.Seed(w.seed, uint64(n)+1)
	sigma := math.Log(ninetiethText/medianText) / 1.2816 // the normal distribution's 90th percentile
	want := int(min(math.Exp(math.Log(medianText)+sigma*w.rng.NormFloat64()), longestText))
	var b strings.Builder
	add := func(word string) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	if w.isPhrase(n) {
		add(phraseWord1)
		add(phraseWord2)
	}
	if w.isRare(n) {
		add(rareWord)
	}
	for b.Len() < want || b.Len() == 0 {
		word := w.words[w.zipf.Uint64()]
		if b.Len() > 0 && b.Len()+len(word) >= longestText {
			break
		}
		add(word)
	}
	return b.String()
}

// vocabulary returns words made of Portuguese syllables, the commonest (and
// shortest) first.
func vocabulary(seed uint64) []string {
	starts := strings.Fields("b c d f g j l m n p r s t v br cr dr fr gr pr tr bl cl fl pl ch lh nh qu")
	vowels := strings.Fields("a e i o u a e o a e ã é ó í ei ou ão")
	ends := strings.Fields("- - - - s r l m n")
	rng := rand.New(rand.NewPCG(seed, 1<<40))
	pick := func(list []string) string { return strings.Trim(list[rng.IntN(len(list))], "-") }
	seen := make(map[string]bool, vocabularySize)
	words := make([]string, 0, vocabularySize)
	for len(words) < vocabularySize {
		var b strings.Builder
		for range 1 + rng.IntN(4) {
			b.WriteString(pick(starts) + pick(vowels))
		}
		b.WriteString(pick(ends))
		if word := b.String(); !seen[word] {
			seen[word] = true
			words = append(words, word)
		}
	}
	sort.SliceStable(words, func(i, j int) bool { return len(words[i]) < len(words[j]) })
	return words
}
