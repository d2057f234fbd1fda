package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Migrate runs the dated schema files (*.sql, "20261120_trail.sql") of all modules, sorted over all of them by
// name, each once and each in a transaction of its own. A file that ran is recorded with its hash; a released
// file that has changed is an error, and so are two files of one name.
//
// The text is the same for both engines but for three things:
//   - lines between "-- only sqlite" or "-- only postgresql" and "-- both" run on that engine alone;
//   - on SQLite BIGINT PRIMARY KEY becomes INTEGER PRIMARY KEY (the row's own number, no second index) and
//     BYTEA becomes BLOB;
//   - on PostgreSQL a TEXT column sorts by code point (COLLATE "C"), as on SQLite.
func (s *Store) Migrate(ctx context.Context, files ...fs.FS) error {
	all, err := gather(files)
	if err != nil {
		return err
	}
	if err := s.exclusive(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE IF NOT EXISTS schema_file (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at BIGINT NOT NULL)`)
		return err
	}); err != nil {
		return fmt.Errorf("make table of schema files: %w", err)
	}
	for _, f := range all {
		if err := s.exclusive(ctx, func(ctx context.Context, tx *Tx) error { return f.run(ctx, tx) }); err != nil {
			return fmt.Errorf("run schema file %s: %w", f.name, err)
		}
	}
	return nil
}

// exclusive is Bulk: no two nodes change the schema at once.
func (s *Store) exclusive(ctx context.Context, fn Func) error { return s.Bulk(ctx, fn) }

type schemaFile struct{ name, text, hash string }

func gather(files []fs.FS) ([]schemaFile, error) {
	var all []schemaFile
	for _, fsys := range files {
		err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(p) != ".sql" {
				return err
			}
			text, err := fs.ReadFile(fsys, p)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(text)
			all = append(all, schemaFile{path.Base(p), string(text), hex.EncodeToString(sum[:])})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read schema files: %w", err)
		}
	}
	slices.SortFunc(all, func(a, b schemaFile) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(all); i++ {
		if all[i].name == all[i-1].name {
			return nil, fmt.Errorf("read schema files: two are named %s", all[i].name)
		}
	}
	return all, nil
}

func (f schemaFile) run(ctx context.Context, tx *Tx) error {
	var hash string
	err := tx.QueryRow(ctx, `SELECT sha256 FROM schema_file WHERE name = $1`, f.name).Scan(&hash)
	switch {
	case err == nil && hash == f.hash:
		return nil
	case err == nil:
		return errors.New("the file has changed since it ran; a released schema file is never edited")
	case !Missing(err):
		return err
	}
	if _, err := tx.session.conn.ExecContext(ctx, render(f.text, tx.Dialect())); err != nil {
		return tx.fail(err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO schema_file (name, sha256, at) VALUES ($1, $2, $3)`, f.name, f.hash, tx.Now().UnixMicro())
	return err
}

var (
	bigKey  = regexp.MustCompile(`\bBIGINT PRIMARY KEY\b`)
	bytesOf = regexp.MustCompile(`\bBYTEA\b`)
	textCol = regexp.MustCompile(`\bTEXT\b`)
)

// render gives a schema file's text for an engine.
func render(text string, d Dialect) string {
	var b strings.Builder
	skip := false
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case "-- only sqlite":
			skip = d != SQLite
			continue
		case "-- only postgresql":
			skip = d != Postgres
			continue
		case "-- both":
			skip = false
			continue
		}
		if skip {
			continue
		}
		if code, comment, ok := strings.Cut(line, "--"); ok && comment != "" {
			line = code + "\n"
		}
		b.WriteString(line)
	}
	if d == Postgres {
		return textCol.ReplaceAllString(b.String(), `TEXT COLLATE "C"`)
	}
	return bytesOf.ReplaceAllString(bigKey.ReplaceAllString(b.String(), "INTEGER PRIMARY KEY"), "BLOB")
}
