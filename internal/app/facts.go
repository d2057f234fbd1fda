package app

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"

	"okite/internal/pack"
	"okite/internal/register"
)

// release is the version this program will be released as.
const release = "0.1.0"

// Version is the release of this program: that of the module when it was installed as one.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(info.Main.Version, "v") && !strings.Contains(info.Main.Version, "-") {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return release
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
