package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

// badInput are commands of the scripts that make files nobody should send, and the one that runs the program on them.
var badInput = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"refuse": refuse, "bomb": bomb, "fill": fill, "utf16": wide,
}

// refuse runs a program that must end with 2, the code of what could not be done, and say why: in lines of its own, or
// in the document it was asked for.
func refuse(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: refuse program arg...")
	}
	err := ts.Exec(args[0], args[1:]...)
	var e *exec.ExitError
	if !errors.As(err, &e) || e.ExitCode() != int(unusable) {
		ts.Fatalf("%s ended with %v, want code %d", strings.Join(args, " "), err, unusable)
	}
	said := strings.TrimSpace(ts.ReadFile("stderr"))
	if said == "" && json.Valid([]byte(ts.ReadFile("stdout"))) {
		return // the answer holds the reasons
	}
	for _, line := range strings.Split(said, "\n") {
		if !strings.HasPrefix(line, "okite: ") {
			ts.Fatalf("said %q, want lines that begin with okite:", line)
		}
	}
}

// bomb writes a workbook of some hundred kilobytes whose sheet unpacks to gigabytes.
func bomb(ts *testscript.TestScript, neg bool, args []string) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{{"[Content_Types].xml", "<Types/>"},
		{"_rels/.rels", `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="s.xml"/></Relationships>`}} {
		w, err := z.Create(part[0])
		ts.Check(err)
		_, err = w.Write([]byte(part[1]))
		ts.Check(err)
	}
	// a megabyte of rows is packed once and its packed form repeated
	var packed bytes.Buffer
	f, err := flate.NewWriter(&packed, flate.BestCompression)
	ts.Check(err)
	_, err = f.Write([]byte("<worksheet><sheetData>"))
	ts.Check(err)
	ts.Check(f.Flush())
	head := packed.Len()
	f.Reset(&packed)
	_, err = f.Write(bytes.Repeat([]byte("<row/>"), 1<<20/6))
	ts.Check(err)
	ts.Check(f.Flush())
	const megabytes = 2048
	body := append(bytes.Clone(packed.Bytes()[:head]), bytes.Repeat(packed.Bytes()[head:], megabytes)...)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "xl/s.xml", Method: zip.Deflate, CompressedSize64: uint64(len(body)), UncompressedSize64: megabytes << 20})
	ts.Check(err)
	_, err = w.Write(body)
	ts.Check(err)
	ts.Check(z.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// fill writes a text of so many megabytes.
func fill(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	line := []byte("情報を守る。\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Repeat(line, n<<20/len(line)), 0o600))
}

// wide writes a file once more in UTF-16.
func wide(ts *testscript.TestScript, neg bool, args []string) {
	b, err := binary.Append(nil, binary.LittleEndian, utf16.Encode([]rune("\ufeff"+ts.ReadFile(args[0]))))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o600))
}
