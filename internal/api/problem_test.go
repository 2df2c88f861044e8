package api

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// What passes by itself is 503: clients try again. Anything else unexpected is
// reported as an error of ours.
func TestOutagesAreUnavailable(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "tmp/1", Err: syscall.ENOSPC}
	for _, c := range []struct {
		err    error
		status int
		level  string
	}{
		{fmt.Errorf("media: %w", full), http.StatusServiceUnavailable, "WARN"},
		{&dbx.Error{Kind: dbx.Transient, Err: errors.New("restarting")}, http.StatusServiceUnavailable, "WARN"},
		{&fs.PathError{Op: "write", Path: "tmp/1", Err: syscall.EACCES}, http.StatusInternalServerError, "ERROR"},
	} {
		var log bytes.Buffer
		p := problemOf(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), c.err)
		if p.Status != c.status || !strings.Contains(log.String(), "level="+c.level) {
			t.Errorf("%v: %d, logged %q", c.err, p.Status, log.String())
		}
	}
}
