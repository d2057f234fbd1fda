package training

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// uploadLife is how long a package waits between being looked at and being imported, in microseconds.
const uploadLife = 24 * 60 * 60 * 1_000_000

// stage keeps a package until it is imported. Old ones are cleared by the way.
func (s *Service) stage(ctx context.Context, name string, b []byte) (string, error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make upload id: %w", err)
	}
	id, who := hex.EncodeToString(raw), actor.From(ctx).ID()
	err := s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := tx.Now().UnixMicro()
		if _, err := tx.Exec(ctx, `DELETE FROM training_upload WHERE at < $1`, now-uploadLife); err != nil {
			return fmt.Errorf("clear uploads: %w", err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO training_upload (id, person, name, content, at) VALUES ($1, $2, $3, $4, $5)`, id, who, name, b, now); err != nil {
			return fmt.Errorf("keep upload: %w", err)
		}
		return nil
	})
	return id, err
}

// staged reads a package the actor has sent.
func (s *Service) staged(ctx context.Context, tx *db.Tx, who actor.Actor, id string) (name string, p Package, err error) {
	var b []byte
	err = tx.QueryRow(ctx, `SELECT name, content FROM training_upload WHERE id = $1 AND person = $2 AND at >= $3`, id, who.ID(), tx.Now().UnixMicro()-uploadLife).Scan(&name, &b)
	switch {
	case db.Missing(err) || err == sql.ErrNoRows:
		return "", p, fault.New(fault.NotFound, msg.T("取り込むファイルが見つかりません。ファイルを選び直してください。", "The file to import was not found. Please choose it again."))
	case err != nil:
		return "", p, fmt.Errorf("read upload: %w", err)
	}
	p, err = ReadPackage(b)
	return name, p, err
}

// importPackage makes a course of a package, which is read anew so that nothing typed can stand for it.
func (s *Service) importPackage(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	name, p, err := s.staged(ctx, tx, who, in["upload"])
	if err != nil {
		return ref.Ref{}, err
	}
	d := s.c.Catalog.Must("course")
	row, err := s.c.Catalog.Merge(d, d.New(), act.Input{"name": in["name"], "kind": in["kind"], "edition": in["edition"]})
	if err != nil {
		return ref.Ref{}, err
	}
	k := register.Decode[Course](d, row)
	k.Pass, k.From, k.Source = p.Mastery, when.Of(tx.Now()), short(fmt.Sprintf("SCORM %s %s", p.Version, name), 200)
	ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, k))
	if err != nil {
		return ref.Ref{}, err
	}
	ld := s.c.Catalog.Must("lesson")
	for i, page := range p.Pages {
		if page.Text == "" {
			continue
		}
		if _, err := s.c.Catalog.Create(ctx, tx, who, ld, register.Encode(ld, Lesson{Course: ch.Key, Order: int64(i + 1), Name: short(page.Title, 200), Text: page.Text})); err != nil {
			return ref.Ref{}, err
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM training_upload WHERE id = $1`, in["upload"]); err != nil {
		return ref.Ref{}, fmt.Errorf("clear upload: %w", err)
	}
	return ref.New("course", ch.Key), nil
}

// short is a text cut to what a field holds.
func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
