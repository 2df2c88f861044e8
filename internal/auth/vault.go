package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Vault seals what must not be readable in the database or a backup of it:
// AES-256-GCM, written "v1:keyid:nonce:ciphertext" (decisions.md 19). The first
// key seals, every key opens.
type Vault struct {
	keys   []vaultKey
	random io.Reader
}

// Key is one 256-bit secret key.
type Key [32]byte

type vaultKey struct {
	id   string
	key  Key
	aead cipher.AEAD
}

// AAD is where a sealed value stands. It is sealed in, so that a value copied
// to another place does not open there.
type AAD struct {
	Account desk.ID
	Table   string
	Row     desk.ID
	Field   string
}

func (a AAD) bytes() []byte {
	return fmt.Appendf(nil, "%d\x00%q\x00%d\x00%q", int64(a.Account), a.Table, int64(a.Row), a.Field)
}

const sealVersion = "v1"

// errNotSealed is returned for text that Seal did not write.
var errNotSealed = errors.New("auth: not a sealed value")

// UnknownKeyError says that a value was sealed with a key we were not given.
type UnknownKeyError struct{ KeyID string }

func (e *UnknownKeyError) Error() string {
	return "auth: sealed with key " + e.KeyID + ", which was not given"
}

// NewVault returns a vault over at least one key.
func NewVault(keys []Key, random io.Reader) (*Vault, error) {
	if len(keys) == 0 {
		return nil, errors.New("auth: a vault needs a key")
	}
	v := &Vault{random: random}
	for _, k := range keys {
		block, err := aes.NewCipher(k[:])
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		v.keys = append(v.keys, vaultKey{id: k.ID(), key: k, aead: aead})
	}
	return v, nil
}

// ID is a public name of the key that tells nothing else about it.
func (k Key) ID() string {
	sum := sha256.Sum256(append([]byte("prosa key id\x00"), k[:]...))
	return hex.EncodeToString(sum[:4])
}

// KeyIDs names the keys, the sealing one first.
func (v *Vault) KeyIDs() []string {
	ids := make([]string, len(v.keys))
	for i, k := range v.keys {
		ids[i] = k.id
	}
	return ids
}

// Seal encrypts with the first key.
func (v *Vault) Seal(aad AAD, plain string) (string, error) {
	k := v.keys[0]
	nonce := make([]byte, k.aead.NonceSize())
	if _, err := io.ReadFull(v.random, nonce); err != nil {
		return "", err
	}
	text := k.aead.Seal(nil, nonce, []byte(plain), aad.bytes())
	enc := base64.RawURLEncoding
	return strings.Join([]string{sealVersion, k.id, enc.EncodeToString(nonce), enc.EncodeToString(text)}, ":"), nil
}

// Open decrypts what Seal wrote at the same place. A key that is missing is an
// *UnknownKeyError.
func (v *Vault) Open(aad AAD, sealed string) (string, error) {
	id, nonce, text, err := split(sealed)
	if err != nil {
		return "", err
	}
	for _, k := range v.keys {
		if k.id != id {
			continue
		}
		if len(nonce) != k.aead.NonceSize() {
			return "", errNotSealed
		}
		plain, err := k.aead.Open(nil, nonce, text, aad.bytes())
		if err != nil {
			return "", fmt.Errorf("auth: sealed value of %s.%s does not open: %w", aad.Table, aad.Field, err)
		}
		return string(plain), nil
	}
	return "", &UnknownKeyError{KeyID: id}
}

func split(sealed string) (id string, nonce, text []byte, err error) {
	parts := strings.Split(sealed, ":")
	if len(parts) != 4 || parts[0] != sealVersion || len(parts[1]) != 8 {
		return "", nil, nil, errNotSealed
	}
	nonce, err1 := base64.RawURLEncoding.DecodeString(parts[2])
	text, err2 := base64.RawURLEncoding.DecodeString(parts[3])
	if err1 != nil || err2 != nil {
		return "", nil, nil, errNotSealed
	}
	return parts[1], nonce, text, nil
}

// settingAAD is the place of a connection's setting.
func settingAAD(account, connection desk.ID, field string) AAD {
	return AAD{Account: account, Table: "connection", Row: connection, Field: "settings." + field}
}

// SealSettings returns the settings of a connection with the named ones sealed.
// Empty values stay empty: they remove a setting.
func (v *Vault) SealSettings(account, connection desk.ID, settings map[string]string, secrets []string) (map[string]string, error) {
	sealed := make(map[string]string, len(settings))
	for key, value := range settings {
		sealed[key] = value
	}
	for _, key := range secrets {
		if sealed[key] == "" {
			continue
		}
		var err error
		if sealed[key], err = v.Seal(settingAAD(account, connection, key), sealed[key]); err != nil {
			return nil, err
		}
	}
	return sealed, nil
}

// OpenSetting opens one setting of a connection.
func (v *Vault) OpenSetting(account, connection desk.ID, field, sealed string) (string, error) {
	return v.Open(settingAAD(account, connection, field), sealed)
}

// Derive returns a key for another purpose, made from the sealing key: after a
// rotation it is another one.
func (v *Vault) Derive(purpose string) ([]byte, error) { return v.keys[0].derive(purpose) }

func (k vaultKey) derive(purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, k.key[:], nil, "prosa "+purpose, 32)
}
