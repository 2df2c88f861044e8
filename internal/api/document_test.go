package api

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write api/openapi.json anew")

const committedDocument = "../../api/openapi.json"

// The committed document is what the front end's client is made from: a change
// of the contract must show in the diff.
func TestOpenAPIIsCommitted(t *testing.T) {
	made, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(committedDocument, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(committedDocument)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, committed) {
		t.Error("api/openapi.json is not what the types say; run go test ./internal/api -run TestOpenAPI -update and commit it")
	}
}

func TestOpenAPIIsStable(t *testing.T) {
	first, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("the same types gave two different documents")
	}
}
