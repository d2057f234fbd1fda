// Command assets makes the look of the site, internal/web/assets/dist, out of internal/web/assets/src: styles and the
// enhancer, bundled and lowered to what Edge 109 understands. It is run by go generate in internal/web and needs
// nothing but Go. It serves clause 14 (bp.14) only in that the pages stay readable on the machines an office has.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	if err := run("assets"); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

// run bundles the sources below dir.
func run(dir string) error {
	out := filepath.Join(dir, "dist")
	r := api.Build(api.BuildOptions{
		EntryPoints:       []string{filepath.Join(dir, "src", "okite.css"), filepath.Join(dir, "src", "okite.ts")},
		Outdir:            out,
		Bundle:            true,
		Write:             true,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		Charset:           api.CharsetUTF8,
		Format:            api.FormatIIFE,
		LegalComments:     api.LegalCommentsInline,
		LogLevel:          api.LogLevelWarning,
		Engines: []api.Engine{
			{Name: api.EngineEdge, Version: "109"},
			{Name: api.EngineFirefox, Version: "115"},
			{Name: api.EngineSafari, Version: "16"},
		},
	})
	if len(r.Errors) > 0 || len(r.Warnings) > 0 {
		return fmt.Errorf("bundle: %d errors, %d warnings", len(r.Errors), len(r.Warnings))
	}
	icon, err := os.ReadFile(filepath.Join(dir, "src", "icon.svg"))
	if err != nil {
		return fmt.Errorf("read icon: %w", err)
	}
	if err := os.WriteFile(filepath.Join(out, "icon.svg"), icon, 0o644); err != nil {
		return fmt.Errorf("write icon: %w", err)
	}
	return nil
}
