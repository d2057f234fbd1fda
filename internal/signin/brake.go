package signin

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"okite/internal/db"
)

// The brake counts wrong tries in the store, so that all nodes share it. It is kept by account and network: an
// outsider who tries an account from elsewhere does not lock out its owner.

// brakeKey names a counter without keeping what was typed: people type passwords into the wrong field.
func brakeKey(kind, name, addr string) string {
	return hashOf("brake\x00" + kind + "\x00" + name + "\x00" + prefix(addr))
}

type brake struct{ failed, first, until int64 }

func readBrake(ctx context.Context, tx *db.Tx, key string) (brake, bool, error) {
	b, ok, err := db.One(ctx, tx, func(r *sql.Rows) (b brake, err error) {
		err = r.Scan(&b.failed, &b.first, &b.until)
		return b, err
	}, `SELECT failed, first_at, until FROM attempt WHERE hash = $1`, key)
	if err != nil {
		return b, false, fmt.Errorf("read tries: %w", err)
	}
	return b, ok, nil
}

// blocked says whether any of the counters stops the try.
func (s *Service) blocked(ctx context.Context, tx *db.Tx, keys ...string) (bool, error) {
	for _, k := range keys {
		b, _, err := readBrake(ctx, tx, k)
		if err != nil {
			return false, err
		}
		if b.until > s.now() {
			return true, nil
		}
	}
	return false, nil
}

// failed counts a wrong try; the one that reaches the limit stops the next ones for a while.
func (s *Service) failed(ctx context.Context, tx *db.Tx, key string, limit int64) error {
	b, ok, err := readBrake(ctx, tx, key)
	if err != nil {
		return err
	}
	now := s.now()
	if b.until > now {
		return nil // tries while stopped do not make it longer: nobody can be kept out by a flood
	}
	if !ok || now-b.first > micro(window) || b.until > 0 {
		b = brake{first: now}
	}
	if b.failed++; b.failed >= limit {
		b.until = now + micro(blockFor)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO attempt (hash, failed, first_at, until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (hash) DO UPDATE SET failed = $2, first_at = $3, until = $4`, key, b.failed, b.first, b.until); err != nil {
		return fmt.Errorf("count try: %w", err)
	}
	return nil
}

// release forgets the wrong tries after a right one.
func (s *Service) release(ctx context.Context, tx *db.Tx, key string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM attempt WHERE hash = $1`, key); err != nil {
		return fmt.Errorf("forget tries: %w", err)
	}
	return nil
}

func micro(d time.Duration) int64 { return d.Microseconds() }
