package app

import (
	"context"
	"errors"
	"runtime/debug"

	"okite/internal/pack"
	"okite/internal/register"
)

// Version is the release of this program, or the revision it was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "0-" + s.Value[:12]
		}
	}
	return "0-devel"
}

// Registers are the schemas of all registers, in the municipality's own words where there is one.
func Registers(ctx context.Context, c Config) ([]register.Schema, error) {
	a, err := Open(ctx, c)
	if err == nil {
		defer a.Close()
		return a.Catalog.Schema(), nil
	}
	if !errors.Is(err, ErrNone) {
		return nil, err
	}
	p, err := pack.Load("model")
	if err != nil {
		return nil, err
	}
	return register.NewCatalog(p, registers()...).Schema(), nil
}
