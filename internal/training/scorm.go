package training

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"okite/internal/fault"
	"okite/internal/msg"
)

// The limits of a package. Whatever is larger is refused before it is unpacked whole.
const (
	maxPackage = 20 << 20 // bytes as sent
	maxParts   = 2000     // files in it
	maxPart    = 2 << 20  // bytes of one page or manifest, unpacked
	maxPages   = 200      // pages taken over
	maxLesson  = 20_000   // signs of a page taken over, as the register holds
)

// Package is a SCORM package as it was read: the manifest and the text of its pages. Nothing of it is run: this site
// allows no script but its own, so what a package does beyond showing text is left out, and Left says so.
type Package struct {
	Title   string
	Version string // 1.2 or 2004
	Mastery *int64 // score that passes, in hundredths of all
	Pages   []PackagePage
	Left    []msg.Text // what is not taken over
}

// PackagePage is an item of the manifest with the text of its page.
type PackagePage struct {
	Title string
	Href  string
	Text  string
	Left  string // why there is no text; "" when there is
}

func badPackage(m msg.Text) error { return fault.At("file", m) }

// manifest is what is read of imsmanifest.xml, of either version; names are compared without their namespace.
type manifest struct {
	Schema    string        `xml:"metadata>schemaversion"`
	Default   organizations `xml:"organizations"`
	Resources []resource    `xml:"resources>resource"`
}

type organizations struct {
	Default string         `xml:"default,attr"`
	List    []organization `xml:"organization"`
}

type organization struct {
	ID    string `xml:"identifier,attr"`
	Title string `xml:"title"`
	Items []item `xml:"item"`
}

type item struct {
	Title   string `xml:"title"`
	Ref     string `xml:"identifierref,attr"`
	Hidden  string `xml:"isvisible,attr"`
	Mastery string `xml:"masteryscore"`
	Measure string `xml:"sequencing>objectives>primaryObjective>minNormalizedMeasure"`
	Items   []item `xml:"item"`
}

type resource struct {
	ID   string `xml:"identifier,attr"`
	Base string `xml:"base,attr"`
	Href string `xml:"href,attr"`
}

// ReadPackage reads a SCORM 1.2 or 2004 package.
func ReadPackage(b []byte) (Package, error) {
	if len(b) > maxPackage {
		return Package{}, badPackage(msg.F("ファイルが大きすぎます。上限は%dMBです。", "The file is too large; at most %d MB.", maxPackage>>20))
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return Package{}, badPackage(msg.T("ZIP形式のファイルとして読み取れません。SCORMのパッケージ（.zip）を選んでください。", "This is no ZIP file. Choose a SCORM package (.zip)."))
	}
	if len(z.File) > maxParts {
		return Package{}, badPackage(msg.F("パッケージの中のファイルが多すぎます。上限は%d件です。", "The package holds too many files; at most %d.", maxParts))
	}
	files := map[string]*zip.File{}
	for _, f := range z.File {
		files[path.Clean(strings.ReplaceAll(f.Name, `\`, "/"))] = f
	}
	f, ok := files["imsmanifest.xml"]
	if !ok {
		return Package{}, badPackage(msg.T("パッケージの最上位に imsmanifest.xml がありません。SCORMのパッケージではないか、フォルダーごと圧縮されています。", "There is no imsmanifest.xml at the top of the package. It is no SCORM package, or its folder was packed with it."))
	}
	raw, err := unpack(f)
	if err != nil {
		return Package{}, err
	}
	var m manifest
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.CharsetReader = charset.NewReaderLabel
	d.Entity = map[string]string{} // no entity but those of XML itself
	if err := d.Decode(&m); err != nil {
		return Package{}, badPackage(msg.T("imsmanifest.xml を読み取れません。壊れているか、正しいXMLではありません。", "imsmanifest.xml cannot be read: it is broken, or not well-formed."))
	}
	return m.read(files)
}

func unpack(f *zip.File) ([]byte, error) {
	if f.UncompressedSize64 > maxPart {
		return nil, badPackage(msg.F("「%s」が大きすぎます。", "“%s” is too large.", f.Name))
	}
	r, err := f.Open()
	if err != nil {
		return nil, badPackage(msg.F("「%s」を取り出せません。", "“%s” cannot be unpacked.", f.Name))
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxPart+1)) // the directory may lie about the size
	if err != nil || len(b) > maxPart {
		return nil, badPackage(msg.F("「%s」を取り出せません。壊れているか、大きすぎます。", "“%s” cannot be unpacked: it is broken or too large.", f.Name))
	}
	return b, nil
}

func (m manifest) read(files map[string]*zip.File) (Package, error) {
	p := Package{Version: "1.2"}
	if s := strings.ToLower(m.Schema); strings.Contains(s, "2004") || strings.Contains(s, "cam") {
		p.Version = "2004"
	}
	var o *organization
	for i := range m.Default.List {
		if x := &m.Default.List[i]; o == nil || x.ID == m.Default.Default {
			o = x
		}
	}
	if o == nil {
		return p, badPackage(msg.T("imsmanifest.xml に教材の構成（organization）がありません。", "imsmanifest.xml names no organization of the material."))
	}
	p.Title = clean(o.Title)
	resources := map[string]string{}
	for _, r := range m.Resources {
		resources[r.ID] = r.Base + r.Href
	}
	left := map[string]bool{}
	var walk func(items []item, depth int)
	walk = func(items []item, depth int) {
		for _, it := range items {
			if depth > 20 || len(p.Pages) >= maxPages {
				left["more"] = true
				return
			}
			p.Mastery = cmp.Or(p.Mastery, mastery(it))
			if it.Hidden != "false" && (it.Ref != "" || len(it.Items) == 0) {
				p.Pages = append(p.Pages, pageOf(clean(it.Title), resources[it.Ref], files, left))
			}
			walk(it.Items, depth+1)
		}
	}
	walk(o.Items, 0)
	if !slices.ContainsFunc(p.Pages, func(x PackagePage) bool { return x.Text != "" }) {
		return p, badPackage(msg.T("このパッケージには、文字として取り込めるページがありません。スクリプトや動画だけで作られた教材は取り込めません。", "No page of this package holds text that could be taken over. Material made of scripts or films alone cannot be imported."))
	}
	for _, x := range leftOut {
		if left[x.what] {
			p.Left = append(p.Left, x.say)
		}
	}
	return p, nil
}

// leftOut are the things that are not taken over, in the order in which they are told.
var leftOut = []struct {
	what string
	say  msg.Text
}{
	{"script", msg.T("スクリプト（画面の動き、章ごとの自動採点、進み具合の送信）", "scripts: movement on the page, scoring by the material itself, reports of progress")},
	{"image", msg.T("画像", "pictures")},
	{"media", msg.T("動画と音声", "films and sound")},
	{"frame", msg.T("埋め込まれた別のページ", "pages within pages")},
	{"form", msg.T("入力欄と設問（設問は、取込みの後に登録してください）", "fields and questions (register the questions after the import)")},
	{"link", msg.T("リンク（文字だけを残します）", "links (their text stays)")},
	{"cut", msg.T("長すぎるページの終わりの部分", "the end of pages that are too long")},
	{"more", msg.T("数が多すぎる、または階層が深すぎるページ", "pages beyond the number or depth that is read")},
}

// mastery is the score an item asks for: whole hundredths in 1.2, a fraction in 2004.
func mastery(it item) *int64 {
	if n, err := strconv.ParseFloat(strings.TrimSpace(it.Mastery), 64); err == nil && n >= 0 && n <= 100 {
		v := int64(n + 0.5)
		return &v
	}
	if n, err := strconv.ParseFloat(strings.TrimSpace(it.Measure), 64); err == nil && n >= 0 && n <= 1 {
		v := int64(n*100 + 0.5)
		return &v
	}
	return nil
}

// pageOf takes the text of a page.
func pageOf(title, href string, files map[string]*zip.File, left map[string]bool) PackagePage {
	p := PackagePage{Title: title, Href: href}
	if p.Title == "" {
		p.Title = href
	}
	u, err := url.Parse(href)
	if err != nil || href == "" || u.IsAbs() || u.Host != "" {
		p.Left = "outside"
		return p
	}
	f, ok := files[path.Clean(strings.TrimPrefix(u.Path, "/"))]
	if !ok {
		p.Left = "missing"
		return p
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".html", ".htm", ".xhtml":
	default:
		p.Left = "kind"
		return p
	}
	b, err := unpack(f)
	if err != nil {
		p.Left = "large"
		return p
	}
	if p.Text = textOf(b, left); p.Text == "" {
		p.Left = "empty"
	}
	return p
}

var leftWhy = map[string]msg.Text{
	"outside": msg.T("パッケージの外を指しているため取り込めません。", "It points outside of the package."),
	"missing": msg.T("ページのファイルがパッケージにありません。", "Its file is not in the package."),
	"kind":    msg.T("文字のページ（HTML）ではないため取り込めません。", "It is no page of text (HTML)."),
	"large":   msg.T("大きすぎるか壊れているため取り込めません。", "It is too large, or broken."),
	"empty":   msg.T("文字が含まれていません。", "It holds no text."),
}

// textOf is the text of a page of HTML: paragraphs parted by an empty line, list items by a dot. Markup is not kept, so
// nothing of the page can reach the browser as markup.
func textOf(b []byte, left map[string]bool) string {
	r, err := charset.NewReader(bytes.NewReader(b), "text/html")
	if err != nil {
		return ""
	}
	var out strings.Builder
	skip := 0
	z := html.NewTokenizer(r)
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				return ""
			}
			return limit(tidy(out.String()), left)
		case html.TextToken:
			if skip == 0 {
				out.WriteString(breaks.Replace(string(z.Text())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			noted(t.DataAtom, left)
			if hidden(t.DataAtom) && t.Type == html.StartTagToken {
				skip++
			}
			out.WriteString(opening(t.DataAtom))
		case html.EndTagToken:
			t := z.Token()
			if hidden(t.DataAtom) && skip > 0 {
				skip--
			}
			if block(t.DataAtom) {
				out.WriteString("\n\n")
			}
		}
	}
}

// breaks in the source of a page are blanks; what a store cannot hold is dropped.
var breaks = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ", "\x00", "")

func noted(a atom.Atom, left map[string]bool) {
	switch a {
	case atom.Script:
		left["script"] = true
	case atom.Img, atom.Picture, atom.Svg, atom.Canvas:
		left["image"] = true
	case atom.Video, atom.Audio, atom.Object, atom.Embed, atom.Applet:
		left["media"] = true
	case atom.Iframe, atom.Frame, atom.Frameset:
		left["frame"] = true
	case atom.Input, atom.Select, atom.Textarea, atom.Button, atom.Form:
		left["form"] = true
	case atom.A:
		left["link"] = true
	}
}

// hidden are elements whose content is no text to read.
func hidden(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript, atom.Svg, atom.Object, atom.Select, atom.Button, atom.Textarea, atom.Iframe:
		return true
	}
	return false
}

func block(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Li, atom.Table, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Blockquote, atom.Dl, atom.Dt, atom.Dd, atom.Figure, atom.Pre:
		return true
	}
	return false
}

func opening(a atom.Atom) string {
	switch {
	case a == atom.Br:
		return "\n"
	case a == atom.Li:
		return "\n\n・"
	case a == atom.Td || a == atom.Th:
		return "　"
	case block(a):
		return "\n\n"
	}
	return ""
}

// tidy leaves single empty lines between paragraphs and no blanks at the ends of lines.
func tidy(s string) string {
	var out []string
	empty := true
	for line := range strings.Lines(s) {
		line = clean(line)
		if line == "" || line == "・" {
			empty = true
			continue
		}
		if empty && len(out) > 0 {
			out = append(out, "")
		}
		out, empty = append(out, line), false
	}
	return strings.Join(out, "\n")
}

func limit(s string, left map[string]bool) string {
	if utf8.RuneCountInString(s) <= maxLesson {
		return s
	}
	left["cut"] = true
	return string([]rune(s)[:maxLesson])
}

func clean(s string) string { return strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ") }
