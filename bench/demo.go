package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
)

// Demo measures how long the demonstration needs until a city is there, the first time and when it is there already.
func Demo(ctx context.Context, o Options) (*Report, error) {
	o = o.WithDefaults()
	rep := &Report{Title: fmt.Sprintf("okite demo --no-serve, %d people", o.People), Head: []string{"store", "start", "clock", "processor", "peak memory"}}
	dir, done, err := o.scratch("demo")
	if err != nil {
		return nil, err
	}
	defer done()
	program, err := o.build(ctx, dir, "okite")
	if err != nil {
		return nil, err
	}
	for _, start := range []string{"first", "again"} {
		s, err := child(ctx, nil, program, demoArgs(o, filepath.Join(dir, "data"))...)
		if err == nil && s.code != 0 {
			err = fmt.Errorf("exit %d: %s", s.code, s.out)
		}
		if err != nil {
			return nil, fmt.Errorf("okite demo: %w", err)
		}
		rep.row("SQLite", start, millis(s.clock), millis(s.cpu), fmt.Sprintf("%d MB", s.rss>>20))
	}
	return rep, nil
}

func demoArgs(o Options, data string, more ...string) []string {
	return append([]string{"demo", "--no-serve", "--people", strconv.Itoa(o.People), "--seed", "7", "--date", "2026-11-24", "--data", data}, more...)
}
