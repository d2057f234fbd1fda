package db

import "testing"

func TestCheckLite(t *testing.T) {
	cases := []struct {
		name, version, journal string
		synchronous, foreign   int
		ok                     bool
	}{
		{"as set", "3.54.1", "wal", 2, 1, true},
		{"first safe version", "3.51.3", "wal", 2, 1, true},
		{"last version that can lose pages", "3.51.2", "wal", 2, 1, false},
		{"old version with a larger last number", "3.9.10", "wal", 2, 1, false},
		{"new main version", "4.0.0", "wal", 2, 1, true},
		{"EXTRA is more than FULL", "3.54.1", "wal", 3, 1, true},
		{"NORMAL loses answered writes in a power cut", "3.54.1", "wal", 1, 1, false},
		{"OFF", "3.54.1", "wal", 0, 1, false},
		{"journal in the old way", "3.54.1", "delete", 2, 1, false},
		{"foreign keys off", "3.54.1", "wal", 2, 0, false},
		{"version that is no number", "abc", "wal", 2, 1, false},
	}
	for _, c := range cases {
		err := checkLite(c.version, c.journal, c.synchronous, c.foreign)
		if got := err == nil; got != c.ok {
			t.Errorf("%s: accepted %v, want %v (%v)", c.name, got, c.ok, err)
		}
	}
}

func TestUnnamed(t *testing.T) {
	for query, want := range map[string]string{
		`SELECT 1`:                                              `SELECT 1`,
		`INSERT INTO t (a, b) VALUES ($1, $2)`:                  `INSERT INTO t (a, b) VALUES (?, ?)`,
		`UPDATE t SET a = $2 WHERE b = $1`:                      `UPDATE t SET a = $2 WHERE b = $1`,
		`SELECT a FROM t WHERE a = $1 OR b = $1`:                `SELECT a FROM t WHERE a = $1 OR b = $1`,
		`SELECT a FROM t WHERE a = $1 AND b = 'costs $2'`:       `SELECT a FROM t WHERE a = $1 AND b = 'costs $2'`,
		`VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`: `VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	} {
		if got := unnamed(query); got != want {
			t.Errorf("%s is written %s, want %s", query, got, want)
		}
	}
}
