package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:generate go run okite/internal/tools/assets
//go:generate go tool templ generate

// dist is what internal/tools/assets made of assets/src.
//
//go:embed assets/dist
var dist embed.FS

type assetFile struct {
	path    string
	content []byte
	kind    string
}

// assetFiles names each file by its content, so that browsers may keep it for good.
var assetFiles = sync.OnceValue(func() map[string]assetFile {
	out := map[string]assetFile{}
	entries, err := dist.ReadDir("assets/dist")
	if err != nil {
		return out
	}
	for _, e := range entries {
		b, err := dist.ReadFile("assets/dist/" + e.Name())
		if err != nil {
			continue
		}
		sum := sha256.Sum256(b)
		ext := path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		f := assetFile{"/assets/" + name, b, assetKind(ext)}
		out[e.Name()], out[name] = f, f
	}
	return out
})

func assetKind(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

// assetPath is the address of an asset by its plain name.
func assetPath(name string) string { return assetFiles()[name].path }

// AssetPath is the address of a file of the site's look, for pages outside of the layout.
func AssetPath(name string) string { return assetPath(name) }

func (s *Site) asset(w http.ResponseWriter, r *http.Request) {
	f, ok := assetFiles()[r.PathValue("file")]
	if !ok || f.path != r.URL.Path {
		s.fail(w, s.request(r, nil), NotFound())
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", f.kind)
	_, _ = w.Write(f.content)
}
