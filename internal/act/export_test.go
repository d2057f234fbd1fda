package act

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"okite/internal/actor"
)

// slow is a medium that takes nothing more after so many writes until it is let go.
type slow struct {
	bytes.Buffer
	left    int
	reached chan struct{}
	free    chan struct{}
}

func (w *slow) Write(b []byte) (int, error) {
	if w.left--; w.left == 0 {
		close(w.reached)
		<-w.free
	}
	return w.Buffer.Write(b)
}

// bp.11: an audit takes a copy of the record while the town works on. An export that stands still in the middle of
// its snapshot holds up no act: every one is done, recorded and answered with its number before it goes on. What is
// exported is the record as it was when the export began.
func TestExportHoldsUpNoAct(t *testing.T) {
	each(t, func(d *desk) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		do := func(key string) error {
			res, err := d.gate.Run(actor.With(ctx, with("section_manager", "")), "thing.add", Input{"key": key}, Options{})
			if err == nil && res.Trail < 0 {
				return fmt.Errorf("act %s was answered without its number", key)
			}
			return err
		}
		const before, writers, acts = 300, 8, 20
		var wg sync.WaitGroup
		for w := range before / 10 {
			wg.Go(func() {
				for i := range 10 {
					if err := do(fmt.Sprintf("before-%d-%d", w, i)); err != nil {
						d.Error(err)
					}
				}
			})
		}
		wg.Wait()
		// three writes for each of the checkpoint and the key; the eighth is within the entries, out of the snapshot
		w := &slow{left: 8, reached: make(chan struct{}), free: make(chan struct{})}
		exported := make(chan error, 1)
		go func() { exported <- d.gate.Log.Export(ctx, w) }()
		select {
		case <-w.reached:
		case err := <-exported:
			d.Fatalf("the export ended without standing still: %v", err)
		}
		for c := range writers {
			wg.Go(func() {
				for i := range acts {
					if err := do(fmt.Sprintf("during-%d-%d", c, i)); err != nil {
						d.Errorf("act during the export: %v", err)
						return
					}
				}
			})
		}
		wg.Wait()
		if n := d.things(); n != before+writers*acts {
			d.Errorf("%d things while the export stands still, want %d", n, before+writers*acts)
		}
		select {
		case err := <-exported:
			d.Fatalf("the export ended while its medium took nothing: %v", err)
		default:
		}
		close(w.free)
		if err := <-exported; err != nil {
			d.Fatal(err)
		}
		r := tar.NewReader(&w.Buffer)
		if _, err := r.Next(); err != nil {
			d.Fatal(err)
		}
		var note bytes.Buffer
		if _, err := note.ReadFrom(r); err != nil {
			d.Fatal(err)
		}
		if size := strings.Split(note.String(), "\n")[1]; size != fmt.Sprint(before) {
			d.Errorf("the export has %s entries, want the %d from before it", size, before)
		}
	})
}
