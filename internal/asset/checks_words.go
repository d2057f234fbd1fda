package asset

import (
	"strconv"

	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/rule"
)

func propertyValues() []rule.Value {
	return []rule.Value{
		{Code: "c", Title: msg.T("機密性", "confidentiality")},
		{Code: "i", Title: msg.T("完全性", "integrity")},
		{Code: "a", Title: msg.T("可用性", "availability")},
	}
}

// propertyField is the field of an asset or system that holds a property's class.
func propertyField(code string) string {
	switch code {
	case "c":
		return "confidentiality"
	case "i":
		return "integrity"
	default:
		return "availability"
	}
}

// propertiesIn lists the properties in a set attribute.
func propertiesIn(s check.Subject, attr string) msg.Text {
	var list msg.Text
	for _, p := range propertyValues() {
		if s.Has(attr, p.Code) {
			list = org.Listed(list, p.Title)
		}
	}
	return list
}

// floorTitle names a floor of contentFloor.
func floorTitle(step int64) msg.Text {
	switch step {
	case classStep("3B"):
		return msg.T("自治体機密性3B", "3B")
	case classStep("3C"):
		return msg.T("自治体機密性3C", "3C")
	default:
		return msg.T("自治体機密性2", "2")
	}
}

// thousands writes a count of persons as offices do: 50,000.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
