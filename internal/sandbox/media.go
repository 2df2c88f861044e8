package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// How long files live (Meta: media): uploads of the business and files of
// customers.
const (
	uploadLives  = 30 * 24 * time.Hour
	inboundLives = 7 * 24 * time.Hour
	urlLives     = 5 * time.Minute
)

// chunkBytes is how much of a file one transaction writes, so that others
// aren't held up.
const chunkBytes = 512 << 10

// mediaRow is one stored file without its bytes.
type mediaRow struct {
	ID        desk.ID
	accountID desk.ID
	numberID  desk.ID
	MIME      string
	Name      string
	SHA256    string // hex
	Size      int64
	Head      []byte
	expiresAt desk.Time
}

const mediaColumns = `id, account_id, number_id, mime, name, sha256, size, head, expires_at`

func scanMedia(r dbx.Scanner) (m mediaRow, err error) {
	return m, r.Scan(&m.ID, &m.accountID, &m.numberID, &m.MIME, &m.Name, &m.SHA256, &m.Size, &m.Head, &m.expiresAt)
}

// mediaOf finds a file by the id a request gives; it must be the account's and
// not have expired.
func (s *Sandbox) mediaOf(ctx context.Context, n *Number, id string) (mediaRow, error) {
	m, err := s.media(ctx, n.AccountID, id)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return m, rules.New(131009, "Media ID %.40s does not exist or has expired.", id)
	}
	return m, err
}

func (s *Sandbox) media(ctx context.Context, accountID desk.ID, id string) (mediaRow, error) {
	key, err := desk.ParseID(id)
	if err != nil || key == 0 {
		return mediaRow{}, desk.Missing()
	}
	m, err := scanMedia(s.db.Read(ctx).QueryRow(`SELECT `+mediaColumns+` FROM sandbox_media
		WHERE id=$1 AND account_id=$2 AND ready AND expires_at > $3`, key, accountID, s.stamp()))
	return m, found(err)
}

// upload is a file on its way into the database.
type upload struct {
	s     *Sandbox
	m     mediaRow
	parts int
	sum   hash.Hash
	limit int64 // bytes; more are refused
	check func(m *mediaRow) error
}

// keep stores a file chunk by chunk and makes it visible when it is whole and
// check finds nothing wrong. What is refused is not kept.
func (s *Sandbox) keep(ctx context.Context, m mediaRow, body io.Reader, check func(*mediaRow) error) (mediaRow, error) {
	if err := s.dropExpiredMedia(ctx); err != nil {
		return mediaRow{}, err
	}
	m.ID = s.ids()
	u := &upload{s: s, m: m, sum: sha256.New(), limit: rules.MaxUpload, check: check}
	err := s.db.Do(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO sandbox_media (id, account_id, number_id, mime, name, expires_at, created_at) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
			m.ID, m.accountID, m.numberID, m.MIME, m.Name, m.expiresAt, s.stamp())
		return err
	})
	if err != nil {
		return mediaRow{}, err
	}
	if err = u.run(ctx, body); err != nil {
		return mediaRow{}, errors.Join(err, s.deleteMedia(context.WithoutCancel(ctx), m.accountID, m.ID))
	}
	return u.m, nil
}

func (u *upload) run(ctx context.Context, body io.Reader) error {
	buf := make([]byte, chunkBytes)
	for {
		n, err := io.ReadFull(body, buf)
		if n > 0 {
			if err := u.write(ctx, buf[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return u.finish(ctx)
		}
		if err != nil {
			return err
		}
	}
}

func (u *upload) write(ctx context.Context, part []byte) error {
	if u.m.Size == 0 {
		u.m.Head = append([]byte(nil), part[:min(len(part), rules.HeadBytes)]...)
	}
	u.m.Size += int64(len(part))
	if u.m.Size > u.limit {
		return rules.New(131053, "The file is larger than %d bytes.", u.limit)
	}
	_, _ = u.sum.Write(part) // never fails
	id := u.s.ids()
	u.parts++
	return u.s.db.Do(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO sandbox_media_chunk (id, account_id, media_id, part, data) VALUES ($1,$2,$3,$4,$5)`,
			id, u.m.accountID, u.m.ID, u.parts, part)
		return err
	})
}

func (u *upload) finish(ctx context.Context) error {
	u.m.SHA256 = hex.EncodeToString(u.sum.Sum(nil))
	if err := u.check(&u.m); err != nil {
		return err
	}
	return u.s.touchOne(ctx, `UPDATE sandbox_media SET sha256=$3, size=$4, head=$5, ready=TRUE WHERE account_id=$1 AND id=$2`,
		u.m.accountID, u.m.ID, u.m.SHA256, u.m.Size, u.m.Head)
}

func (s *Sandbox) deleteMedia(ctx context.Context, accountID, id desk.ID) error {
	return s.db.Do(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(`DELETE FROM sandbox_media_chunk WHERE account_id=$1 AND media_id=$2`, accountID, id)
		if err == nil {
			_, err = tx.Exec(`DELETE FROM sandbox_media WHERE account_id=$1 AND id=$2`, accountID, id)
		}
		return err
	})
}

// fetchLink downloads a file given by link, as Meta does. The error is a
// *rules.Error when the link is at fault.
func (s *Sandbox) fetchLink(ctx context.Context, n *Number, link string) (mediaRow, error) {
	if s.links == nil {
		return mediaRow{}, rules.New(131053, "Downloading media from weblink failed: the simulator has no way out.")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return mediaRow{}, rules.New(131053, "Downloading media from weblink failed: the link is not valid.")
	}
	res, err := s.links.Do(req)
	if err != nil {
		return mediaRow{}, rules.New(131053, "Downloading media from weblink failed.")
	}
	defer func() { _ = res.Body.Close() }() // read to the end or refused
	if res.StatusCode != http.StatusOK {
		return mediaRow{}, rules.New(131053, "Downloading media from weblink failed with http code %d", res.StatusCode)
	}
	name := path.Base(req.URL.Path)
	if !isText(name, 240) {
		name = "file"
	}
	m := mediaRow{accountID: n.AccountID, numberID: n.id, MIME: cleanMIME(res.Header.Get("Content-Type")), Name: name,
		expiresAt: s.stamp().Add(uploadLives)}
	return s.keep(ctx, m, res.Body, func(m *mediaRow) error { return asError(rules.CheckUpload(m.MIME, m.Size, m.Head)) })
}

// asError keeps a nil refusal a nil error.
func asError(e *rules.Error) error {
	if e == nil {
		return nil
	}
	return e
}

// OpenMedia gives the bytes of a file of a chat, for the phone's screen. Close
// must be called.
func (s *Sandbox) OpenMedia(ctx context.Context, accountID, mediaID desk.ID) (MediaView, io.ReadCloser, error) {
	m, err := s.media(ctx, accountID, mediaID.String())
	if err != nil {
		return MediaView{}, nil, err
	}
	family, _, _ := strings.Cut(rules.BaseMIME(m.MIME), "/")
	return MediaView{ID: m.ID, Kind: family, MIME: m.MIME, Name: m.Name, Size: m.Size}, s.bytes(ctx, m), nil
}

// bytes reads a file chunk by chunk.
func (s *Sandbox) bytes(ctx context.Context, m mediaRow) io.ReadCloser {
	return &chunks{s: s, ctx: ctx, m: m}
}

type chunks struct {
	s    *Sandbox
	ctx  context.Context
	m    mediaRow
	part int
	rest []byte
	read int64
}

func (c *chunks) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		if c.read >= c.m.Size {
			return 0, io.EOF
		}
		c.part++
		err := c.s.db.Read(c.ctx).QueryRow(`SELECT data FROM sandbox_media_chunk WHERE account_id=$1 AND media_id=$2 AND part=$3`,
			c.m.accountID, c.m.ID, c.part).Scan(&c.rest)
		if err != nil {
			return 0, fmt.Errorf("media %s part %s: %w", c.m.ID, strconv.Itoa(c.part), err)
		}
		c.read += int64(len(c.rest))
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// Close ends the reading; nothing is held open.
func (c *chunks) Close() error { return nil }
