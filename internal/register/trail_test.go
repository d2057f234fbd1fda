package register

import (
	"context"
	"testing"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/msg"
	"okite/internal/trail"
)

func eachStore(t *testing.T, fn func(t *testing.T, s *db.Store)) { dbtest.Each(t, fn) }

func (b *bench) open(ctx context.Context) {
	b.Helper()
	if err := b.s.Migrate(ctx, trail.Schema()); err != nil {
		b.Fatalf("migrate trail: %v", err)
	}
	log, err := trail.Open(ctx, b.s, b.TempDir(), "okite.example/test")
	if err != nil {
		b.Fatalf("open trail: %v", err)
	}
	b.Cleanup(func() { log.Close() })
	reg := &act.Registry{}
	reg.Add(b.c.Acts()...)
	b.log, b.gate = log, &act.Gate{Store: b.s, Log: log, Registry: reg, Powers: b.c.Powers, Units: b.c.UnitsAbove,
		Role: func(code string) msg.Text { return msg.Same(code) }}
}

func (b *bench) verify(ctx context.Context) {
	b.Helper()
	r, err := b.log.Verify(ctx, nil)
	if err != nil || !r.OK {
		b.Fatalf("verify the record: %+v, %v", r, err)
	}
}
