package inbound

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/jobs"
)

const (
	fetchJob = "media.fetch"
	// maxFile bounds a received file: the largest that any channel hands over
	// (Meta: documents of 100 MB).
	maxFile = 100 << 20
)

// Errors of received files, stable and translatable, beside the keys of
// adapters and the codes of desk.
const (
	FileUnavailable = "media_unavailable" // not to be had in spite of every attempt
	FileChanged     = "media_checksum"    // not what the provider promised
)

// fetch is the payload of a fetch job.
type fetch struct {
	Connection desk.ID `json:"connection"`
	Media      desk.ID `json:"media"`
	SHA256     string  `json:"sha256,omitempty"` // promised, hex
}

// fetchKind fetches received files. They need no order: a large one must not
// hold up the others. What may pass (the network, an expired token) is tried
// for more than a day; Meta keeps files for seven.
func (r *Receiver) fetchKind() jobs.Kind {
	return jobs.Kind{Name: fetchJob, Run: r.fetchFile, Dead: r.fetchFailed, Concurrency: 4, Timeout: 3 * time.Minute,
		MaxAttempts: 40, Backoff: 3 * time.Second, MaxBackoff: time.Hour}
}

// maxChanged is how many downloads may turn out not to be the promised file.
const maxChanged = 5

// fetchFile gets one file from the provider and stores it.
func (r *Receiver) fetchFile(ctx context.Context, t jobs.Task) error {
	var p fetch
	if err := t.Decode(&p); err != nil {
		return err
	}
	m, err := r.Store.Media(r.Store.DB.Read(ctx), t.Account, p.Media)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && m.State == desk.MediaReady {
		return nil
	}
	if err != nil {
		return err
	}
	facts, err := r.download(ctx, t.Account, p, m)
	if errors.Is(err, errChanged) && t.Attempt >= maxChanged {
		return jobs.Permanent(err)
	}
	if err != nil {
		return judge(err)
	}
	m.State, m.MIME, m.SHA256, m.Size, m.Error = desk.MediaReady, facts.MIME, facts.SHA256, facts.Size, ""
	m.Width, m.Height, m.DurationMS, m.ThumbSHA = facts.Width, facts.Height, facts.DurationMS, facts.ThumbSHA
	return r.Store.DB.Do(ctx, func(tx *dbx.Tx) error { return r.Store.SettleMedia(tx, m) })
}

// download streams the file to disk and checks it.
func (r *Receiver) download(ctx context.Context, account desk.ID, p fetch, m desk.Media) (desk.Media, error) {
	line, err := r.Directory.Line(ctx, account, p.Connection)
	if err != nil {
		return desk.Media{}, err
	}
	fetcher, ok := r.Registry[line.Kind].(channel.MediaFetcher)
	if !ok {
		return desk.Media{}, jobs.Permanent(fmt.Errorf("the channel %s hands over no files", line.Kind))
	}
	got, err := fetcher.Fetch(ctx, line.Open, m.ProviderID)
	if err != nil {
		return desk.Media{}, err
	}
	defer func() { _ = got.Body.Close() }() // read to its end, or given up
	if got.Size > maxFile {
		return desk.Media{}, desk.Refuse(desk.CodeMediaTooLarge)
	}
	facts, err := r.Files.Save(ctx, account, got.Body, maxFile)
	if err != nil {
		return desk.Media{}, err
	}
	for _, promised := range []string{p.SHA256, got.SHA256} {
		if promised != "" && !strings.EqualFold(promised, facts.SHA256) {
			return desk.Media{}, errChanged
		}
	}
	return facts, nil
}

// errChanged is tried again: the download may have been cut short.
var errChanged = errors.New("the file is not the one that was promised")

// judge tells the job runner whether to try again. A provider's refusal is
// final unless it says otherwise; so is a rule of ours.
func judge(err error) error {
	if f, ok := errors.AsType[*channel.Failure](err); ok {
		switch {
		case f.Retryable && f.After > 0:
			return jobs.After(f.After, err)
		case f.Retryable || f.AuthFailed: // a new token may come
			return err
		}
		return jobs.Permanent(err)
	}
	if _, ok := errors.AsType[*desk.Error](err); ok {
		return jobs.Permanent(err)
	}
	return err
}

// fetchFailed shows that a file will not come.
func (r *Receiver) fetchFailed(ctx context.Context, t jobs.Task, cause error) error {
	var p fetch
	if err := t.Decode(&p); err != nil {
		return err
	}
	return r.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
		m, err := r.Store.Media(tx, t.Account, p.Media)
		if desk.CodeOf(err) == desk.CodeNotFound || err == nil && m.State != desk.MediaPending {
			return nil // nobody waits for it any more
		}
		if err != nil {
			return err
		}
		m.State, m.Error = desk.MediaFailed, fileError(cause)
		return r.Store.SettleMedia(tx, m)
	})
}

func fileError(cause error) string {
	if f, ok := errors.AsType[*channel.Failure](cause); ok && f.Key != "" {
		return f.Key
	}
	if code := desk.CodeOf(cause); code != "" {
		return string(code)
	}
	if errors.Is(cause, errChanged) {
		return FileChanged
	}
	return FileUnavailable
}
