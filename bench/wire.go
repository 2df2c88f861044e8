package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// wire is one kept-alive HTTP/1.1 connection. It does the little that measuring
// needs, because the client shares the machine with the program: net/http's
// would cost as much as many of the answers.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	body bytes.Buffer
}

func dial(ctx context.Context, addr string) (*wire, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &wire{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// dialSmall is dial for thousands.
func dialSmall(ctx context.Context, addr string) (*wire, error) {
	w, err := dial(ctx, addr)
	if err == nil {
		w.in = bufio.NewReaderSize(w.conn, 4<<10)
	}
	return w, err
}

func (w *wire) close() { _ = w.conn.Close() } // nothing is lost: answers are read whole

// rawRequest writes an HTTP/1.1 request. Answers are asked for as they are, not
// packed.
func rawRequest(method, host, path, body string, headers ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return []byte(b.String())
}

// answerTime bounds one answer: what takes longer is a failure.
const answerTime = 30 * time.Second

// do sends a request and returns status and body, which is valid until the
// next call.
func (w *wire) do(request []byte) (status int, body []byte, err error) {
	if err := w.conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return 0, nil, err
	}
	if _, err := w.conn.Write(request); err != nil {
		return 0, nil, err
	}
	return w.read()
}

// must is do for requests of which any answer but 2xx is an error.
func (w *wire) must(request []byte) ([]byte, error) {
	status, body, err := w.do(request)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("answer %d: %.300s", status, body)
	}
	return body, err
}

func (w *wire) read() (int, []byte, error) {
	line, err := w.line()
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, fmt.Errorf("status line %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, nil, err
	}
	length, chunked, err := w.headers()
	if err != nil {
		return status, nil, err
	}
	w.body.Reset()
	switch {
	case chunked:
		err = w.chunks()
	case length > 0:
		_, err = io.CopyN(&w.body, w.in, int64(length))
	}
	return status, w.body.Bytes(), err
}

func (w *wire) line() ([]byte, error) {
	line, err := w.in.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

// headers reads up to the empty line.
func (w *wire) headers() (length int, chunked bool, err error) {
	for {
		line, err := w.line()
		if err != nil || len(line) == 0 {
			return length, chunked, err
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, false, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
}

func (w *wire) chunks() error {
	for {
		line, err := w.line()
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return fmt.Errorf("chunk size %q", line)
		}
		if _, err := io.CopyN(&w.body, w.in, n); err != nil {
			return err
		}
		if end, err := w.line(); err != nil || len(end) > 0 {
			return fmt.Errorf("chunk ends with %q: %w", end, err)
		}
		if n == 0 {
			return nil
		}
	}
}
