package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"okite/internal/app"
)

type versionCmd struct {
	SBOM bool `name:"sbom" help:"${sbom}"`
}

func (v versionCmd) Run(c *console) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("read build facts: this program carries none")
	}
	if v.SBOM {
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		return e.Encode(bill(info))
	}
	facts := map[string]string{"version": app.Version(), "go": info.GoVersion, "os": runtime.GOOS, "arch": runtime.GOARCH}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision", "vcs.time", "vcs.modified":
			facts[s.Key] = s.Value
		}
	}
	return c.answer(facts, func() { c.printf("okite %s (%s, %s/%s)\n", facts["version"], facts["go"], facts["os"], facts["arch"]) })
}

// bill is the bill of materials in CycloneDX 1.6: every module that is linked into the program.
func bill(info *debug.BuildInfo) map[string]any {
	comps := []map[string]any{}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		comps = append(comps, map[string]any{"type": "library", "name": m.Path, "version": m.Version,
			"purl": "pkg:golang/" + m.Path + "@" + m.Version, "bom-ref": "pkg:golang/" + m.Path + "@" + m.Version})
	}
	return map[string]any{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
		"metadata":   map[string]any{"component": map[string]any{"type": "application", "name": "okite", "version": app.Version(), "bom-ref": "okite"}},
		"components": comps}
}
