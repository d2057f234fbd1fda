// Package packs holds the data packs (語彙パック): vocabularies, parameters and the model texts, as versioned data
// that a city takes over and changes. The program has no such word of its own.
package packs

import "embed"

// Files are the packs, one folder each: pack.json, the model texts LAYER.txt and their English glosses LAYER.en.json.
//
//go:embed */*.json */*.txt
var Files embed.FS
