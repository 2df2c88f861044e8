package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Passwords hashes and checks passwords with argon2id. Each hash takes 19 MiB
// and some tens of milliseconds of a processor, so only so many run at once.
type Passwords struct {
	slots  chan struct{}
	random io.Reader
	dummy  string // of nobody: an unknown address must take as long as a wrong password
}

// The cost of a hash (decisions.md 18; RFC 9106 calls these the parameters m,
// t and p). Hashes of another cost are still checked, and made anew.
const (
	hashMemory  = 19 * 1024 // KiB
	hashTime    = 2
	hashThreads = 1
	hashSize    = 32
	saltSize    = 16
)

// errHash is returned for a stored hash that is not one.
var errHash = errors.New("auth: not an argon2id hash")

// NewPasswords returns a hasher that runs at most parallel hashes at once.
func NewPasswords(parallel int, random io.Reader) (*Passwords, error) {
	p := &Passwords{slots: make(chan struct{}, max(parallel, 1)), random: random}
	var err error
	p.dummy, err = p.Hash(context.Background(), "nobody's password")
	return p, err
}

// Hash returns the hash of a password in PHC form. It waits for its turn; a
// cancelled context gives it up.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(p.random, salt); err != nil {
		return "", err
	}
	c := cost{memory: hashMemory, time: hashTime, threads: hashThreads}
	sum, err := p.run(ctx, c, password, salt, hashSize)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads,
		enc.EncodeToString(salt), enc.EncodeToString(sum)), nil
}

// Check reports whether the password has the hash. With an empty hash, of
// somebody unknown, it takes as long and says no. stale says that the hash
// should be made anew, at today's cost.
func (p *Passwords) Check(ctx context.Context, hash, password string) (ok, stale bool, err error) {
	known := hash != ""
	if !known {
		hash = p.dummy
	}
	c, salt, want, err := parseHash(hash)
	if err != nil {
		return false, false, err
	}
	sum, err := p.run(ctx, c, password, salt, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(sum, want) == 1 && known
	return ok, ok && c != cost{hashMemory, hashTime, hashThreads}, nil
}

type cost struct {
	memory, time uint32
	threads      uint8
}

func (p *Passwords) run(ctx context.Context, c cost, password string, salt []byte, size uint32) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-p.slots }()
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, size), nil
}

// parseHash reads the PHC form. It refuses costs that no release of ours ever
// wrote, so that a tampered row can't exhaust memory.
func parseHash(hash string) (c cost, salt, sum []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil || n != 3 {
		return c, nil, nil, errHash
	}
	if c.memory < 8 || c.memory > 256*1024 || c.time < 1 || c.time > 16 || c.threads < 1 || c.threads > 16 {
		return c, nil, nil, errHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(sum) < 16 || len(sum) > 64 {
		return c, nil, nil, errHash
	}
	return c, salt, sum, nil
}
