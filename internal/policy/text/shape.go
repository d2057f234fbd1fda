package text

import (
	"slices"
	"strings"
)

// shape says which numbers of the tree become the path of an id.
type shape int

const (
	flat     shape = iota // articles or numbers run on: chapters are headings
	chapters              // numbers begin anew in each chapter
	sections              // and in each section
)

// shapeOf is the shortest path that names every place once.
func (p *parser) shapeOf() shape {
	for s := flat; s < sections; s++ {
		seen, tops := map[string]bool{}, 0
		twice := false
		p.tops(p.root, nil, s, func(path []numeral, n *node) {
			if n.level > levelSection {
				tops++
			}
			k := key(path)
			twice = twice || seen[k]
			seen[k] = true
		})
		if !twice && tops > 0 {
			return s
		}
	}
	if p.lastTop(levelSection) != nil {
		return sections
	}
	return chapters
}

func key(path []numeral) string {
	var b strings.Builder
	for _, n := range path {
		b.WriteString("." + n.key())
	}
	return b.String()
}

// tops goes through parts, chapters, sections that are places in a shape and the highest numbers below them.
func (p *parser) tops(n *node, path []numeral, s shape, fn func(path []numeral, n *node)) {
	for _, c := range n.children {
		if c.level > levelSection {
			fn(append(slices.Clone(path), c.num), c)
			continue
		}
		down := path
		if s >= chapters && c.level <= levelChapter || s == sections && c.level == levelSection {
			down = append(slices.Clone(path), c.num)
			fn(down, c)
		}
		p.tops(c, down, s, fn)
	}
}
