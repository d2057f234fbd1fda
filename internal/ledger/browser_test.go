package ledger

import (
	"testing"

	"okite/internal/db/dbtest"
	"okite/internal/web/webtest"
)

// The codes of vocabularies and schemes the tests use are data, as are file names.
func TestPagesInBrowser(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	b := webtest.NewBrowser(t)
	w.who = manager
	for name, path := range map[string]string{
		"registers": "/registers", "list": "/registers/asset", "list-narrow": "/registers/asset?q=%E8%AA%B2%E7%A8%8E&unit=U-0011&ended=1", "list-empty": "/registers/asset?q=%E5%AD%98%E5%9C%A8%E3%81%97%E3%81%AA%E3%81%84",
		"list-wide": "/registers/asset?filters=all&col=name&col=unit&col=system&col=form&col=content&col=confidentiality&col=integrity&col=availability&col=status&col=confirmed",
		"record":    "/registers/asset/A-00001", "new": "/registers/asset/new?unit=U-0011", "edit": "/registers/asset/A-00001/edit", "act": "/registers/asset/A-00001/act/asset.downgrade",
		"end": "/registers/asset/end?key=A-00001&key=A-00002", "views": "/registers/asset/views?query=unit%3DU-0011", "import": "/registers/asset/import", "search": "/search?q=%E8%AA%B2%E7%A8%8E", "search-empty": "/search",
	} {
		t.Run(name, func(t *testing.T) { webtest.CheckPage(t, b, w.srv, path, name) })
	}
}
