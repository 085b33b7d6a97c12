package file

import (
	"encoding/base64"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"homeward.example/adapters"
)

const (
	person = `<p:pfif xmlns:p="http://zesty.ca/pfif/1.4"><p:person><p:person_record_id>x.example/1</p:person_record_id>` +
		`<p:full_name>` + canary + `</p:full_name></p:person>`
	goodPFIF  = person + `</p:pfif>`
	goodJSONL = `{"record":{"recordId":"1"},"name":{"family":[{"value":"` + canary + `"}]}}` + "\n"
	goodMap   = "columns:\n  id: {path: record.record_id}\n  name: {path: name.family, kind: original}\n"
	goodCSV   = "id,name\n1," + canary + "\n"
)

func wide(s string, bom bool) string {
	var b strings.Builder
	if bom {
		b.WriteString("\xff\xfe")
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

// TestBrokenFiles: what is wrong as a whole is an error with its place, and nothing of it is loaded.
func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<a>", 5000) + strings.Repeat("</a>", 5000)
	for _, c := range []struct {
		name, format, content string
		want                  []string
	}{
		{"empty", formatJSONL, "", []string{"c.jsonl", "is empty"}},
		{"empty", formatPFIF, "", []string{"is empty"}},
		{"empty", formatCSV, "", []string{"is empty"}},
		{"white space", formatJSONL, "\n \n", []string{"has no record"}},
		{"white space", formatPFIF, " \n ", []string{"ends too early"}},
		{"only a header", formatCSV, "id,name\n", []string{"has no record"}},
		{"only a root", formatPFIF, `<pfif xmlns="http://zesty.ca/pfif/1.4"/>`, []string{"has no record"}},
		{"UTF-16", formatJSONL, wide(goodJSONL, true), []string{"c.jsonl:1:1", "UTF-16", "UTF-8"}},
		{"UTF-16", formatPFIF, wide(goodPFIF, true), []string{"UTF-16"}},
		{"UTF-16", formatCSV, wide(goodCSV, true), []string{"UTF-16"}},
		{"UTF-16 without mark", formatCSV, wide(goodCSV, false), []string{"c.csv:1:2", "NUL byte"}},
		{"windows-1251", formatCSV, "id,name\n1,\xd8\xe5\xe2\xf7\xe5\xed\xea\xee\n", []string{"c.csv:2:3", "not UTF-8"}},
		{"windows-1251", formatJSONL, "{\"record\":{\"recordId\":\"\xd8\"}}\n", []string{"c.jsonl:1:", "not UTF-8"}},
		{"declared windows-1251", formatPFIF, `<?xml version="1.0" encoding="windows-1251"?>` + goodPFIF, []string{"c.xml:1", "another encoding"}},
		{"cut letter", formatJSONL, goodJSONL[:strings.Index(goodJSONL, canary)+3], []string{"ends inside a letter"}},
		{"cut line", formatJSONL, goodJSONL + goodJSONL[:30], []string{"c.jsonl:2", "ends inside a record"}},
		{"cut document", formatPFIF, person, []string{"ends too early"}},
		{"cut tag", formatPFIF, goodPFIF[:len(goodPFIF)-3], []string{"ends too early"}},
		{"cut row", formatCSV, goodCSV + "2", []string{"c.csv:3", "ends inside a row"}},
		{"unclosed quote", formatCSV, "id,name\n1,\"" + canary + "\n2,b\n", []string{"c.csv:2", "not closed"}},
		{"DTD", formatPFIF, `<!DOCTYPE pfif SYSTEM "http://evil.example/x.dtd">` + goodPFIF, []string{"document type"}},
		{"DTD with entities", formatPFIF, `<!DOCTYPE p [<!ENTITY a "` + canary + `">]>` + goodPFIF, []string{"document type"}},
		{"entity", formatPFIF, strings.Replace(goodPFIF, canary, "&"+canary+";", 1), []string{"c.xml:1:", "entity"}},
		{"processing instruction", formatPFIF, `<?xml-stylesheet href="x"?>` + goodPFIF, []string{"processing instruction"}},
		{"other root", formatPFIF, `<html><` + canary + `/></html>`, []string{"no PFIF"}},
		{"other namespace", formatPFIF, strings.ReplaceAll(goodPFIF, "pfif/1.4", "pfif/2.0"), []string{"no PFIF"}},
		{"no namespace", formatPFIF, `<pfif><person/></pfif>`, []string{"no PFIF"}},
		{"not XML", formatPFIF, goodJSONL, []string{"no XML"}},
		{"wrong nesting", formatPFIF, `<p:pfif xmlns:p="http://zesty.ca/pfif/1.4"><` + canary + `></p:pfif>`, []string{"not well-formed"}},
		{"two roots", formatPFIF, goodPFIF + goodPFIF, []string{"document's end"}},
		{"text between records", formatPFIF, person + canary + `</p:pfif>`, []string{"text between"}},
		{"too deep", formatPFIF, person + deep + `</p:pfif>`, []string{"too deeply"}},
		{"endless tag", formatPFIF, person + "<" + strings.Repeat("a", 2*maxRow) + "/></p:pfif>", []string{"8 MiB"}},
		{"endless line", formatJSONL, strings.Repeat("[", maxRow+1), []string{"c.jsonl:1", "8 MiB"}},
		{"endless quote", formatCSV, goodCSV + `2,"` + strings.Repeat("a", 2*maxRow), []string{"8 MiB"}},
		{"no row is good", formatJSONL, "{}\n{\"x\":1}\n", []string{"c.jsonl:1", "no record is good", "record.record_id"}},
		{"other columns", formatCSV, canary + ",b\n1,2\n", []string{"c.csv:1", "id", "no column of the file"}},
		{"column twice", formatCSV, "id,name,name\n1,2,3\n", []string{"name", "two columns"}},
		{"broken header", formatCSV, "id,\"na\"me\n", []string{"header is no CSV"}},
	} {
		t.Run(c.format+" "+c.name, func(t *testing.T) {
			t.Parallel()
			mapping := ""
			if c.format == formatCSV {
				mapping = goodMap
			}
			_, err := tryOpen(t, c.format, c.content, mapping, nil)
			wantIssue(t, err, c.want...)
		})
	}
}

func TestFilesThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	d := dir(t, map[string]string{"big.jsonl": goodJSONL, "a.csv": goodCSV, "a.txt": "x"})
	if err := syscall.Mkfifo(filepath.Join(d, "pipe.jsonl"), 0o600); err != nil { // nobody ever writes to it
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		values map[string]any
		want   string
	}{
		"missing":         {map[string]any{"path": "none.jsonl"}, "none.jsonl: does not exist"},
		"a folder":        {map[string]any{"path": ".", "format": "jsonl"}, "is no regular file"},
		"a pipe":          {map[string]any{"path": "pipe.jsonl"}, "is no regular file"},
		"a mapping pipe":  {map[string]any{"path": "a.csv", "mapping": "pipe.jsonl"}, "pipe.jsonl: is no regular file"},
		"too large":       {map[string]any{"path": "big.jsonl", "max_bytes": 10}, "larger than max_bytes"},
		"mapping missing": {map[string]any{"path": "a.csv", "mapping": "none.yaml"}, "none.yaml: does not exist"},
		"no path":         {map[string]any{}, "path: is missing"},
		"no mapping":      {map[string]any{"path": "a.csv"}, "mapping: is missing"},
		"no format":       {map[string]any{"path": "a.txt"}, "format: is none of"},
		"unknown key":     {map[string]any{"path": "a.csv", "maping": "x"}, "maping: unknown key (the nearest is mapping)"},
		"nested key":      {map[string]any{"path": "a", "defaults": map[string]any{"flag": nil}}, "defaults.flag: unknown key (the nearest is flags)"},
		"unknown flag":    {map[string]any{"path": "big.jsonl", "defaults": map[string]any{"flags": map[string]any{"captor": true}}}, "nearest is flags.captor_risk"},
		"wrong type":      {map[string]any{"path": "big.jsonl", "max_bytes": "many"}, "cannot unmarshal"},
		"poll":            {map[string]any{"path": "big.jsonl", "poll": "1"}, "poll: is no duration"},
		"alternate":       {map[string]any{"path": "big.jsonl", "alternate_names": "unspecified"}, "alternate_names: is no kind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(t.Context(), adapters.Settings{Values: c.values, Dir: d})
			wantIssue(t, err, c.want)
			if _, err := adapters.Check(t.Context(), Open, adapters.Settings{Values: c.values, Dir: d}); err == nil {
				t.Error("check finds nothing")
			}
		})
	}
}

// TestByteOrderMark: spreadsheets write one before UTF-8; it is no part of the text.
func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	for format, content := range map[string]string{formatJSONL: goodJSONL, formatPFIF: goodPFIF, formatCSV: goodCSV} {
		mapping := ""
		if format == formatCSV {
			mapping = goodMap
		}
		s := mustOpen(t, format, "\uFEFF"+content, mapping, nil)
		if r := s.Report(); r.Loaded != 1 || r.Bad != 0 {
			t.Errorf("%s: %+v", format, r)
		}
	}
}

// TestBadRows: the good ones load, the bad ones are named by place and field.
func TestBadRows(t *testing.T) {
	t.Parallel()
	big := base64.StdEncoding.EncodeToString(make([]byte, maxBytes+1))
	for _, c := range []struct{ name, format, rows, want string }{
		{"not JSON", formatJSONL, canary, "c.jsonl:2:1: is not as"},
		{"broken value", formatJSONL, `{"record":{"recordId":"2"},"birth":{"sex":7}}`, "c.jsonl:2:43: birth.sex: is not as"},
		{"unknown field", formatJSONL, `{"record":{"recordId":"2","` + canary + `":1}}`, "c.jsonl:2:27: record.(unknown field)"},
		{"wrong enum", formatJSONL, `{"record":{"recordId":"2"},"flags":{"captorRisk":"` + canary + `"}}`, "flags.captor_risk"},
		{"in a list", formatJSONL, `{"record":{"recordId":"2"},"name":{"family":[{"value":"a"},{"value":["` + canary + `"]}]}}`, "name.family.value"},
		{"key twice", formatJSONL, `{"record":{"recordId":"2","recordId":"3"}}`, "record.record_id"},
		{"an array", formatJSONL, `["` + canary + `"]`, "c.jsonl:2:1"},
		{"no id", formatJSONL, `{"name":{}}`, "record.record_id: is missing"},
		{"id with spaces", formatJSONL, `{"record":{"recordId":"` + canary + ` 2"}}`, "record.record_id"},
		{"id twice", formatJSONL, `{"record":{"recordId":"1"}}`, "c.jsonl:2:1: record.record_id: is there twice"},
		{"date", formatJSONL, `{"record":{"recordId":"2"},"birth":{"birthDate":[{"value":"` + canary + `"}]}}`, "birth.birth_date.value: is no date"},
		{"sex", formatJSONL, `{"record":{"recordId":"2"},"birth":{"sex":"` + canary + `"}}`, "birth.sex: is none of female"},
		{"country", formatJSONL, `{"record":{"recordId":"2"},"current":{"location":{"country":"` + canary + `"}}}`, "current.location.country: is no ISO"},
		{"reliability", formatJSONL, `{"record":{"recordId":"2"},"name":{"full":[{"reliability":"G"}]}}`, "name.full.reliability"},
		{"credibility", formatJSONL, `{"record":{"recordId":"2"},"name":{"full":[{"credibility":7}]}}`, "name.full.credibility: is out of range"},
		{"enum number", formatJSONL, `{"record":{"recordId":"2"},"flags":{"captorRisk":9}}`, "flags.captor_risk: is no value"},
		{"control character", formatJSONL, `{"record":{"recordId":"2"},"name":{"full":[{"value":"a\u001b[2J"}]}}`, "name.full.value: has a control"},
		{"large photo", formatJSONL, `{"record":{"recordId":"2"},"physical":{"photo":"` + big + `"}}`, "physical.photo: is larger"},
		{"long text", formatJSONL, `{"record":{"recordId":"2"},"physical":{"marks":"` + strings.Repeat("a", maxString+1) + `"}}`, "physical.marks: is longer"},
		{"long list", formatJSONL, `{"record":{"recordId":"2"},"evidence":{"custody":["a"` + strings.Repeat(`,"a"`, maxList) + `]}}`, "evidence.custody: has too many"},
		{"fewer fields", formatCSV, `2`, "c.csv:3:1: has more or fewer"},
		{"more fields", formatCSV, `2,a,` + canary, "has more or fewer"},
		{"stray quote", formatCSV, `2,a"` + canary, "c.csv:3:4: has a quote"},
		{"quote left open", formatCSV, "2,\"a\n7," + canary + "\n8,b\"", "name.family.value: has a line break; look for a quote"},
		{"id twice", formatCSV, `1,a`, "c.csv:3:1: record.record_id: is there twice"},
		{"no id", formatCSV, `,` + canary, "record.record_id: is missing"},
	} {
		t.Run(c.format+" "+c.name, func(t *testing.T) {
			t.Parallel()
			good, mapping := goodJSONL, ""
			last := `{"record":{"recordId":"9"}}`
			if c.format == formatCSV {
				good, mapping, last = goodCSV, goodMap, "9,a"
			}
			s := mustOpen(t, c.format, good+c.rows+"\n"+last+"\n", mapping, nil)
			wantBad(t, s, c.want)
			mustGet(t, s, "1")
			mustGet(t, s, "9")
		})
	}
}

// wantBad wants one bad row, of that text, beside two good ones.
func wantBad(t *testing.T, s *Source, want string) {
	t.Helper()
	r := s.Report()
	if r.Loaded != 2 || r.Bad != 1 || len(r.Issues) != 1 {
		t.Fatalf("%d loaded, %d bad: %v", r.Loaded, r.Bad, r.Issues)
	}
	if got := r.Issues[0].Error(); !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	noCanary(t, r.Issues[0].Error())
}

func TestIssuesAreBounded(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, formatJSONL, goodJSONL+strings.Repeat("{}\n", 250), "", nil)
	if r := s.Report(); r.Bad != 250 || len(r.Issues) != maxIssues || r.More != 150 {
		t.Errorf("%d bad, %d listed, %d more", r.Bad, len(r.Issues), r.More)
	}
}
