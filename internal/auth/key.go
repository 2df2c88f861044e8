package auth

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// KeyFile is the name of the key's file in the data directory.
const KeyFile = "secret.key"

// KeySource is where the secret keys may come from.
type KeySource struct {
	Given  []string // PROSA_SECRET_KEY; the first seals, all open
	Dir    string   // data directory; the file in it counts only without given keys
	Make   bool     // whether a missing file may be made: an empty SQLite database
	Random io.Reader
}

// errNoKey is returned when there is no key and none may be made.
var errNoKey = errors.New("no secret key")

// ParseKey reads a key as people give it: 32 bytes in hexadecimal or base64.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
		base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		if b, err := decode(text); err == nil && len(b) == len(Key{}) {
			return Key(b), nil
		}
	}
	return Key{}, errors.New("a secret key is 32 random bytes in hexadecimal (64 characters) or base64 (44); make one with: openssl rand -hex 32")
}

// NewKey makes a key.
func NewKey(random io.Reader) (Key, error) {
	var k Key
	_, err := io.ReadFull(random, k[:])
	return k, err
}

// String is the form in which a key is given and stored.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// Keys finds the keys, and makes the first one where that is allowed. Without
// any, the error is errNoKey.
func (s KeySource) Keys() ([]Key, error) {
	var keys []Key
	for _, text := range s.Given {
		if strings.TrimSpace(text) == "" {
			continue
		}
		k, err := ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("PROSA_SECRET_KEY: %w", err)
		}
		keys = append(keys, k)
	}
	if len(keys) > 0 {
		return keys, nil
	}
	k, err := s.fromFile()
	if errors.Is(err, fs.ErrNotExist) && s.Make {
		k, err = s.makeFile()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoKey
	}
	return []Key{k}, err
}

func (s KeySource) path() string { return filepath.Join(s.Dir, KeyFile) }

func (s KeySource) fromFile() (Key, error) {
	if s.Dir == "" {
		return Key{}, fs.ErrNotExist
	}
	text, err := os.ReadFile(s.path())
	if err != nil {
		return Key{}, err
	}
	k, err := ParseKey(string(text))
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", s.path(), err)
	}
	return k, nil
}

// makeFile writes a new key, complete or not at all: a half-written key would
// lock the installation out at the next start.
func (s KeySource) makeFile() (Key, error) {
	k, err := NewKey(s.Random)
	if err != nil {
		return Key{}, err
	}
	f, err := os.CreateTemp(s.Dir, KeyFile+".*") // mode 0600
	if err != nil {
		return Key{}, fmt.Errorf("making the secret key: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(k.String() + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return Key{}, fmt.Errorf("making the secret key: %w", err)
	}
	// A link, not a rename: of two processes starting at once the second must
	// not replace the key of the first.
	err = os.Link(f.Name(), s.path())
	if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without links
		err = writeOnce(s.path(), k.String()+"\n")
	}
	if errors.Is(err, fs.ErrExist) {
		return s.fromFile()
	}
	if err != nil {
		return Key{}, fmt.Errorf("making the secret key: %w", err)
	}
	return k, nil
}

// writeOnce writes a new file and fails if there is one.
func writeOnce(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
