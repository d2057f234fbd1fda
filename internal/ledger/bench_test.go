package ledger

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"okite/internal/asset"
	"okite/internal/db"
	"okite/internal/db/dbtest"
)

// BenchmarkPages measures whole answers over a register of 100,000 assets and says how long the slowest of a hundred
// takes.
func BenchmarkPages(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *db.Store
	}{{"sqlite", dbtest.SQLite}, {"postgresql", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			w := newTown(b, engine.open(b))
			for from := 1000; from < 101000; from += 10000 {
				var list []asset.Asset
				for i := range 10000 {
					list = append(list, w.asset(from+i, fmt.Sprintf("業務台帳%d", from+i)))
				}
				load(w, "asset", list...)
			}
			h := w.site.Handler()
			for name, path := range map[string]string{
				"list": "/registers/asset", "filtered": "/registers/asset?unit=U-0021&form=paper", "sorted": "/registers/asset?sort=-name", "words": "/registers/asset?q=" + url.QueryEscape("台帳9999"),
				"record": "/registers/asset/A-50000", "edit": "/registers/asset/A-50000/edit", "search": "/search?q=" + url.QueryEscape("台帳"), "registers": "/registers", "api": "/api/v1/registers/asset?limit=100"} {
				b.Run(name, func(b *testing.B) {
					var took []time.Duration
					for b.Loop() {
						r := httptest.NewRequest("GET", path, nil)
						rec := httptest.NewRecorder()
						t := time.Now()
						h.ServeHTTP(rec, r)
						took = append(took, time.Since(t))
						if rec.Code != http.StatusOK {
							b.Fatalf("status %d", rec.Code)
						}
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
				})
			}
		})
	}
}
