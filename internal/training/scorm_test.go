package training_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"okite/internal/fault"
	"okite/internal/training"
)

// packed is a package made of names and contents.
func packed(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const manifest12 = `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o2"><organization identifier="o1"><title>使わない構成</title></organization>
<organization identifier="o2"><title> 情報を
守る </title>
<item identifier="i1" identifierref="r1"><title>はじめに</title><adlcp:masteryscore>70</adlcp:masteryscore></item>
<item identifier="i2"><title>本編</title><item identifier="i3" identifierref="r2"><title>守り方</title></item><item identifier="i4" identifierref="r3" isvisible="false"><title>隠したページ</title></item></item>
<item identifier="i5" identifierref="r4"><title>動画</title></item><item identifier="i6" identifierref="r5"><title>外のページ</title></item><item identifier="i7" identifierref="r6"><title>ないページ</title></item>
</organization></organizations>
<resources><resource identifier="r1" adlcp:scormtype="sco" href="a.html"/><resource identifier="r2" href="b/b.html?x=1"/><resource identifier="r3" href="a.html"/>
<resource identifier="r4" href="film.mp4"/><resource identifier="r5" href="https://outside.example/a.html"/><resource identifier="r6" href="../../etc/passwd.html"/></resources></manifest>`

func TestPackages(t *testing.T) {
	page := `<!DOCTYPE html><html><head><meta charset="utf-8"><title>題</title><style>p{}</style><script>alert("実行")</script></head>
<body onload="alert(1)"><h1>守り方</h1><p>一つ目の<b>段落</b>です。<img src=x onerror=alert(1)></p><ul><li>確かめる<li>報告する</ul><p>&lt;b&gt;そのまま&amp;</p><a href="javascript:alert(1)">続き</a><form><input name=q><button>送る</button></form></body></html>`
	p, err := training.ReadPackage(packed(t, "imsmanifest.xml", manifest12, "a.html", "<p>ようこそ。</p>", "b/b.html", page, "film.mp4", "…"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Title != "情報を 守る" || p.Version != "1.2" || p.Mastery == nil || *p.Mastery != 70 {
		t.Errorf("title %q, version %q, mastery %v", p.Title, p.Version, p.Mastery)
	}
	var got []string
	for _, x := range p.Pages {
		got = append(got, fmt.Sprintf("%s|%s|%s", x.Title, x.Text, x.Left))
	}
	want := []string{"はじめに|ようこそ。|", "守り方|守り方\n\n一つ目の段落です。\n\n・確かめる\n\n・報告する\n\n<b>そのまま&\n\n続き|", "動画||kind", "外のページ||outside", "ないページ||missing"}
	if strings.Join(got, "\n---\n") != strings.Join(want, "\n---\n") {
		t.Errorf("pages are\n%s\nwant\n%s", strings.Join(got, "\n---\n"), strings.Join(want, "\n---\n"))
	}
	if len(p.Left) != 4 { // scripts, pictures, fields, links
		t.Errorf("left out: %v", p.Left)
	}
	later := strings.NewReplacer("<schemaversion>1.2<", "<schemaversion>2004 3rd Edition<", `<adlcp:masteryscore>70</adlcp:masteryscore>`,
		`<imsss:sequencing xmlns:imsss="http://www.imsglobal.org/xsd/imsss"><imsss:objectives><imsss:primaryObjective satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.85</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives></imsss:sequencing>`).Replace(manifest12)
	if p, err = training.ReadPackage(packed(t, "imsmanifest.xml", later, "a.html", "<p>ようこそ。</p>")); err != nil || p.Version != "2004" || p.Mastery == nil || *p.Mastery != 85 {
		t.Errorf("SCORM 2004: %+v, %v", p, err)
	}
}

func TestPackagesThatCannotBeRead(t *testing.T) {
	bomb := strings.Repeat("0", 3<<20)
	for name, b := range map[string][]byte{
		"no zip":             []byte("教材"),
		"no manifest":        packed(t, "a.html", "<p>a</p>"),
		"in a folder":        packed(t, "x/imsmanifest.xml", manifest12),
		"broken manifest":    packed(t, "imsmanifest.xml", "<manifest><organizations>"),
		"entities":           packed(t, "imsmanifest.xml", `<!DOCTYPE m [<!ENTITY x "y">]><manifest>&x;</manifest>`),
		"no organization":    packed(t, "imsmanifest.xml", "<manifest><organizations/></manifest>"),
		"no page with text":  packed(t, "imsmanifest.xml", manifest12, "a.html", "<script>document.write('x')</script>"),
		"a manifest too big": packed(t, "imsmanifest.xml", bomb),
	} {
		if _, err := training.ReadPackage(b); fault.As(err) == nil {
			t.Errorf("%s: %v, want a fault", name, err)
		}
	}
	p, err := training.ReadPackage(packed(t, "imsmanifest.xml", manifest12, "a.html", "<p>ようこそ。</p>", "b/b.html", bomb))
	if err != nil || p.Pages[1].Left != "large" {
		t.Errorf("a page too big: %+v, %v", p.Pages, err)
	}
}

func FuzzPackage(f *testing.F) {
	f.Add(packed(f, "imsmanifest.xml", manifest12, "a.html", "<p>ようこそ。</p>"))
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := training.ReadPackage(b)
		if err != nil && fault.As(err) == nil {
			t.Errorf("not a fault: %v", err)
		}
		for _, x := range p.Pages {
			if err == nil && strings.ContainsRune(x.Text, 0) {
				t.Error("a page holds a zero")
			}
		}
	})
}
