package ledger

import (
	"slices"
	"sync"
	"time"

	"okite/internal/register"
)

// choices keeps what the filters of lists offer, which takes longer to find than the list itself. A change of the
// register here forgets it at once; what another node changes is seen after a while.
type choices struct {
	mu    sync.Mutex
	kept  map[[2]string]offered // by register and field
	drops int                   // counts forgetting: what was found before is not kept after
}

type offered struct {
	at   time.Time
	keys []string
}

const choicesKept = time.Minute

func (c *choices) of(now time.Time, register, field string, find func() ([]string, error)) ([]string, error) {
	at := [2]string{register, field}
	c.mu.Lock()
	o, ok := c.kept[at]
	drops := c.drops
	c.mu.Unlock()
	if age := now.Sub(o.at); ok && age >= 0 && age < choicesKept {
		return slices.Clone(o.keys), nil
	}
	keys, err := find()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if drops != c.drops { // somebody changed a register meanwhile
		return keys, nil
	}
	if c.kept == nil {
		c.kept = map[[2]string]offered{}
	}
	c.kept[at] = offered{now, keys}
	return slices.Clone(keys), nil
}

// forget drops what a commit has made old.
func (c *choices) forget(staged []any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	for _, v := range staged {
		name := ""
		switch x := v.(type) {
		case register.Change:
			name = x.Register
		case register.Loaded:
			name = x.Register
		}
		for at := range c.kept {
			if at[0] == name {
				delete(c.kept, at)
			}
		}
	}
}
