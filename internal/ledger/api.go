package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"okite/internal/act"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
)

// recordJSON is a record as the API gives it. Values are codes, ISO days, numbers and lists by field name; what the
// caller may not see is absent.
type recordJSON struct {
	Record    ref.Ref                    `json:"record"`
	Version   int64                      `json:"version"`
	Ended     bool                       `json:"ended"`
	ChangedAt time.Time                  `json:"changed_at"`
	ChangedBy string                     `json:"changed_by"`
	Values    map[string]json.RawMessage `json:"values"`
}

// pageJSON is a part of a list. Next goes into the parameter after for the part that follows; it is absent on the last.
type pageJSON struct {
	Register string       `json:"register"`
	Records  []recordJSON `json:"records"`
	Total    int          `json:"total"` // counted up to 10,000
	More     bool         `json:"more"`  // there are more than total
	Next     string       `json:"next,omitempty"`
}

// actBody is what an act is given. Values may be texts, numbers, truth or lists; all are read as people type them.
type actBody struct {
	Input  map[string]json.RawMessage `json:"input"`
	Reason string                     `json:"reason,omitempty"`
	Stated string                     `json:"stated,omitempty"` // when it is said to have happened, RFC 3339
}

// actAnswer is what an act answers. Trail is the number of its entry in the record, -1 when it is not known yet.
type actAnswer struct {
	OK     bool    `json:"ok"`
	Record ref.Ref `json:"record"`
	Trail  int64   `json:"trail"`
}

// api is the JSON side of the registers and of all acts (contract, section 6).
func (s *Service) api(cl []clause.ID) []web.Route {
	var schema []register.Schema
	route := func(method, pattern string, title msg.Text, op *web.Operation, fn func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: cl, Rule: web.SignedIn, API: op, Page: fn}
	}
	list := []web.Param{
		{Name: argWords, About: msg.T("すべてを含む語句", "Words that must all be there")},
		{Name: argSort, About: msg.T("並べ替える項目。先頭に - を付けると逆順", "Field to sort by; - before it for the other way round")},
		{Name: argAfter, About: msg.T("前の答えの next", "The next of the answer before")},
		{Name: argPage, About: msg.T("ページ番号", "Number of the page"), Type: "integer"},
		{Name: "limit", About: msg.T("件数（最大1000）", "How many, at most 1000"), Type: "integer"},
		{Name: argEnded, About: msg.T("1 なら終了した記録も含む", "1 for ended records too")},
	}
	run := route("POST", "/api/v1/acts/{act}", msg.T("操作の実行", "Run an act"), &web.Operation{ID: "runAct", Tag: "acts", Body: actBody{}, Answer: actAnswer{}, Write: true}, s.apiAct)
	run.MaxBody = 4 << 20
	return []web.Route{
		route("GET", "/api/v1/registers", msg.T("台帳の定義", "Schemas of the registers"), &web.Operation{ID: "registers", Tag: "registers", Answer: schema}, s.apiSchemas),
		route("GET", "/api/v1/registers/{register}", msg.T("台帳の一覧", "List of a register"), &web.Operation{ID: "listRegister", Tag: "registers", Query: list, Answer: pageJSON{},
			Summary: msg.T("台帳の一覧。項目名を引数にして絞り込む（- は未記入）", "List of a register. Field names as parameters narrow it; - stands for empty")}, s.apiList),
		route("GET", "/api/v1/registers/{register}/{key}", msg.T("台帳の記録", "Record of a register"), &web.Operation{ID: "getRecord", Tag: "registers", Answer: recordJSON{}}, s.apiRecord),
		run,
	}
}

// apiSchemas describes the registers that somebody may read something of.
func (s *Service) apiSchemas(r *web.Request) (web.Response, error) {
	out := s.c.Catalog.Schema()
	err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		reader, hidden := s.c.Catalog.As(tx, r.Actor), map[string]bool{}
		for _, d := range s.c.Catalog.All() {
			span, err := reader.Span(ctx, d)
			if err != nil {
				return err
			}
			hidden[d.Name] = span.None()
		}
		out = slices.DeleteFunc(out, func(x register.Schema) bool { return hidden[x.Name] })
		return nil
	})
	return web.JSON(out), err
}

func (s *Service) apiList(r *web.Request) (web.Response, error) {
	d, err := s.def(r)
	if err != nil {
		return web.Response{}, err
	}
	out := pageJSON{Register: d.Name, Records: []recordJSON{}}
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.sees(ctx, tx, r.Actor, d)
		if err != nil {
			return err
		}
		q, err := query(r, v)
		if err != nil {
			return err
		}
		if t := r.Query("limit"); t != "" {
			if q.Limit, err = strconv.Atoi(t); err != nil || q.Limit < 1 || q.Limit > 1000 {
				return fault.At("limit", msg.T("limit は1から1000までの整数で指定してください。", "limit is a whole number from 1 to 1000."))
			}
		}
		p, err := s.c.Catalog.As(tx, r.Actor).List(ctx, d, q)
		if err != nil {
			return err
		}
		out.Total, out.More, out.Next = p.Total, p.More, p.Next
		for _, rec := range p.Rows {
			j, err := v.json(rec)
			if err != nil {
				return err
			}
			out.Records = append(out.Records, j)
		}
		return nil
	})
	return web.JSON(out), err
}

func (s *Service) apiRecord(r *web.Request) (web.Response, error) {
	d, err := s.def(r)
	if err != nil {
		return web.Response{}, err
	}
	var out recordJSON
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		rec, ok, err := s.c.Catalog.As(tx, r.Actor).One(ctx, d, r.Path("key"))
		if err != nil {
			return err
		}
		if !ok {
			return web.NotFound()
		}
		v, err := s.sees(ctx, tx, r.Actor, d)
		if err != nil {
			return err
		}
		out, err = v.json(rec)
		return err
	})
	return web.JSON(out), err
}

// json is a record with the values the reader sees.
func (v sight) json(rec register.Record) (recordJSON, error) {
	out := recordJSON{Record: ref.New(v.d.Name, v.d.Key(rec.Row)), Version: rec.Version, Ended: rec.Ended, ChangedAt: rec.ChangedAt, ChangedBy: rec.ChangedBy}
	b, err := json.Marshal(register.JSONRow{Def: v.d, Row: rec.Row})
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(b, &out.Values); err != nil {
		return out, fmt.Errorf("read record %s: %w", out.Record, err)
	}
	seen := v.of(rec.Row)
	for name := range out.Values {
		if !slices.ContainsFunc(seen, func(f register.Field) bool { return f.Name == name }) {
			delete(out.Values, name)
		}
	}
	return out, nil
}

// apiAct runs an act: every change there is goes through here or through the same gate by a page.
func (s *Service) apiAct(r *web.Request) (web.Response, error) {
	id := r.Path("act")
	if _, ok := s.c.Gate.Registry.Get(id); !ok || id == ExportAct { // an export is recorded where the file is made
		return web.Problem(r, fault.New(fault.NotFound, msg.F("「%s」という操作はありません。", "There is no act %q.", id)), refused(fault.NotFound, -1))
	}
	var body actBody
	if err := r.JSON(&body); err != nil {
		return web.Problem(r, err, refused(fault.Invalid, -1))
	}
	in, opt, err := body.read()
	opt.IdempotencyKey = r.IdempotencyKey
	if err != nil {
		return web.Problem(r, err, refused(fault.Invalid, -1))
	}
	res, err := s.c.Gate.Run(r.Context(), id, in, opt)
	if f := fault.As(err); f != nil && !errors.Is(err, db.ErrUnknown) {
		g := *f
		g.Fields = slices.Clone(f.Fields)
		for i := range g.Fields {
			g.Fields[i].Name = "input." + g.Fields[i].Name // where it stands in the body
		}
		more := refused(f.Kind, res.Trail)
		if len(f.Clauses) == 0 {
			more["clauses"] = []clause.ID{}
		}
		return web.Problem(r, &g, more)
	}
	if err != nil {
		return web.Response{}, err
	}
	return web.JSON(actAnswer{OK: true, Record: res.Record, Trail: res.Trail}), nil
}

// refused is what an act answers beside the problem.
func refused(k fault.Kind, trail int64) map[string]any {
	more := map[string]any{"ok": false, "fault": k}
	if trail >= 0 {
		more["trail"] = trail
	}
	return more
}

// read turns the values of a body into what people type.
func (b actBody) read() (act.Input, act.Options, error) {
	in, opt := act.Input{}, act.Options{Reason: strings.TrimSpace(b.Reason)}
	var l fault.List
	for name, raw := range b.Input {
		s, err := asText(raw)
		if err != nil {
			l.Add("input."+name, msg.T("文字列、数、真偽値、又はそれらの並びで指定してください。", "Give a text, a number, true or false, or a list of these."))
		}
		in[name] = s
	}
	if b.Stated != "" {
		t, err := time.Parse(time.RFC3339, b.Stated)
		if err != nil {
			l.Add("stated", msg.T("日時は 2026-11-24T09:00:00+09:00 の形で指定してください。", "Give the time as 2026-11-24T09:00:00+09:00."))
		}
		opt.Stated = t
	}
	return in, opt, l.Err()
}

func asText(raw json.RawMessage) (string, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", err
	}
	if list, ok := v.([]any); ok {
		out := make([]string, len(list))
		for i, x := range list {
			s, err := scalar(x)
			if err != nil {
				return "", err
			}
			out[i] = s
		}
		return strings.Join(out, "、"), nil
	}
	return scalar(v)
}

func scalar(v any) (string, error) {
	switch x := v.(type) {
	case nil:
		return "", nil
	case string:
		return x, nil
	case bool:
		return strconv.FormatBool(x), nil
	case json.Number:
		return x.String(), nil
	}
	return "", errors.New("neither text, number nor truth")
}
