package asset

import "slices"

// classStep orders the classes of every scheme, heaviest highest; the steps of the five-class scheme are 5 to 1.
// The highest class of the three-class scheme stands with the highest of the five, so that an old class is not
// taken for a light one. 0 means not classified.
func classStep(code string) int64 {
	switch code {
	case "3", "3A":
		return 5
	case "3B":
		return 4
	case "3C":
		return 3
	case "2":
		return 2
	case "1":
		return 1
	}
	return 0
}

// contentFloor is the lowest step of confidentiality that contents allow (bp.7): 3B for what belongs to the
// My Number business, 3C for sensitive personal data, 2 for other personal data; 0 when nothing sets a floor.
func contentFloor(content []string) int64 {
	var floor int64
	for _, c := range content {
		switch c {
		case "my_number", "resident", "tax", "family_register":
			floor = max(floor, classStep("3B"))
		case "sensitive":
			floor = max(floor, classStep("3C"))
		case "personal":
			floor = max(floor, classStep("2"))
		}
	}
	return floor
}

// classified says whether all three properties have a class.
func (a Asset) classified() bool {
	return a.Confidentiality != "" && a.Integrity != "" && a.Availability != ""
}

// counts says whether the asset is one the policy protects: in use and not left out of scope.
func (a Asset) counts() bool { return a.Status == "active" && a.OutOfScope == "" }

// derivedHandling is the handling that follows from scheme and class (bp.7).
func (a Asset) derivedHandling() string {
	return a.Scheme + ":" + a.Confidentiality + "-" + a.Integrity + "-" + a.Availability
}

// steps are the steps of confidentiality, integrity and availability, in this order.
func (a Asset) steps() [3]int64 {
	return [3]int64{classStep(a.Confidentiality), classStep(a.Integrity), classStep(a.Availability)}
}

// properties are the codes of the three properties in the order of steps.
func properties() [3]string { return [3]string{"c", "i", "a"} }

// holdsForeign says whether an asset of a school system holds something that does not belong to a school (bp.3).
func (a Asset) holdsForeign() bool {
	return slices.ContainsFunc(a.Content, func(c string) bool {
		return c != "school_admin" && c != "school_learning" && c != "none"
	})
}
