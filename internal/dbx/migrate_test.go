package dbx_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

const first = "CREATE TABLE a (id ID PRIMARY KEY, note TEXT); INSERT INTO a VALUES (1, 'x;y')"

func TestMigrateForward(t *testing.T) {
	testkit.EachDBWith(t, files("0001_a.sql", first), func(t *testing.T, db *dbx.DB) {
		two := files("0001_a.sql", first, "0002_b.sql", "ALTER TABLE a ADD COLUMN more TEXT; UPDATE a SET more = note")
		for range 2 { // the second time there is nothing to do
			if err := dbx.Migrate(t.Context(), db, two); err != nil {
				t.Fatal(err)
			}
		}
		var more string
		if err := db.Read(t.Context()).QueryRow("SELECT more FROM a").Scan(&more); err != nil || more != "x;y" {
			t.Fatal(more, err)
		}
		var newer *dbx.NewerSchemaError
		err := dbx.Migrate(t.Context(), db, files("0001_a.sql", first))
		if !errors.As(err, &newer) || newer.Database != 2 || newer.Program != 1 {
			t.Fatal(err)
		}
	})
}

func TestMigrateFailsWhole(t *testing.T) {
	testkit.EachDBWith(t, files("0001_a.sql", first), func(t *testing.T, db *dbx.DB) {
		for name, text := range map[string]string{
			"bad statement": "CREATE TABLE b (id ID PRIMARY KEY); INSERT INTO nowhere VALUES (1)",
			"control":       "CREATE TABLE b (id ID PRIMARY KEY); COMMIT",
			"dialect":       "-- only: oracle\nCREATE TABLE b (id ID PRIMARY KEY)",
		} {
			if err := dbx.Migrate(t.Context(), db, files("0001_a.sql", first, "0002_b.sql", text)); err == nil {
				t.Errorf("%s: no error", name)
			}
			if err := db.Read(t.Context()).QueryRow("SELECT count(*) FROM b").Scan(new(int)); err == nil {
				t.Errorf("%s: half a migration stayed", name)
			}
		}
		for _, bad := range []fstest.MapFS{
			{},
			files("1_a.sql", ""),
			files("0001_a.sql", first, "0001_b.sql", ""),
			files("0002_a.sql", first),
		} {
			if err := dbx.Migrate(t.Context(), db, bad); err == nil {
				t.Errorf("%v was accepted", bad)
			}
		}
		good := files("0001_a.sql", first, "0002_b.sql", "CREATE TABLE b (id ID PRIMARY KEY)")
		if err := dbx.Migrate(t.Context(), db, good); err != nil {
			t.Fatal(err)
		}
	})
}

func TestKeysAreExpanded(t *testing.T) {
	testkit.EachDBWith(t, files("0001_a.sql", first), func(t *testing.T, db *dbx.DB) {
		query, want := `SELECT count(*) FROM pragma_index_list('a')`, 0 // the rowid needs no index
		if db.Dialect() == dbx.Postgres {
			query, want = `SELECT count(*) FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'id' AND data_type = 'bigint'`, 1
		}
		var n int
		if err := db.Read(t.Context()).QueryRow(query).Scan(&n); err != nil || n != want {
			t.Fatal(n, err)
		}
		const big = int64(1) << 60
		mustDo(t, db, func(tx *dbx.Tx) error { _, err := tx.Exec("INSERT INTO a (id) VALUES ($1)", big); return err })
		var got int64
		rowid := "id"
		if db.Dialect() == dbx.SQLite {
			rowid = "rowid"
		}
		if err := db.Read(t.Context()).QueryRow("SELECT " + rowid + " FROM a WHERE note IS NULL").Scan(&got); err != nil || got != big {
			t.Fatal(got, err)
		}
	})
}

func TestManyNodesMigrateAtOnce(t *testing.T) {
	urls := map[string]dbx.Config{
		"sqlite":   {Path: filepath.Join(t.TempDir(), "a.db")},
		"postgres": {URL: testkit.PostgresURL(t, files("0001_a.sql", first))},
	}
	all := files("0001_a.sql", first, "0002_b.sql", "CREATE TABLE b (id ID PRIMARY KEY)", "0003_c.sql", "CREATE TABLE c (id ID PRIMARY KEY)")
	for name, config := range urls {
		t.Run(name, func(t *testing.T) {
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					db, err := dbx.Open(context.Background(), config)
					if err == nil {
						err = errors.Join(dbx.Migrate(context.Background(), db, all), db.Close())
					}
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestCopyBeforeMigratingSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd name%?.db")
	db, err := dbx.Open(t.Context(), dbx.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	migrate := func(fsys fstest.MapFS) {
		t.Helper()
		if err := dbx.Migrate(t.Context(), db, fsys); err != nil {
			t.Fatal(err)
		}
	}
	migrate(files("0001_a.sql", first))
	if left, _ := filepath.Glob(filepath.Dir(path) + "/*.before-*"); len(left) != 0 {
		t.Fatal("an empty database was copied:", left)
	}
	migrate(files("0001_a.sql", first, "0002_b.sql", "DROP TABLE a", "0003_c.sql", "CREATE TABLE c (x TEXT)"))
	copied := path + ".before-0002"
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	old, err := sql.Open("sqlite", "file:"+strings.NewReplacer("%", "%25", "?", "%3f").Replace(copied))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = old.Close() }()
	var note string
	if err := old.QueryRow("SELECT note FROM a").Scan(&note); err != nil || note != "x;y" {
		t.Fatal(note, err)
	}
}

// SQLite changes a column by making the table anew; rows that refer to it
// must neither be deleted on the way nor left dangling.
func TestRebuildingAReferredTable(t *testing.T) {
	const before = `CREATE TABLE p (id ID PRIMARY KEY); CREATE TABLE c (id ID PRIMARY KEY, p BIGINT REFERENCES p (id) ON DELETE CASCADE);
		INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1)`
	const rebuild = `CREATE TABLE p2 (id ID PRIMARY KEY, x TEXT); INSERT INTO p2 (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE p2 RENAME TO p`
	db := testkit.SQLiteWith(t, files("0001_a.sql", before))
	if err := dbx.Migrate(t.Context(), db, files("0001_a.sql", before, "0002_b.sql", rebuild)); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.Read(t.Context()).QueryRow("SELECT count(*) FROM c JOIN p ON p.id = c.p").Scan(&n); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	err := dbx.Migrate(t.Context(), db, files("0001_a.sql", before, "0002_b.sql", rebuild, "0003_c.sql", "DELETE FROM p"))
	if err == nil || !strings.Contains(err.Error(), "missing row of p") {
		t.Fatal(err)
	}
}
