package card

import (
	"cmp"
	"slices"

	"okite/internal/when"
)

// sighting is a card or an account used at a place. What and Place are rows of their registers.
type sighting struct {
	What, Place int32
	At          when.Stamp
}

// apart is a thing seen at two places sooner one after the other than anybody gets there.
type apart struct {
	First, Then sighting
	Need        when.Stamp // the least time the way takes, in microseconds
}

// minute is a minute as stamps count.
const minute = when.Stamp(60_000_000)

// apartOf finds for each thing the earliest moment at which it was in two places at once, in the order of the things.
// need is the least time from a place to any other; from one to another it is the greater of the two.
//
// Sightings are sorted by thing and moment, and each is compared with the one before it only. That loses nothing. Let two
// be too close with others between them. If the longer way is that of the first place, look at the first sighting after
// it that is elsewhere: the one before that is still there, and the two are closer in time. If it is that of the second,
// look at the last one before it that is elsewhere. So a pair of neighbours is too close as well, and ends no later.
func apartOf(list []sighting, need []when.Stamp) []apart {
	order := func(a, b sighting) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.At, b.At), cmp.Compare(a.Place, b.Place))
	}
	if !slices.IsSortedFunc(list, order) {
		slices.SortFunc(list, order)
	}
	var out []apart
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		if a.What != b.What || a.Place == b.Place {
			continue
		}
		way := max(need[a.Place], need[b.Place])
		if b.At-a.At >= way || len(out) > 0 && out[len(out)-1].First.What == a.What {
			continue
		}
		out = append(out, apart{First: a, Then: b, Need: way})
	}
	return out
}

// minutes is how long lay between the two, in minutes begun, and how long the way takes.
func (x apart) minutes() (between, need int64) {
	return max(1, int64((x.Then.At-x.First.At+minute-1)/minute)), int64(x.Need / minute)
}
