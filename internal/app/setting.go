package app

import (
	"context"
	"encoding/json"
	"fmt"

	"okite/internal/db"
	"okite/internal/when"
)

// Demo is what a demonstration was made of.
type Demo struct {
	People int       `json:"people"`
	Seed   uint64    `json:"seed"`
	Date   when.Date `json:"date"`
	Maker  int       `json:"maker"` // version of the generator: another version is another city
}

// setting reads a setting, "" when it was never made.
func (a *App) setting(ctx context.Context, name string) (string, error) {
	var value string
	err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT value FROM setting WHERE name = $1`, name).Scan(&value)
		if db.Missing(err) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read setting %s: %w", name, err)
	}
	return value, nil
}

// set keeps a setting.
func set(ctx context.Context, tx *db.Tx, name, value string) error {
	_, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("keep setting %s: %w", name, err)
	}
	return nil
}

func (a *App) readDemo(ctx context.Context) (*Demo, error) {
	s, err := a.setting(ctx, "demo")
	if err != nil || s == "" {
		return nil, err
	}
	d := &Demo{}
	if err := json.Unmarshal([]byte(s), d); err != nil {
		return nil, fmt.Errorf("read setting demo: %w", err)
	}
	return d, nil
}
