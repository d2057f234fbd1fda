package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"unicode/utf8"

	"github.com/a-h/templ"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/web"
)

var titleViews = msg.T("保存した表示", "Saved views")

const (
	maxViews    = 30
	maxViewName = 40
	maxViewText = 2000
)

func viewsOf(ctx context.Context, tx *db.Tx, person, register string) ([]view, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (view, error) {
		var v view
		return v, r.Scan(&v.Name, &v.Query)
	}, `SELECT name, query FROM ledger_view WHERE person = $1 AND register = $2 ORDER BY name`, person, register)
	if err != nil {
		return nil, fmt.Errorf("read saved views: %w", err)
	}
	return out, nil
}

func (v view) href(d *register.Def) string {
	if v.Query == "" {
		return path(d)
	}
	return path(d) + "?" + v.Query
}

// viewsPage keeps the present view under a name and removes old ones.
func (s *Service) viewsPage(r *web.Request) (web.Response, error) {
	d, err := s.def(r)
	if err != nil {
		return web.Response{}, err
	}
	if r.Actor.Person == "" {
		return web.Response{}, web.NotFound()
	}
	var have []view
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		have, err = viewsOf(ctx, tx, r.Actor.Person, d.Name)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	query := r.Query("query")
	if r.FormHas("query") {
		query = r.Form("query")
	}
	parts := []templ.Component{web.PageHead(web.Head{Crumbs: crumbs(d, web.Link{Title: titleViews}), Title: titleViews,
		Lead: msg.T("絞り込みの条件、並び順、表示する項目に名前を付けて残せます。自分だけに表示されます。", "Conditions, order and columns can be kept under a name. Only you see them.")}),
		web.FormPart(web.Form{Action: path(d, "views"), Hidden: [][2]string{{"query", query}}, Label: titleViews,
			Fields:  []web.Field{{Name: "name", Label: msg.T("この表示の名前", "Name of this view"), Help: msg.T("例：所管課の未分類の資産", "Example: unclassified assets of my section"), Max: maxViewName, Width: 30, Required: true}},
			Buttons: []web.Button{{Title: msg.T("保存する", "Save"), Tone: web.Good}}, Cancel: web.Link{Href: view{Query: query}.href(d)}})}
	if len(have) > 0 {
		parts = append(parts, section(msg.T("保存済みの表示", "Views you have saved"), viewList(d, have, query)))
	}
	return web.Page(titleViews, web.Stack(parts...)), nil
}

// saveView keeps or removes a view. It is a setting of the person and no record of the city: it leaves no entry.
func (s *Service) saveView(r *web.Request) (web.Response, error) {
	d, err := s.def(r)
	if err != nil {
		return web.Response{}, err
	}
	if err := r.FormFields("name", "query", "remove"); err != nil {
		return web.Response{}, err
	}
	if r.Actor.Person == "" {
		return web.Response{}, web.NotFound()
	}
	if name := r.Form("remove"); name != "" {
		err := s.c.Store.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM ledger_view WHERE person = $1 AND register = $2 AND name = $3`, r.Actor.Person, d.Name, name)
			return err
		})
		if err != nil {
			return web.Response{}, fmt.Errorf("remove saved view: %w", err)
		}
		return web.Redirect(path(d, "views"), msg.T("保存した表示を削除しました。", "The view was removed.")), nil
	}
	v := view{Name: r.Form("name"), Query: r.Form("query")}
	if _, err := url.ParseQuery(v.Query); err != nil || len(v.Query) > maxViewText {
		return web.Response{}, fault.At("name", msg.T("この表示は条件が長すぎるため保存できません。", "The conditions of this view are too long to be kept."))
	}
	switch n := utf8.RuneCountInString(v.Name); {
	case n == 0:
		return web.Response{}, fault.At("name", msg.T("この表示の名前を入力してください。", "Please give the view a name."))
	case n > maxViewName:
		return web.Response{}, fault.At("name", msg.F("名前は%d文字以内で入力してください。", "A name has at most %d characters.", maxViewName))
	}
	err = s.c.Store.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		have, err := viewsOf(ctx, tx, r.Actor.Person, d.Name)
		if err != nil {
			return err
		}
		if len(have) >= maxViews {
			return fault.At("name", msg.F("保存できる表示は台帳ごとに%d件までです。不要なものを削除してください。", "At most %d views of a register can be kept. Please remove some.", maxViews))
		}
		_, err = tx.Exec(ctx, `INSERT INTO ledger_view (person, register, name, query, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (person, register, name) DO UPDATE SET query = excluded.query, at = excluded.at`, r.Actor.Person, d.Name, v.Name, v.Query, tx.Now().UnixMicro())
		return err
	})
	if err != nil {
		return web.Response{}, fmt.Errorf("keep view: %w", err)
	}
	return web.Redirect(v.href(d), msg.F("表示を「%s」として保存しました。", "The view was saved as “%s”.", v.Name)), nil
}
