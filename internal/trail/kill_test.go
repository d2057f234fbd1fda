package trail_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	osexec "os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/ref"
	"okite/internal/trail"
)

// TestMain lets the test program be its own victim: with KILL_DIR set it writes until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("KILL_DIR"); dir != "" {
		victim(db.Config{Dir: dir, URL: os.Getenv("KILL_URL"), Schema: os.Getenv("KILL_SCHEMA"), Conns: 8}, dir)
		return
	}
	os.Exit(m.Run())
}

// victim makes acts and says which were answered.
func victim(c db.Config, dir string) {
	s, err := db.Open(ctx, c)
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	l, err := trail.Open(ctx, s, dir, origin)
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	var out sync.Mutex
	for w := range 8 {
		go func() {
			for i := 0; ; i++ {
				code := fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i)
				err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					if _, err := tx.Exec(ctx, `INSERT INTO thing (code) VALUES ($1)`, code); err != nil {
						return err
					}
					l.Append(tx, trail.Entry{Actor: "operator", Act: "thing.add", Subject: ref.New("thing", code), Result: trail.Done})
					return nil
				})
				if err == nil {
					out.Lock()
					os.Stdout.WriteString(code + "\n")
					out.Unlock()
				}
			}
		}()
	}
	if _, err := l.Checkpoint(ctx); err != nil {
		fmt.Println("checkpoint:", err)
	}
	select {}
}

// Killed in the middle of writing, again and again: every answered act is there with its entry, none without.
// (A kill does not show a missing fsync; the settings read back at the start of the store see to that.)
func TestKill(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		kill(t, db.Config{Dir: dir}, dir)
	})
	t.Run("postgresql", func(t *testing.T) { kill(t, dbtest.PostgresConfig(t), t.TempDir()) })
}

func kill(t *testing.T, c db.Config, dir string) {
	s := dbtest.Open(t, c)
	open(t, s, dir).Close()
	s.Close()
	answered := map[string]bool{}
	for cycle := range 4 {
		cmd := osexec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "KILL_DIR="+dir, "KILL_URL="+c.URL, "KILL_SCHEMA="+c.Schema)
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(pipe)
		timer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
		before := len(answered)
		for lines.Scan() {
			if len(answered) == before { // it has begun to answer: now its days are counted
				timer.Reset(time.Duration(100+100*cycle) * time.Millisecond)
			}
			answered[lines.Text()] = true
		}
		timer.Stop()
		cmd.Wait()
		if len(answered) == before {
			t.Fatal("the victim answered nothing, so its death proves nothing")
		}
		check(t, c, dir, answered)
	}
	t.Log(strconv.Itoa(len(answered)) + " answered acts")
}

// check opens the store again and looks for every answered act.
func check(t *testing.T, c db.Config, dir string, answered map[string]bool) {
	t.Helper()
	s := dbtest.Open(t, c)
	defer s.Close()
	l := reopen(t, s, dir)
	defer l.Close()
	r, err := l.Verify(ctx, nil)
	if err != nil || !r.OK {
		t.Fatalf("verify after a kill: %+v, %v", r.Bad, err)
	}
	there := map[string]bool{}
	for _, rec := range list(t, s, l, trail.Query{Limit: 1 << 30}) {
		there[rec.Subject.Key] = true
	}
	for code := range answered {
		if !there[code] {
			t.Fatalf("the answered act %s has no entry", code)
		}
	}
	var things int64
	err = s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM thing`).Scan(&things)
	})
	if err != nil || things != r.Size {
		t.Errorf("%d things and %d entries (%v)", things, r.Size, err)
	}
}
