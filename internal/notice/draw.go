package notice

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// points are a few short lines, one below the other.
func points(lines []string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		b.WriteString(`<ul lang="ja">`)
		for _, l := range lines {
			b.WriteString("<li>" + templ.EscapeString(strings.TrimSpace(l)) + "</li>")
		}
		b.WriteString("</ul>")
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// guideTitle leads to the whole guide.
func guideTitle(g Guide) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<p><a lang="ja" href="`+templ.EscapeString(guideHref(g.Clause))+`">`+templ.EscapeString(g.Name)+`</a></p>`)
		return err
	})
}
