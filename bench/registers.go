package bench

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"okite/internal/app"
	"okite/internal/asset"
	"okite/internal/db"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/sheet"
	"okite/internal/when"
)

var cityDay = when.On(2026, 11, 24)

// Lists measures the list page of the asset register as a person gets it, from the request to the last byte, with
// very many assets.
func Lists(ctx context.Context, o Options) (*Report, error) {
	o = o.WithDefaults()
	rep := &Report{Title: fmt.Sprintf("List page of the asset register, %d assets, signed in, whole answer", o.Records), Head: []string{"store", "page", "p50", "p99", "processor p50", "processor p99", "bytes", "asked"}}
	err := o.stores(ctx, "lists", func(name string, c app.Config) error { return o.lists(ctx, rep, name, c) })
	return rep, err
}

// stores runs f with a place for a city on SQLite and, when there is one, on PostgreSQL.
func (o Options) stores(ctx context.Context, what string, f func(name string, c app.Config) error) (err error) {
	dir, done, err := o.scratch(what)
	if err != nil {
		return err
	}
	defer done()
	quiet := slog.New(slog.DiscardHandler)
	if err := f("SQLite", app.Config{Dir: filepath.Join(dir, "sqlite"), Log: quiet}); err != nil {
		return fmt.Errorf("SQLite: %w", err)
	}
	if o.Postgres == "" {
		return nil
	}
	c := app.Config{Dir: filepath.Join(dir, "postgres"), DB: o.Postgres, Schema: schemaName(what), Log: quiet}
	defer func() { err = errors.Join(err, db.DropSchema(context.WithoutCancel(ctx), c.DB, c.Schema)) }()
	if err := f("PostgreSQL", c); err != nil {
		return fmt.Errorf("PostgreSQL: %w", err)
	}
	return nil
}

// assets gives n further assets, spread over units, classes, forms and words.
func assets(n int, units []string) iter.Seq[asset.Asset] {
	names, classes := []string{"住民", "課税", "福祉", "道路", "契約"}, []string{"2", "2", "2", "1", "3A", "2", "2"}
	forms := []string{"database", "file", "paper", "cloud"}
	return func(yield func(asset.Asset) bool) {
		for i := range n {
			day := cityDay - when.Date(i%300)
			a := asset.Asset{Code: fmt.Sprintf("BA-%07d", i), Name: fmt.Sprintf("%s台帳%d", names[i%len(names)], i/7), Unit: units[i*7919%len(units)], Form: forms[i%len(forms)],
				Content: []string{"internal"}, Confidentiality: classes[i%len(classes)], Integrity: "2", Availability: "2", Status: "active", Registered: day, Confirmed: day}
			if !yield(a) {
				return
			}
		}
	}
}

func (o Options) lists(ctx context.Context, rep *Report, name string, c app.Config) (err error) {
	ctx = app.Operator(ctx)
	a, _, err := app.OpenDemo(ctx, c, app.DemoSpec{People: 500, Seed: 7, Date: cityDay})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	units, err := unitCodes(ctx, a)
	if err != nil {
		return err
	}
	d := a.Catalog.Must("asset")
	begin, used := time.Now(), cpu()
	if err := a.Store.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := a.Catalog.BulkLoad(ctx, tx, d, func(yield func(register.Row) bool) {
			for x := range assets(o.Records, units) {
				if !yield(register.Encode(d, x)) {
					return
				}
			}
		}, tx.Now())
		return err
	}); err != nil {
		return fmt.Errorf("load assets: %w", err)
	}
	rep.row(name, "(loading them)", millis(time.Since(begin)), "", millis(cpu()-used), "", "", "")
	if err := a.BuildSite(ctx, false); err != nil {
		return fmt.Errorf("build site: %w", err)
	}
	srv := httptest.NewServer(a.Site.Handler())
	defer srv.Close()
	get, err := signIn(ctx, a, srv.URL)
	if err != nil {
		return err
	}
	const tries, long = 100, 15 * time.Second // a page that takes long on a busy machine is asked for less often
	slowest, worst := time.Duration(0), ""
	for _, p := range o.pages(units) {
		var took, spent []time.Duration
		var size int64
		for first, since := true, time.Now(); len(took) < tries && (len(took) < 10 || time.Since(since) < long); {
			begin, used := time.Now(), cpu()
			status, n, err := get(p.path)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("status %d", status)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", p.path, err)
			}
			if !first { // the first finds nothing in memory
				took, spent = append(took, time.Since(begin)), append(spent, cpu()-used)
			}
			first, size = false, n
		}
		slices.Sort(took)
		slices.Sort(spent)
		middle, last := len(took)/2, max(len(took)*99/100-1, 0)
		if len(took) < tries {
			last = len(took) - 1
		}
		if took[last] > slowest {
			slowest, worst = took[last], p.name
		}
		rep.row(name, p.name, millis(took[middle]), millis(took[last]), millis(spent[middle]), millis(spent[last]), strconv.FormatInt(size, 10), strconv.Itoa(len(took)))
	}
	rep.note("%s: the process came to %d MB at most", name, peak()>>20)
	rep.aim(fmt.Sprintf("p99 of the slowest page on %s (%s)", name, worst), float64(slowest.Milliseconds()), 200, "ms", true)
	return nil
}

// listPage is a page to be asked for again and again.
type listPage struct{ name, path string }

// pages are the kinds of list there are: each order, filters that fit many and few, words that many and few records
// hold, and places far from the beginning.
func (o Options) pages(units []string) []listPage {
	const list = "/registers/asset"
	word := func(w string) string { return "q=" + url.QueryEscape(w) }
	after := func(value string, n int) string { // the mark of a page that goes on behind a record
		mark, _ := json.Marshal([]string{value, fmt.Sprintf("BA-%07d", n)}) // texts always can be written
		return "&after=" + base64.RawURLEncoding.EncodeToString(mark) + "&page=300"
	}
	deep := o.Records / 10 * 9
	rare := fmt.Sprintf("台帳%d", o.Records/14) // some records of the middle
	return []listPage{
		{"first", list},
		{"sorted by name", list + "?sort=name"},
		{"by day of confirmation, last first", list + "?sort=-confirmed"},
		{"by section", list + "?sort=unit"},
		{"one section", list + "?unit=" + units[7]},
		{"common class by name", list + "?confidentiality=2&sort=name"},
		{"rare class by day", list + "?confidentiality=3A&sort=confirmed"},
		{"section, class and form", list + "?unit=" + units[7] + "&confidentiality=2&form=paper"},
		{"class and form nobody has", list + "?form=sheet&confidentiality=3A"},
		{"set: contents", list + "?content=internal"},
		{"set: contents few have", list + "?content=my_number"},
		{"a word many hold", list + "?" + word("福祉")},
		{"the same by name", list + "?sort=name&" + word("福祉")},
		{"the same of a section", list + "?unit=" + units[7] + "&" + word("福祉")},
		{"two words", list + "?" + word("道路 台帳")},
		{"a rare word", list + "?" + word(rare)},
		{"a word nobody holds", list + "?" + word("監査")},
		{"the hundredth", list + "?page=100"},
		{"far behind by number", list + "?sort=code" + after(fmt.Sprintf("BA-%07d", deep), deep)},
		{"far behind by name", list + "?sort=name" + after("道路台帳5", 0)},
		{"search in all registers", "/search?" + word("福祉")},
		{"all registers", "/registers"},
	}
}

// unitCodes are the units of a city.
func unitCodes(ctx context.Context, a *app.App) (out []string, err error) {
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		units, err := register.Load[org.Unit](ctx, tx, a.Catalog.Must("unit"))
		for _, u := range units {
			out = append(out, u.Code)
		}
		return err
	})
	if err == nil && len(out) < 8 {
		err = fmt.Errorf("%d units, want 8 at least", len(out))
	}
	return out, err
}

// signIn takes the first of the demonstration's one-time links whose owner may see the assets.
func signIn(ctx context.Context, a *app.App, base string) (get func(path string) (status int, size int64, err error), err error) {
	links, err := a.DemoLinks(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return nil, err
		}
		c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		get := func(path string) (int, int64, error) {
			r, err := c.Get(base + path)
			if err != nil {
				return 0, 0, err
			}
			n, err := io.Copy(io.Discard, r.Body)
			return r.StatusCode, n, errors.Join(err, r.Body.Close())
		}
		if _, _, err := get(l.Path); err != nil {
			return nil, err
		}
		if status, _, err := get("/registers/asset"); err == nil && status == http.StatusOK {
			return get, nil
		}
	}
	return nil, errors.New("none of the demonstration's people may see the assets")
}

// Imports measures the program reading a workbook of new assets: compared, then applied as one act.
func Imports(ctx context.Context, o Options) (*Report, error) {
	o = o.WithDefaults()
	rep := &Report{Title: fmt.Sprintf("okite import asset, a workbook of %d new rows", o.Import), Head: []string{"store", "step", "clock", "processor", "peak memory"}}
	dir, done, err := o.scratch("import")
	if err != nil {
		return nil, err
	}
	defer done()
	program, err := o.build(ctx, dir, "okite")
	if err != nil {
		return nil, err
	}
	err = o.stores(ctx, "import", func(name string, c app.Config) error {
		a, _, err := app.OpenDemo(app.Operator(ctx), c, app.DemoSpec{People: 500, Seed: 7, Date: cityDay})
		if err != nil {
			return err
		}
		units, err := unitCodes(ctx, a)
		if err := errors.Join(err, a.Close()); err != nil {
			return err
		}
		file := filepath.Join(dir, name+".xlsx")
		if err := workbook(file, o.Import, units); err != nil {
			return err
		}
		args := []string{"--data", c.Dir}
		if c.DB != "" {
			args = append(args, "--db", c.DB, "--schema", c.Schema)
		}
		var total spent
		for _, step := range []struct {
			name string
			flag []string
		}{{"compared only", []string{"--dry-run"}}, {"compared and applied", []string{"--reason", "年度当初の一括登録"}}} {
			s, err := child(ctx, nil, program, append(append(slices.Clone(args), "import", "asset", file), step.flag...)...)
			if err == nil && s.code != 0 {
				err = fmt.Errorf("%s: exit %d: %.2000s", step.name, s.code, s.out)
			}
			if err != nil {
				return err
			}
			rep.row(name, step.name, millis(s.clock), millis(s.cpu), fmt.Sprintf("%d MB", s.rss>>20))
			total = s
		}
		rep.aim(fmt.Sprintf("import of %d rows on %s", o.Import, name), total.clock.Seconds(), 10, "s", true)
		rep.aim("its peak memory on "+name, float64(total.rss>>20), 300, "MB", true)
		return nil
	})
	return rep, err
}

// workbook writes new assets as an officer's file has them.
func workbook(path string, n int, units []string) error {
	columns := []sheet.Column{{Title: "資産番号"}, {Title: "名称"}, {Title: "所管課"}, {Title: "形態"}, {Title: "含まれる情報"}, {Title: "機密性"}, {Title: "完全性"}, {Title: "可用性"},
		{Title: "状態"}, {Title: "登録日", Kind: sheet.Day}, {Title: "最終確認日", Kind: sheet.Day}}
	return into(path, func(w io.Writer) error {
		return sheet.WriteXLSX(w, sheet.Book{Sheets: []sheet.Sheet{{Name: "情報資産", Columns: columns, Rows: func(yield func([]string, error) bool) {
			for a := range assets(n, units) {
				a.Code = "N" + a.Code
				if !yield([]string{a.Code, a.Name, a.Unit, a.Form, a.Content[0], a.Confidentiality, a.Integrity, a.Availability, a.Status, a.Registered.String(), a.Confirmed.String()}, nil) {
					return
				}
			}
		}}}})
	})
}
