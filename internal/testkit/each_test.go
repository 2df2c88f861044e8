package testkit_test

import (
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestProsaSchemaOnBoth(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		var n int
		if err := db.Read(t.Context()).QueryRow("SELECT count(*) FROM message_text").Scan(&n); err != nil {
			t.Fatal(err)
		}
	})
}
