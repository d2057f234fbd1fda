// Package dbtest gives tests a fresh store on each engine. It serves no clause itself; every test of a clause
// that keeps records runs through it.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"okite/internal/db"
)

// Each runs fn on SQLite and on PostgreSQL, a fresh store each. TEST_POSTGRES is the address of a server whose
// user may create schemas; without it that half is skipped and says so, and fails when CI is "true".
func Each(t *testing.T, fn func(t *testing.T, s *db.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgresql", func(t *testing.T) { fn(t, Postgres(t)) })
}

// SQLite gives a fresh SQLite store.
func SQLite(t testing.TB) *db.Store {
	t.Helper()
	return Open(t, db.Config{Dir: t.TempDir()})
}

// Postgres gives a fresh PostgreSQL store or skips the test.
func Postgres(t testing.TB) *db.Store {
	t.Helper()
	return Open(t, PostgresConfig(t))
}

// Open opens a store and closes it at the end of the test.
func Open(t testing.TB, c db.Config) *db.Store {
	t.Helper()
	s, err := db.Open(context.Background(), c)
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// PostgresConfig names a fresh schema, dropped at the end of the test. A test that opens one store twice uses
// it for both.
func PostgresConfig(t testing.TB) db.Config {
	t.Helper()
	url := os.Getenv("TEST_POSTGRES")
	if url == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("TEST_POSTGRES is not set: the PostgreSQL half may not be left out in CI")
		}
		t.Skip("TEST_POSTGRES is not set: the PostgreSQL half was not run")
	}
	var b [8]byte
	rand.Read(b[:])
	schema := "test_" + hex.EncodeToString(b[:])
	t.Cleanup(func() {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			t.Errorf("drop schema: %v", err)
			return
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, `DROP SCHEMA IF EXISTS `+schema+` CASCADE`); err != nil {
			t.Errorf("drop schema: %v", err)
		}
	})
	return db.Config{URL: url, Schema: schema, Conns: 8}
}
