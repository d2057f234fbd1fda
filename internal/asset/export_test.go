package asset

import (
	"okite/internal/msg"
	"okite/internal/pack"
	"okite/internal/register"
)

// FloorClass and FloorTitle are what is said of the floor that one kind of contents sets.
func FloorClass(p *pack.Pack, content string) msg.Text {
	return floorClass(register.NewCatalog(p), contentFloor([]string{content}))
}
func FloorTitle(content string) msg.Text { return floorTitle(contentFloor([]string{content})) }
