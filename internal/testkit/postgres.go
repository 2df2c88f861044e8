package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// templateLock is the advisory lock under which processes that share a
// server make the migrated template.
const templateLock = 0x74706c

// cluster is a PostgreSQL server on which tests may create databases.
type cluster struct {
	dsn   string
	alive *os.File // the watchdog lives until this pipe is closed
}

// findCluster takes the server named by PROSA_TEST_POSTGRES, or starts one.
func findCluster() (*cluster, error) {
	if dsn := os.Getenv("PROSA_TEST_POSTGRES"); dsn != "" {
		return &cluster{dsn: dsn}, nil
	}
	return startCluster()
}

// url returns the address of one database of the cluster.
func (c *cluster) url(database string) string {
	if u, err := url.Parse(c.dsn); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		u.Path = "/" + database
		return u.String()
	}
	return c.dsn + " dbname=" + database // the last one counts
}

// create makes a fresh database by copying the migrated template.
func (c *cluster) create(ctx context.Context, migrations fs.FS) (name string, err error) {
	key, err := fingerprint(migrations)
	if err != nil {
		return "", err
	}
	template := "prosa_template_" + key
	name = "prosa_test_" + strings.ToLower(rand.Text())
	err = c.admin(ctx, func(conn *pgx.Conn) error {
		if err := c.ensureTemplate(ctx, conn, template, migrations); err != nil {
			return err
		}
		_, err := conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
		return err
	})
	return name, err
}

// ensureTemplate makes the template once. It is built under another name, so
// that one half made by a process that died is never used.
func (c *cluster) ensureTemplate(ctx context.Context, conn *pgx.Conn, template string, migrations fs.FS) error {
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return err // closing the connection frees the lock
	}
	var exists bool
	err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", template).Scan(&exists)
	if err == nil && !exists {
		err = c.buildTemplate(ctx, conn, template, migrations)
	}
	_, unlockErr := conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", templateLock)
	return errors.Join(err, unlockErr)
}

func (c *cluster) buildTemplate(ctx context.Context, conn *pgx.Conn, template string, migrations fs.FS) error {
	unfinished := template + "_unfinished"
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+unfinished+" WITH (FORCE)"); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+unfinished); err != nil {
		return err
	}
	db, err := dbx.Open(ctx, dbx.Config{URL: c.url(unfinished)})
	if err != nil {
		return err
	}
	if err := errors.Join(dbx.Migrate(ctx, db, migrations), db.Close()); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+unfinished+" RENAME TO "+template)
	return err
}

func (c *cluster) drop(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return c.admin(ctx, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		return err
	})
}

// admin runs fn on a connection of its own: one kept open would look like a
// leak to the tests that search for leaks.
func (c *cluster) admin(ctx context.Context, fn func(conn *pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, c.dsn)
	if err != nil {
		return fmt.Errorf("connect to test server: %w", err)
	}
	return errors.Join(fn(conn), conn.Close(ctx))
}
