package conform

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// pageMost is how many findings one answer holds at most.
const pageMost = 1000

// FindingsPage is a part of the findings of one check.
type FindingsPage struct {
	AsOf     when.Date   `json:"as_of"`
	ID       string      `json:"id"`
	Clauses  []clause.ID `json:"clauses"`
	Title    msg.Text    `json:"title"`
	Counts   Counts      `json:"counts"`
	Findings []Finding   `json:"findings"`
	Total    int         `json:"total"` // of all pages
	Page     int         `json:"page"`
	Size     int         `json:"size"`
}

func (s *Service) api() []web.Route {
	own := []clause.ID{"bp.10", "bp.11"}
	return []web.Route{
		{Method: "GET", Pattern: "/api/v1/checks", Title: titleChecks, Clauses: own, Rule: web.SignedIn, Page: s.apiChecks,
			API: &web.Operation{ID: "checks", Tag: "checks", Summary: msg.T("すべての検査の結果", "Results of all checks"), Answer: Report{}, Query: []web.Param{
				{Name: "clause", About: msg.T("この条項とその細目の検査に限ります。", "Only checks of this clause and its items.")},
				{Name: "findings", About: msg.T("true のとき、見つかったものも返します。", "With true, findings are given too."), Type: "boolean"}}}},
		{Method: "GET", Pattern: "/api/v1/checks/{id}/findings", Title: titleCheck, Clauses: own, Rule: web.SignedIn, Page: s.apiFindings,
			API: &web.Operation{ID: "findings", Tag: "checks", Summary: msg.T("一つの検査で見つかったもの", "Findings of one check"), Answer: FindingsPage{}, Query: []web.Param{
				{Name: "result", About: msg.T("noncompliant、undetermined、excepted のいずれかに限ります。", "Only noncompliant, undetermined or excepted.")},
				{Name: "unit", About: msg.T("この組織のものに限ります。", "Only those of this unit.")},
				{Name: "q", About: msg.T("名称又は番号に含まれる文字です。", "Text in the name or key.")},
				{Name: "page", About: msg.T("1からのページ番号です。", "Page number from 1."), Type: "integer"},
				{Name: "size", About: msg.T("1ページの件数で、1000件までです。", "Findings a page, at most 1000."), Type: "integer"}}}},
	}
}

func (s *Service) apiChecks(r *web.Request) (web.Response, error) {
	opt := RunOptions{}
	if c := r.Query("clause"); c != "" {
		id, err := clause.Parse(c)
		if err != nil {
			return web.Response{}, fault.At("clause", msg.F("「%s」は条項の番号ではありません。", "%q is no clause.", c))
		}
		opt.Clause = id
	}
	ids, err := s.chosen(opt)
	if err != nil {
		return web.Response{}, err
	}
	e, err := s.eyesOf(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	var rep Report
	err = s.with(r.Context(), func(l *look) error {
		rep = l.report(ids, r.Query("findings") == "true", e)
		return nil
	})
	return web.JSON(rep), err
}

func (s *Service) apiFindings(r *web.Request) (web.Response, error) {
	k, ok := s.c.checkAt(r.Path("id"))
	if !ok {
		return web.Response{}, noCheck(r.Path("id"))
	}
	if v := r.Query("result"); v != "" {
		if x, ok := check.ParseResult(v); !ok || !x.Open() {
			return web.Response{}, fault.At("result", msg.F("「%s」という結果では絞り込めません。", "Findings cannot be narrowed by the result %q.", v))
		}
	}
	out := FindingsPage{ID: k.ID, Clauses: k.Clauses, Title: k.Title, Findings: []Finding{}, Page: min(max(1, r.QueryInt("page", 1)), 1_000_000),
		Size: min(max(1, r.QueryInt("size", 100)), pageMost)}
	e, err := s.eyesOf(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	err = s.with(r.Context(), func(l *look) error {
		out.AsOf, out.Counts = l.day, l.engine.CheckCounts(k.ID).Map()
		fs := l.narrowed(r, e).chosen(r, k.ID)
		out.Total = len(fs)
		from := min((out.Page-1)*out.Size, len(fs))
		for _, f := range fs[from:min(from+out.Size, len(fs))] {
			out.Findings = append(out.Findings, l.finding(f))
		}
		return nil
	})
	return web.JSON(out), err
}
