package db_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"okite/internal/db"
	"okite/internal/db/dbtest"
)

func TestMigrate(t *testing.T) {
	first := "CREATE TABLE first (id BIGINT PRIMARY KEY, name TEXT NOT NULL, data BYTEA);\nINSERT INTO first (id, name) VALUES (1, 'あ');\n"
	cases := []struct {
		name  string
		files []fstest.MapFS
		want  string // part of the error; "" when it works
	}{
		{"files of two modules run in the order of their dates", []fstest.MapFS{
			{"b/20260202_second.sql": {Data: []byte("INSERT INTO first (id, name) VALUES (2, 'い');")}},
			{"20260101_first.sql": {Data: []byte(first)}}}, ""},
		{"what has run does not run again", []fstest.MapFS{{"20260101_first.sql": {Data: []byte(first)}}}, ""},
		{"a released file may not change", []fstest.MapFS{{"20260101_first.sql": {Data: []byte(first + "-- more\n")}}}, "has changed"},
		{"two files of one name", []fstest.MapFS{
			{"20260303_x.sql": {Data: []byte("SELECT 1;")}}, {"y/20260303_x.sql": {Data: []byte("SELECT 2;")}}}, "two are named"},
		{"a file that fails leaves nothing", []fstest.MapFS{
			{"20260404_half.sql": {Data: []byte("CREATE TABLE half (id BIGINT);\nINSERT INTO absent (id) VALUES (1);")}}}, "20260404_half.sql"},
		{"and runs once it is right", []fstest.MapFS{{"20260404_half.sql": {Data: []byte("CREATE TABLE half (id BIGINT);")}}}, ""},
		{"lines for one engine", []fstest.MapFS{{"20260505_own.sql": {Data: []byte(
			"CREATE TABLE own (id BIGINT PRIMARY KEY,\n-- only sqlite\nlite TEXT,\n-- only postgresql\npost TEXT,\n-- both\nname TEXT);")}}}, ""},
	}
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		for _, c := range cases {
			var err error
			switch len(c.files) {
			case 1:
				err = s.Migrate(ctx, c.files[0])
			default:
				err = s.Migrate(ctx, c.files[0], c.files[1])
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: error %v, want %q", c.name, err, c.want)
			}
		}
		own := map[db.Dialect]string{db.SQLite: "lite", db.Postgres: "post"}[s.Dialect()]
		err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			names, err := db.Rows(ctx, tx, text, `SELECT name FROM first ORDER BY id`)
			if got := strings.Join(names, ""); got != "あい" {
				t.Errorf("rows %q, %v, want あい", got, err)
			}
			_, err = db.Rows(ctx, tx, text, `SELECT `+own+` FROM own`)
			return err
		})
		if err != nil {
			t.Errorf("column of one engine: %v", err)
		}
	})
}
