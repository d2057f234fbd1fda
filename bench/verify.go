package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing/fstest"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/ref"
	"okite/internal/trail"
)

// Verify has a long record checked by okite-verify on one core, and by the verifier of another project, which knows
// nothing of ours but the format. Both must also refuse the same record with one byte changed.
func Verify(ctx context.Context, o Options) (rep *Report, err error) {
	o = o.WithDefaults()
	rep = &Report{Title: fmt.Sprintf("A record of %d entries, verified from its export", o.Entries), Head: []string{"verifier", "clock", "processor", "peak memory"}}
	dir, done, err := o.scratch("verify")
	if err != nil {
		return nil, err
	}
	defer done()
	program, err := o.build(ctx, dir, "okite-verify")
	if err != nil {
		return nil, err
	}
	key, export, tree, err := longRecord(ctx, dir, o.Entries)
	if err != nil {
		return nil, fmt.Errorf("make a long record: %w", err)
	}

	took, err := runVerify(ctx, program, export)
	if err != nil {
		return nil, err
	}
	rep.row("okite-verify, GOMAXPROCS=1", millis(took.clock), millis(took.cpu), fmt.Sprintf("%d MB", took.rss>>20))
	if err := refusesChanged(ctx, program, export); err != nil {
		return nil, err
	}

	begin, used := time.Now(), cpu()
	if err := foreign(ctx, key, tree); err != nil {
		return nil, fmt.Errorf("the foreign verifier refuses the record: %w", err)
	}
	rep.row("tessera fsck (foreign)", millis(time.Since(begin)), millis(cpu()-used), "")
	if err := foreignRefuses(ctx, key, tree); err != nil {
		return nil, err
	}
	rep.note("Both accept the record, and both refuse it with one byte changed: okite-verify at %d places of the export, the foreign verifier in a bundle of entries, a tile and the checkpoint.", places)
	rep.aim(fmt.Sprintf("%d entries on one core", o.Entries), took.clock.Seconds(), 10, "s", true)
	return rep, nil
}

// build gives a program of the product: the one the options name, or one built now.
func (o Options) build(ctx context.Context, dir, name string) (string, error) {
	if name == "okite" && o.Okite != "" {
		return o.Okite, nil
	}
	at, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "okite").Output()
	if err != nil {
		return "", fmt.Errorf("find the product's module: %w", err)
	}
	path, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, "./cmd/"+name)
	cmd.Dir = strings.TrimSpace(string(at)) // its own dependencies build it, not the measurements'
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w: %s", name, err, out)
	}
	return path, nil
}

// spent is what a child process took.
type spent struct {
	clock, cpu time.Duration
	rss        int64
	out        []byte
	code       int
}

// child runs a program to its end and says what it took. An exit code is no error.
func child(ctx context.Context, env []string, program string, args ...string) (spent, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), env...)
	begin := time.Now()
	out, err := cmd.CombinedOutput()
	s := spent{clock: time.Since(begin), out: out}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return s, err
	}
	s.code = cmd.ProcessState.ExitCode()
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.rss = u.Maxrss << 10 // Linux counts it in KB
	}
	return s, nil
}

func runVerify(ctx context.Context, program, export string) (spent, error) {
	s, err := child(ctx, []string{"GOMAXPROCS=1"}, program, "trail", export)
	if err == nil && s.code != 0 {
		err = fmt.Errorf("okite-verify refuses the record: exit %d: %s", s.code, s.out)
	}
	return s, err
}

// places is how many bytes of the export are changed, one at a time.
const places = 5

// refusesChanged changes single bytes, spread over the file but for the zeros at its end.
func refusesChanged(ctx context.Context, program, export string) error {
	info, err := os.Stat(export)
	if err != nil {
		return err
	}
	for i := range int64(places) {
		at := (info.Size() - 2048) * (2*i + 1) / (2 * places)
		if err := flip(export, at); err != nil {
			return err
		}
		s, err := child(ctx, nil, program, "trail", export)
		if err != nil {
			return err
		}
		if s.code != 1 {
			return fmt.Errorf("okite-verify, byte %d changed: exit %d, want 1: %s", at, s.code, s.out)
		}
		if err := flip(export, at); err != nil {
			return err
		}
	}
	return nil
}

// flip turns one bit of a file over.
func flip(path string, at int64) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		return errors.Join(err, f.Close())
	}
	b[0] ^= 1
	_, err = f.WriteAt(b[:], at)
	return errors.Join(err, f.Close())
}

// foreign runs the check of the Tessera project over a directory of tlog-tiles.
func foreign(ctx context.Context, key, tree string) error {
	v, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	hash := func(bundle []byte) ([][]byte, error) {
		var b api.EntryBundle
		if err := b.UnmarshalText(bundle); err != nil {
			return nil, err
		}
		out := make([][]byte, len(b.Entries))
		for i, e := range b.Entries {
			out[i] = rfc6962.DefaultHasher.HashLeaf(e)
		}
		return out, nil
	}
	// Its check never ends when its only worker finds a fault: several go on, and a limit says so if none does.
	ended := make(chan error, 1)
	go func() {
		ended <- fsck.New("okite/bench", v, client.FileFetcher{Root: tree}, hash, fsck.Opts{N: 4}).Check(ctx)
	}()
	select {
	case err := <-ended:
		return err
	case <-time.After(5 * time.Minute):
		return errHangs
	}
}

var errHangs = errors.New("the foreign verifier does not end")

// foreignRefuses makes sure that the foreign verifier says no when it must.
func foreignRefuses(ctx context.Context, key, tree string) error {
	for _, name := range []string{"tile/entries/000", "tile/0/000", "checkpoint"} {
		path := filepath.Join(tree, name)
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("the tree has no %s: %w", name, err)
		}
		if err := flip(path, 40); err != nil {
			return err
		}
		switch err := foreign(ctx, key, tree); {
		case errors.Is(err, errHangs):
			return err
		case err == nil:
			return fmt.Errorf("the foreign verifier accepts a record with a byte of %s changed", name)
		}
		if err := flip(path, 40); err != nil {
			return err
		}
	}
	return nil
}

// longRecord makes a record and gives its verifier key, its export and its directory of tiles.
func longRecord(ctx context.Context, dir string, n int) (key, export, tree string, err error) {
	s, err := db.Open(ctx, db.Config{Dir: filepath.Join(dir, "data")})
	if err != nil {
		return "", "", "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Migrate(ctx, trail.Schema(), fstest.MapFS{}); err != nil {
		return "", "", "", err
	}
	l, err := trail.Open(ctx, s, filepath.Join(dir, "data"), "okite/bench")
	if err != nil {
		return "", "", "", err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	const each = 10_000
	for i := 0; i < n; i += each {
		if err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
			for k := i; k < min(i+each, n); k++ {
				l.Append(tx, trail.Entry{Actor: "person:P-00007", Way: "page", Act: "takeout.apply", Subject: ref.New("takeout", fmt.Sprintf("T-%07d", k)),
					Clauses: []clause.ID{"bp.8.1", "bp.9.4"}, Input: map[string]string{"目的": "訪問調査", "asset": "A-1"}, Result: trail.Done, Reason: "申請"})
			}
			return nil
		}); err != nil {
			return "", "", "", err
		}
	}
	export, tree = filepath.Join(dir, "export.tar"), filepath.Join(dir, "tree")
	if err := into(export, func(w io.Writer) error { return l.Export(ctx, w) }); err != nil {
		return "", "", "", err
	}
	return l.VerifierKey(), export, tree, l.ExportTree(ctx, tree)
}

// into writes a file whole.
func into(path string, fill func(w io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(fill(f), f.Close())
}
