package testkit_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func schema() fstest.MapFS {
	return fstest.MapFS{"0001_a.sql": {Data: []byte("CREATE TABLE a (id ID PRIMARY KEY)")}}
}

func TestDatabasesAreFresh(t *testing.T) {
	for range 2 {
		testkit.EachDBWith(t, schema(), func(t *testing.T, db *dbx.DB) {
			err := db.Do(t.Context(), func(tx *dbx.Tx) error {
				_, err := tx.Exec("INSERT INTO a VALUES (1)")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A test process that is killed hard must leave neither server nor files. The
// test runs itself as that process.
func TestServerEndsWithItsProcess(t *testing.T) {
	if os.Getenv("PROSA_TEST_POSTGRES") != "" {
		t.Skip("the server is not ours")
	}
	if os.Getenv("TESTKIT_VICTIM") != "" {
		beVictim(t)
		return
	}
	testkit.PostgresURL(t, schema()) // skips without PostgreSQL
	victim := exec.Command(os.Args[0], "-test.run", "^TestServerEndsWithItsProcess$")
	victim.Env = append(os.Environ(), "TESTKIT_VICTIM=1")
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	dir := ""
	for lines := bufio.NewScanner(out); dir == "" && lines.Scan(); {
		dir, _ = strings.CutPrefix(lines.Text(), "server in ")
		if dir == lines.Text() {
			dir = ""
		}
	}
	if dir == "" {
		t.Fatal("the process started no server")
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait() // it was killed
	for range 100 {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s is still there", dir)
}

func beVictim(t *testing.T) {
	url := testkit.PostgresURL(t, schema())
	dir, _, _ := strings.Cut(strings.TrimPrefix(url, "host="), " ")
	fmt.Println("\nserver in " + dir)
	time.Sleep(time.Minute)
}
