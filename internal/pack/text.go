package pack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"okite/internal/clause"
	"okite/packs"
)

// ClauseGloss is the English of one clause. A gloss helps to read; what binds is the Japanese text.
type ClauseGloss struct {
	Title string `json:"title"`
	Text  string `json:"text,omitempty"` // "" where only the heading is given
}

// layers are the layers a text can have, as the register of versions names them (bp.0), and the letters their
// clause ids begin with.
var layers = map[string]string{"basic": clause.Basic, "standard": clause.Standard}

// Text is the model text of a layer, "basic" or "standard". It is that of the pack itself, else that of the pack it
// extends. An error that is fs.ErrNotExist says that there is none: the city brings its own.
func Text(code, layer string) ([]byte, error) {
	at, err := keeper(packs.Files, code, layer)
	if err != nil {
		return nil, fmt.Errorf("read %s text of pack %s: %w", layer, code, err)
	}
	b, err := fs.ReadFile(packs.Files, at+"/"+layer+".txt")
	if err != nil {
		return nil, fmt.Errorf("read %s text of pack %s: %w", layer, code, err)
	}
	return b, nil
}

// Gloss is the English gloss of a layer by clause id, of the pack that Text takes the layer from. None is no error.
func Gloss(code, layer string) (map[string]ClauseGloss, error) {
	return gloss(packs.Files, code, layer)
}

func gloss(fsys fs.FS, code, layer string) (map[string]ClauseGloss, error) {
	at, err := keeper(fsys, code, layer)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s gloss of pack %s: %w", layer, code, err)
	}
	b, err := fs.ReadFile(fsys, at+"/"+layer+".en.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s gloss of pack %s: %w", layer, code, err)
	}
	var out map[string]ClauseGloss
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("read %s gloss of pack %s: %w", layer, code, err)
	}
	for key, g := range out {
		id, err := clause.Parse(key)
		if err != nil {
			return nil, fmt.Errorf("read %s gloss of pack %s: %w", layer, code, err)
		}
		if id.Layer() != layers[layer] || g.Title == "" {
			return nil, fmt.Errorf("read %s gloss of pack %s: %s is of another layer or has no title", layer, code, id)
		}
	}
	return out, nil
}

// keeper finds the pack that has a layer: the pack itself, else the one it extends. A pack with only a gloss keeps
// the layer all the same, so that a gloss is never laid beside the text of another city.
func keeper(fsys fs.FS, code, layer string) (string, error) {
	if layers[layer] == "" {
		return "", fmt.Errorf("there is no layer %q", layer)
	}
	for seen := []string(nil); ; {
		if slices.Contains(seen, code) {
			return "", fmt.Errorf("pack %s extends itself", code)
		}
		seen = append(seen, code)
		f, err := read(fsys, code)
		if err != nil {
			return "", err
		}
		for _, name := range []string{layer + ".txt", layer + ".en.json"} {
			if _, err := fs.Stat(fsys, code+"/"+name); err == nil {
				return code, nil
			}
		}
		if f.Extends == "" {
			return "", fmt.Errorf("pack %s has no such text: %w", code, fs.ErrNotExist)
		}
		code = f.Extends
	}
}
