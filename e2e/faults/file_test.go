package faults_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
)

// file is what somebody sends beside words. No two are the same.
type file struct {
	kind, mime, name string
	sum              string // of its bytes
	bytes            []byte
}

// newFile makes a picture or a document of some kilobytes.
func newFile(random *rand.Rand) file {
	f := file{kind: "document", mime: "application/pdf"}
	if random.IntN(2) == 0 {
		f.kind, f.mime = "image", "image/png"
		f.bytes = noise(random, 20+random.IntN(100))
	} else {
		f.bytes = append([]byte("%PDF-1.4\n"), make([]byte, 1000+random.IntN(60_000))...)
		for i := len("%PDF-1.4\n"); i < len(f.bytes); i++ {
			f.bytes[i] = byte(random.Uint32())
		}
	}
	f.sum = sumOf(f.bytes)
	f.name = f.sum[:8] + map[string]string{"image": ".png", "document": ".pdf"}[f.kind]
	return f
}

func noise(random *rand.Rand, size int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, size, size))
	for i := range m.Pix {
		m.Pix[i] = byte(random.Uint32())
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(fmt.Sprintf("a picture in memory: %v", err))
	}
	return b.Bytes()
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// shelf holds the provider's files: what customers sent and what the desk gave
// it.
type shelf struct {
	mu    sync.Mutex
	files map[string]*shelved
}

type shelved struct {
	file
	number string
	gone   bool // the provider can't find it
}

// put keeps a file and returns its id.
func (s *shelf) put(number string, f file, gone bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := fmt.Sprintf("file-%d", len(s.files)+1)
	s.files[id] = &shelved{f, number, gone}
	return id
}

func (s *shelf) get(id string) *shelved {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[id]
}

// give answers where a file is, and under that address what is in it.
func (m *meta) give(w http.ResponseWriter, r *http.Request, id string, whole bool) {
	f := m.shelf.get(id)
	switch {
	case f == nil || f.gone:
		say(w, http.StatusBadRequest, fault(100, "Unsupported get request. Object with ID '"+id+"' does not exist", false))
		return
	case !m.entitled(f.number, r):
		say(w, http.StatusUnauthorized, fault(190, "Error validating access token", false))
		return
	}
	kind, ok := m.handing(w, r, f.number)
	if !ok {
		return
	}
	if !whole {
		say(w, http.StatusOK, fields{"messaging_product": "whatsapp", "id": id, "url": m.server.URL + "/v0/bytes/" + id,
			"mime_type": f.mime, "sha256": f.sum, "file_size": len(f.bytes)})
		return
	}
	w.Header().Set("Content-Type", f.mime)
	w.Header().Set("Content-Length", fmt.Sprint(len(f.bytes)))
	if kind == "cut" {
		_, _ = w.Write(f.bytes[:len(f.bytes)/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(f.bytes) // who does not read it to its end was killed
}

// handing is the weather of files: how this one is handed over, and whether it
// is at all.
func (m *meta) handing(w http.ResponseWriter, r *http.Request, number string) (kind string, ok bool) {
	m.mu.Lock()
	now := m.lines[number].files
	bad := m.random.Float64() < now.share
	m.mu.Unlock()
	if !bad {
		return "", true
	}
	switch now.kind {
	case "slow":
		wait(r, now.slow)
	case "down":
		say(w, http.StatusServiceUnavailable, fault(131016, "Service unavailable", true))
		return "", false
	}
	return now.kind, true
}

// receive takes a file for a message that is to come.
func (m *meta) receive(w http.ResponseWriter, r *http.Request, number string) {
	kind, ok := m.handing(w, r, number)
	if !ok {
		return
	}
	part, head, err := r.FormFile("file")
	if err != nil || kind == "cut" {
		hangUp(w)
		return
	}
	defer part.Close()
	content, err := io.ReadAll(part)
	if err != nil {
		hangUp(w)
		return
	}
	f := file{mime: head.Header.Get("Content-Type"), name: head.Filename, sum: sumOf(content), bytes: content}
	say(w, http.StatusOK, fields{"id": m.shelf.put(number, f, false)})
}

// fileOf is the sum of the file that an outgoing message refers to.
func (m *meta) fileOf(in *outgoing) string {
	ref := in.Image
	if ref == nil {
		ref = in.Document
	}
	if ref == nil {
		return ""
	}
	f := m.shelf.get(ref.ID)
	if f == nil {
		m.courier.say("a message refers to file %q, which the provider never got", ref.ID)
		return "unknown"
	}
	return f.sum
}

// fileHeld is a file as the desk holds it.
type fileHeld struct{ state, sum, code string }

// files: each message has the file it came with, whole, on both ends; one that
// the provider lost is shown as failed.
func (a *auditor) files() {
	for _, w := range a.wrote {
		for _, m := range a.byProvider[w.id] {
			switch got := fileIn(m); {
			case w.gone && (got.state != "failed" || got.code == ""):
				a.say("the file of webhook %s, which the provider lost, is %+v", w.id, got)
			case !w.gone && got != wholeFile(w.file):
				a.say("webhook %s came with file %q, stored is %+v", w.id, w.file, got)
			}
		}
	}
	for _, r := range a.asked {
		for _, m := range a.byKey[r.key] {
			if got := fileIn(m); r.file != "" && got != wholeFile(r.file) {
				a.say("key %s was sent with file %q, stored is %+v", r.key, r.file, got)
			}
		}
	}
	for _, t := range a.took {
		if m, known := a.held[t.id]; known && fileIn(m) != wholeFile(t.file) {
			a.say("the provider took message %s with file %q, stored is %+v", t.id, t.file, fileIn(m))
		}
	}
}

func wholeFile(sum string) fileHeld {
	if sum == "" {
		return fileHeld{}
	}
	return fileHeld{state: "ready", sum: sum}
}

// fileIn is the only file of a message; more than one is none's.
func fileIn(m messageHeld) fileHeld {
	switch len(m.files) {
	case 0:
		return fileHeld{}
	case 1:
		return m.files[0]
	}
	return fileHeld{state: fmt.Sprintf("%d files", len(m.files))}
}

// readFiles reads the files of a message as the desk serves them.
func (r *run) readFiles(m *message) ([]fileHeld, error) {
	var list []fileHeld
	for _, f := range m.Media {
		held := fileHeld{state: f.State, code: f.Error}
		if f.State == "ready" {
			content, err := r.ada.bytes(r.ctx, "/media/"+f.ID)
			if err != nil {
				return nil, err
			}
			held.sum = sumOf(content)
		}
		list = append(list, held)
	}
	return list, nil
}

// lookOf is what a screen shows of a message's files.
func lookOf(files []attached) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, " %s %s %s", f.ID, f.State, f.Error)
	}
	return b.String()
}
