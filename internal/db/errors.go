package db

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"okite/internal/fault"
	"okite/internal/msg"
)

// ErrUnknown says that nobody can tell whether a write was done: the COMMIT was sent and its answer was an
// error or did not come. The caller repeats the request with its idempotency key.
var ErrUnknown = errors.New("outcome of the write is unknown")

// ErrBroken says that the store refuses to write because its disk failed earlier.
var ErrBroken = errors.New("store is broken")

// errClosed says that the store was closed.
var errClosed = errors.New("store is closed")

// errSwallowed says that a statement failed, or the connection did, and the request went on as if it had not.
var errSwallowed = errors.New("a statement of the transaction failed")

// Duplicate says whether err is the refusal of a second row with a unique key.
func Duplicate(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		c := lite.Code()
		return c == sqlite3.SQLITE_CONSTRAINT_UNIQUE || c == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

// busy is the fault of a store with too much to do.
func busy() error {
	return fault.New(fault.Busy, msg.T("ただいま混み合っています。少し待ってから、もう一度お試しください。", "The store is busy. Please try again in a moment."))
}

// liteCode is the primary result code of SQLite, 0 for another error.
func liteCode(err error) int {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return 0
	}
	return lite.Code() & 0xff
}

// diskFailed says whether an error of SQLite leaves open what is on the disk.
func diskFailed(err error) bool {
	switch liteCode(err) {
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}

// again says whether PostgreSQL asks for the transaction to be repeated.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
