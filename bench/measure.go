package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options are what a run is asked for. The zero value measures a little of everything.
type Options struct {
	Postgres string // address of a server whose user may create schemas; "" leaves PostgreSQL out
	Rows     int    // subjects of the checks; default 20,000
	Records  int    // assets of the register's list; default 20,000
	Import   int    // rows of the workbook; default 5,000
	Entries  int    // entries of the record to verify; default 20,000
	Changes  int    // random changes before every verdict is compared with SQL's; default 20,000
	Rounds   int    // rounds of which the median counts; default 3
	Round    time.Duration
	Okite    string // the program okite; "" builds it
	People   int    // size of the demo city; default 3,000
	Dir      string // scratch directory; a fresh one when ""
}

// WithDefaults fills in what was left out.
func (o Options) WithDefaults() Options {
	for _, d := range []struct {
		to *int
		n  int
	}{{&o.Rows, 20_000}, {&o.Records, 20_000}, {&o.Import, 5_000}, {&o.Entries, 20_000}, {&o.Changes, 20_000}, {&o.Rounds, 3}, {&o.People, 3_000}} {
		if *d.to <= 0 {
			*d.to = d.n
		}
	}
	if o.Round <= 0 {
		o.Round = time.Second
	}
	return o
}

// Full asks for the sizes at which the aims were set, where nothing else was asked for.
func (o Options) Full() Options {
	for _, d := range []struct {
		to *int
		n  int
	}{{&o.Rows, 1_000_000}, {&o.Records, 1_000_000}, {&o.Import, 100_000}, {&o.Entries, 1_000_000}, {&o.Changes, 1_000_000}, {&o.Rounds, 5}, {&o.People, 20_000}} {
		if *d.to <= 0 {
			*d.to = d.n
		}
	}
	return o
}

// Report is a table of measurements and the aims they are held against.
type Report struct {
	Title string
	Head  []string
	Rows  [][]string
	Aims  []Aim
	Notes []string
}

// Aim is a number that was promised, and what was seen. Less says that smaller is better.
type Aim struct {
	What      string
	Got, Want float64
	Unit      string
	Less      bool
}

// Met says whether the aim was reached.
func (a Aim) Met() bool {
	if a.Less {
		return a.Got <= a.Want
	}
	return a.Got >= a.Want
}

func (a Aim) String() string {
	verdict, sign := "met", "≥"
	if a.Less {
		sign = "≤"
	}
	if !a.Met() {
		verdict = "MISSED"
	}
	return fmt.Sprintf("%-6s  %s: %.3g %s (aim %s %.3g)", verdict, a.What, a.Got, a.Unit, sign, a.Want)
}

func (r *Report) row(cells ...string) { r.Rows = append(r.Rows, cells) }

func (r *Report) aim(what string, got, want float64, unit string, less bool) {
	r.Aims = append(r.Aims, Aim{what, got, want, unit, less})
}

func (r *Report) note(format string, values ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, values...))
}

// Print writes the report for people.
func (r *Report) Print(w io.Writer) error {
	fmt.Fprintf(w, "## %s\n\n", r.Title)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(r.Head, "\t"))
	for _, row := range r.Rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "\n%s\n", n)
	}
	fmt.Fprintln(w)
	for _, a := range r.Aims {
		fmt.Fprintln(w, a)
	}
	_, err := fmt.Fprintln(w)
	return err
}

// cpu is the processor time this process has used, user and system.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cost is what one way of doing a thing takes. clock is the processor time that counts for it.
type cost struct {
	name  string
	clock func() time.Duration
	do    func() error
	took  []time.Duration
}

// peak is the most memory this process has had, in bytes.
func peak() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return u.Maxrss << 10
}

// median is the middle of the rounds.
func (c *cost) median() time.Duration {
	s := slices.Clone(c.took)
	slices.Sort(s)
	return s[len(s)/2]
}

// alternate runs every way once a round, in turn, so that what else the machine does falls on all alike.
func alternate(rounds int, ways ...*cost) error {
	for range rounds {
		for _, w := range ways {
			begin := w.clock()
			if err := w.do(); err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			w.took = append(w.took, w.clock()-begin)
		}
	}
	return nil
}

// backend is one connection to PostgreSQL, one server process, whose processor time can be read.
type backend struct {
	*pgx.Conn
	pid    uint32
	schema string
}

// tick is the kernel's unit of processor time for processes, 1/100 s everywhere Linux runs today.
const tick = 10 * time.Millisecond

// connect opens a backend in a schema of its own. One process does the work and no compiler starts, so that
// processor time is comparable.
func connect(ctx context.Context, url string) (*backend, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	b := &backend{Conn: conn, pid: conn.PgConn().PID(), schema: fmt.Sprintf("bench_%d_%d", os.Getpid(), time.Now().UnixNano())}
	for _, q := range []string{"CREATE SCHEMA " + b.schema, "SET search_path TO " + b.schema,
		"SET max_parallel_workers_per_gather = 0", "SET jit = off", "SET work_mem = '64MB'"} {
		if _, err := conn.Exec(ctx, q); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", q, err), conn.Close(ctx))
		}
	}
	return b, nil
}

func (b *backend) close(ctx context.Context) error {
	_, err := b.Exec(ctx, "DROP SCHEMA "+b.schema+" CASCADE")
	return errors.Join(err, b.Close(ctx))
}

// cpu is the processor time the backend has used; 0 when its process cannot be seen from here.
func (b *backend) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", b.pid))
	if err != nil {
		return 0
	}
	// the name in brackets may hold blanks; user and system time are the 14th and 15th field
	f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, err1 := strconv.ParseInt(f[11], 10, 64)
	system, err2 := strconv.ParseInt(f[12], 10, 64)
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * tick
}

// millis writes a duration for a table.
func millis(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.4g ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%.3g µs", float64(d.Nanoseconds())/1000)
}

func times(a, b time.Duration) string { return fmt.Sprintf("%.1f×", ratio(a, b)) }

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }
