package asset

import (
	"okite/internal/msg"
	"okite/internal/pack"
)

// FloorClass and FloorTitle are what is said of the floor that one kind of contents sets.
func FloorClass(p *pack.Pack, content string) msg.Text {
	return floorClass(p, contentFloor([]string{content}))
}
func FloorTitle(content string) msg.Text { return floorTitle(contentFloor([]string{content})) }
