package desk

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestErrorConstructors(t *testing.T) {
	cases := []struct {
		name string
		err  *Error
		want Error
	}{
		{"refuse", Refuse(CodeNoChange), Error{Kind: Invalid, Code: CodeNoChange}},
		{"refuse field", RefuseField("name", CodeRequired), Error{Kind: Invalid, Code: CodeRequired, Fields: []Field{{Location: "body.name", Code: CodeRequired}}}},
		{"missing", Missing(), Error{Kind: NotFound, Code: CodeNotFound}},
		{"denied", Denied(CodeForbidden), Error{Kind: Forbidden, Code: CodeForbidden}},
		{"clash", Clash(CodeLiveTicket), Error{Kind: Conflict, Code: CodeLiveTicket}},
		{"with", RefuseField("name", CodeTooLong).With("max", 60), Error{Kind: Invalid, Code: CodeTooLong, Params: map[string]any{"max": 60},
			Fields: []Field{{Location: "body.name", Code: CodeTooLong, Params: map[string]any{"max": 60}}}}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, *c.err); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestErrorSurvivesWrapping(t *testing.T) {
	err := fmt.Errorf("closing: %w", Refuse(CodeInvalidTransition))
	if CodeOf(err) != CodeInvalidTransition {
		t.Errorf("code %q", CodeOf(err))
	}
	if CodeOf(io.EOF) != "" || CodeOf(nil) != "" {
		t.Error("other errors have no code")
	}
	cause := &Error{Kind: Unavailable, Code: CodeUnavailable, Err: io.ErrUnexpectedEOF}
	if !errors.Is(cause, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
}

// What is logged names codes and places, never the values a person typed.
func TestErrorText(t *testing.T) {
	e := RefuseField("email", CodeEmailTaken).With("email", "ana@aurora.example")
	e.Err = io.EOF
	if got, want := e.Error(), "email_taken body.email:email_taken: EOF"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
