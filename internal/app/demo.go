package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/demo"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy/text"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/signin"
	"okite/internal/trail"
	"okite/internal/when"
)

// DemoSpec says which fictional city is wanted. Fresh removes an earlier demonstration first.
type DemoSpec struct {
	People int
	Seed   uint64
	Date   when.Date // today when zero
	Fresh  bool
}

// demoMaker counts the versions of the generator and of what it fills.
const demoMaker = 1

// demoLinkLife is how long a demonstration's one-time links work.
const demoLinkLife = 12 * time.Hour

// OpenDemo opens the fictional city that is wanted, or makes it where there is nothing yet. made says which. A place that
// holds anything else is left alone.
func OpenDemo(ctx context.Context, c Config, s DemoSpec) (a *App, made bool, err error) {
	if s.People < 500 || s.People > 2_000_000 {
		return nil, false, fault.At("people", msg.T("職員等の人数は500人から200万人までで指定してください。", "The number of people must lie between 500 and 2,000,000."))
	}
	asked := s.Date != 0
	if !asked {
		s.Date = when.Of(time.Now())
	}
	want := Demo{People: s.People, Seed: s.Seed, Date: s.Date, Maker: demoMaker}
	a, err = Open(ctx, c)
	switch {
	case errors.Is(err, ErrNone):
		if err := emptyDir(c); err != nil {
			return nil, false, err
		}
	case err != nil:
		return nil, false, err
	default:
		have := a.Demo
		if have != nil && !asked {
			want.Date = have.Date // a city made on another day is the same city
		}
		if have != nil && *have == want && !s.Fresh {
			return a, false, nil
		}
		name := a.City.Name
		if err := a.Close(); err != nil {
			return nil, false, err
		}
		if have == nil {
			return nil, false, fault.New(fault.Conflict, msg.F("ここには%sのデータがあります。体験用のデータは、別の場所（--data）に作ってください。", "This place holds the data of %s. Make the demonstration elsewhere (--data).", name))
		}
		if !s.Fresh {
			return nil, false, fault.New(fault.Conflict, msg.F("ここには別の体験用データ（職員等 %d人、%s）があります。消して作り直すときは --fresh を付けてください。",
				"This place holds another demonstration (%d people, %s). Add --fresh to remove it.", have.People, have.Date.Both()))
		}
		if err := clearDemo(ctx, c); err != nil {
			return nil, false, err
		}
	}
	a, err = buildDemo(ctx, c, want)
	return a, true, err
}

// emptyDir refuses a directory that holds what is not ours.
func emptyDir(c Config) error {
	entries, err := os.ReadDir(c.Dir)
	if errors.Is(err, fs.ErrNotExist) || len(entries) == 0 && err == nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look into data directory: %w", err)
	}
	for _, e := range entries {
		if e.Name() != "keys" && e.Name() != "trail" && e.Name() != plantedFile {
			return fault.New(fault.Conflict, msg.F("ディレクトリ %s は空ではありません。空のディレクトリを --data で指定してください。", "Directory %s is not empty. Name an empty one with --data.", c.Dir))
		}
	}
	if c.DB == "" && len(entries) > 0 {
		return fault.New(fault.Conflict, msg.F("ディレクトリ %s は空ではありません。空のディレクトリを --data で指定してください。", "Directory %s is not empty. Name an empty one with --data.", c.Dir))
	}
	return nil
}

// clearDemo removes an earlier demonstration, and nothing else.
func clearDemo(ctx context.Context, c Config) error {
	if c.DB != "" {
		if err := db.DropSchema(ctx, c.DB, c.Schema); err != nil {
			return err
		}
	}
	for _, name := range []string{db.File, db.File + "-wal", db.File + "-shm", "keys", "trail", plantedFile} {
		if err := os.RemoveAll(filepath.Join(c.Dir, name)); err != nil {
			return fmt.Errorf("remove earlier demonstration: %w", err)
		}
	}
	return nil
}

const plantedFile = "planted.json"

// PlantedPath is the list of what a demonstration has planted.
func (a *App) PlantedPath() string { return filepath.Join(a.Dir, plantedFile) }

// buildDemo makes a fictional city: every register filled in one transaction, with the entry in the record that says so.
func buildDemo(ctx context.Context, c Config, want Demo) (a *App, err error) {
	held := c
	held.Clock = stillClock(want.Date)
	docs, err := demoDocs()
	if err != nil {
		return nil, err
	}
	plain, err := demo.Generate(demo.Config{People: 500, Seed: want.Seed, Date: want.Date, Docs: docs})
	if err != nil {
		return nil, err
	}
	city := org.City{Code: plain.Code, Name: plain.Name, Pack: "model"}
	if a, err = begin(ctx, held, city); err != nil {
		return nil, err
	}
	opened := a
	defer func() {
		if err != nil {
			_ = opened.Close()
		}
	}()
	roles := map[string]string{}
	var acts []string
	for _, x := range a.Acts.All() {
		acts = append(acts, x.ID)
		if len(x.Roles) > 0 {
			roles[x.ID] = x.Roles[0]
		}
	}
	made, err := demo.Generate(demo.Config{People: want.People, Seed: want.Seed, Date: want.Date, Acts: acts, ActRoles: roles, Docs: docs})
	if err != nil {
		return nil, err
	}
	err = a.Store.Bulk(Operator(ctx), func(ctx context.Context, tx *db.Tx) error {
		for _, t := range made.Tables {
			if err := a.fill(ctx, tx, t); err != nil {
				return err
			}
		}
		for _, l := range made.Logins {
			if err := a.Signin.Create(ctx, tx, l.Person, ""); err != nil {
				return fmt.Errorf("account of %s: %w", l.Person, err)
			}
		}
		b, err := json.Marshal(want)
		if err != nil {
			return err
		}
		if err := set(ctx, tx, "demo", string(b)); err != nil {
			return err
		}
		logins, err := json.Marshal(made.Logins)
		if err != nil {
			return err
		}
		if err := set(ctx, tx, "demo.logins", string(logins)); err != nil {
			return err
		}
		a.Log.Append(tx, trail.Entry{Actor: operator.ID(), Way: string(operator.Way), Act: "demo.build", Subject: ref.New("city", city.Code),
			Clauses: []clause.ID{"bp.3"}, Input: map[string]string{"people": fmt.Sprint(want.People), "seed": fmt.Sprint(want.Seed), "date": want.Date.String()}, Result: trail.Done})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("build fictional city: %w", err)
	}
	if err := a.writePlanted(made.Planted); err != nil {
		return nil, err
	}
	if err := a.Close(); err != nil {
		return nil, err
	}
	return Open(ctx, c)
}

// fill loads one table of the generator into its register.
func (a *App) fill(ctx context.Context, tx *db.Tx, t demo.Table) error {
	d, ok := a.Catalog.Get(t.Register)
	if !ok {
		return fmt.Errorf("fill %s: there is no such register", t.Register)
	}
	if t.Register == "city" || t.Register == "action" {
		return nil // they are there since the municipality began
	}
	at := make([]int, len(t.Columns))
	for i, name := range t.Columns {
		if at[i] = d.Index(name); at[i] < 0 {
			return fmt.Errorf("fill %s: no field %s", t.Register, name)
		}
	}
	var rows iter.Seq[register.Row] = func(yield func(register.Row) bool) {
		for _, r := range t.Rows {
			row := d.New()
			for i, v := range r {
				if v != nil {
					row[at[i]] = v
				}
			}
			if !yield(row) {
				return
			}
		}
	}
	if _, err := a.Catalog.BulkLoad(ctx, tx, d, rows, tx.Now()); err != nil {
		return fmt.Errorf("fill %s: %w", t.Register, err)
	}
	return nil
}

func (a *App) writePlanted(list []demo.Planted) error {
	if list == nil {
		list = []demo.Planted{}
	}
	b, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return fmt.Errorf("write what was planted: %w", err)
	}
	if err := os.MkdirAll(a.Dir, 0o700); err != nil {
		return fmt.Errorf("write what was planted: %w", err)
	}
	if err := os.WriteFile(a.PlantedPath(), append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("write what was planted: %w", err)
	}
	return nil
}

// demoDocs are the model texts, cut into clauses.
func demoDocs() ([]demo.Doc, error) {
	var out []demo.Doc
	for _, layer := range []string{"basic", "standard"} {
		b, err := pack.Text("model", layer)
		if err != nil {
			return nil, err
		}
		parsed, err := text.Read("model."+layer+".txt", b, layer)
		if err != nil {
			return nil, fmt.Errorf("read model text: %w", err)
		}
		out = append(out, demoDoc(layer, parsed))
	}
	return out, nil
}

// demoDoc is a parsed text as the generator takes it.
func demoDoc(layer string, d text.Document) demo.Doc {
	out := demo.Doc{Layer: layer, Number: 1, Title: d.Title, SHA256: d.SHA256}
	for i, c := range d.Clauses {
		var parents []string
		for _, p := range c.Parents {
			parents = append(parents, string(p))
		}
		sum := sha256.Sum256([]byte(c.Title + "\n" + c.Text))
		out.Clauses = append(out.Clauses, demo.DocClause{ID: string(c.ID), Number: c.Number, Name: c.Title, Text: c.Text, Parents: parents, Modal: c.Modal,
			Hash: hex.EncodeToString(sum[:]), Order: i + 1})
	}
	return out
}

// DemoLink is a one-time way into a demonstration.
type DemoLink struct {
	Title msg.Text
	Path  string
}

func (a *App) demoLogins(ctx context.Context) (out []demo.Login, err error) {
	s, err := a.setting(ctx, "demo.logins")
	if err != nil || s == "" {
		return nil, err
	}
	if err := json.Unmarshal([]byte(s), &out); err != nil {
		return nil, fmt.Errorf("read setting demo.logins: %w", err)
	}
	return out, nil
}

// DemoLinks makes a one-time link for each role.
func (a *App) DemoLinks(ctx context.Context) ([]DemoLink, error) {
	logins, err := a.demoLogins(ctx)
	if err != nil {
		return nil, err
	}
	var out []DemoLink
	err = a.Store.Write(Operator(ctx), func(ctx context.Context, tx *db.Tx) error {
		out = nil
		for _, l := range logins {
			path, err := a.Signin.Issue(ctx, tx, signin.SignIn, l.Person, demoLinkLife)
			if err != nil {
				return err
			}
			out = append(out, DemoLink{Title: l.Title, Path: path})
		}
		return nil
	})
	return out, err
}

// demoPeople are offered on the sign-in page of a demonstration.
func (a *App) demoPeople(ctx context.Context, tx *db.Tx) ([]signin.DemoPerson, error) {
	var s string
	err := tx.QueryRow(ctx, `SELECT value FROM setting WHERE name = 'demo.logins'`).Scan(&s)
	if db.Missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read setting demo.logins: %w", err)
	}
	var logins []demo.Login
	if err := json.Unmarshal([]byte(s), &logins); err != nil {
		return nil, fmt.Errorf("read setting demo.logins: %w", err)
	}
	var out []signin.DemoPerson
	for _, l := range logins {
		out = append(out, signin.DemoPerson{Person: l.Person, Label: l.Title})
	}
	return out, nil
}
