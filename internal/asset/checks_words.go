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

// floorTitle says what sets a floor of contentFloor. It names no class, as every scheme calls its classes differently.
func floorTitle(step int64) msg.Text {
	switch step {
	case classStep("3B"):
		return msg.T("個人番号、住民、税又は戸籍の情報", "individual numbers, resident, tax or family register data")
	case classStep("3C"):
		return msg.T("要配慮個人情報", "sensitive personal data")
	default:
		return msg.T("個人情報", "personal data")
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
