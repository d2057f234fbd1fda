package training_test

import (
	"context"
	"fmt"
	"testing"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/training"
	"okite/internal/when"
)

// BenchmarkPages asks for pages of a city of 20,000 people with two years of completions.
func BenchmarkPages(b *testing.B) {
	const people = 20_000
	o := open(b, dbtest.SQLite(b))
	load(b, o, "unit", func(yield func(register.Row) bool) {
		d := o.c.Must("unit")
		for i := range 1000 {
			yield(register.Encode(d, org.Unit{Code: fmt.Sprintf("V-%04d", i), Name: fmt.Sprintf("第%d課", i), Kind: "section", Organ: "O-1", Open: 1000}))
		}
	})
	load(b, o, "person", func(yield func(register.Row) bool) {
		d := o.c.Must("person")
		for i := range people {
			yield(register.Encode(d, org.Person{Code: fmt.Sprintf("Q-%05d", i), Name: fmt.Sprintf("職員%d", i), Kana: fmt.Sprint(i), Unit: fmt.Sprintf("V-%04d", i%1000), Employment: "regular", Joined: when.On(2015, 4, 1)}))
		}
	})
	load(b, o, "completion", func(yield func(register.Row) bool) {
		d := o.c.Must("completion")
		for i := range 2 * people {
			yield(register.Encode(d, training.Completion{Code: fmt.Sprintf("TD-%06d", i), Person: fmt.Sprintf("Q-%05d", i%people), Course: "TC-1", Date: when.On(2025+i/people, 10, 1), Way: "elearning", Passed: i%7 > 0}))
		}
	})
	s := serve(b, o, chief)
	for _, path := range []string{"/training", "/training/office", "/training/missing", "/training/session/TS-1?unit=V-0001"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if a := s.Get(b, path); a.Status != 200 {
					b.Fatalf("status %d", a.Status)
				}
			}
		})
	}

}

func load(b *testing.B, o *office, name string, rows func(yield func(register.Row) bool)) {
	b.Helper()
	err := o.store.Bulk(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := o.c.BulkLoad(ctx, tx, o.c.Must(name), rows, o.now)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}
