package file

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"
	"gopkg.in/yaml.v3"

	"homeward.example/adapters"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// mapping says what the columns of a CSV file mean. A column that it does not
// name is dropped.
type mapping struct {
	// Delimiter between fields; a comma if empty.
	Delimiter string `yaml:"delimiter"`
	// Columns by the header's name.
	Columns map[string]column `yaml:"columns"`
}

// column is one column's meaning. Only path is mandatory, and kind for a path
// that is a list of assertions: an imposed name must not pass as an original one.
type column struct {
	Path string `yaml:"path"`
	// Type: text, date, number, bool or base64; by the path if empty.
	Type string `yaml:"type"`
	// Formats of a date, tried in turn: "DD.MM.YYYY", "MM/YYYY"; ISO if empty.
	Formats []string `yaml:"formats"`
	// Enum maps the file's words to the schema's. A word it lacks is a bad row.
	Enum map[string]string `yaml:"enum"`
	// Class that the source gives the column; an unknown one is highly restricted.
	// A path of a lower class is refused.
	Class string `yaml:"class"`
	// Split separates several values in one cell.
	Split string `yaml:"split"`
	// Of an assertion.
	Kind        string `yaml:"kind"`
	Language    string `yaml:"language"`
	Script      string `yaml:"script"`
	Source      string `yaml:"source"`
	Reliability string `yaml:"reliability"`
	Credibility int32  `yaml:"credibility"`
}

// field is a column made ready.
type field struct {
	column
	name   string
	target target
	model  *homewardv1.Assertion
	dates  []dateFormat
}

// mapped is a mapping made ready.
type mapped struct {
	delimiter rune
	fields    []field
}

const maxMapping = 1 << 20

// loadMapping reads a mapping file. Every error is an Issue with its place.
func loadMapping(path string) (mapped, []byte, error) {
	name := filepath.Base(path)
	f, err := openRegular(path)
	if err != nil {
		return mapped{}, nil, cannotOpen(name, err)
	}
	defer f.Close()
	text, err := readUpTo(f, maxMapping)
	if err != nil {
		return mapped{}, nil, adapters.Issue{File: name, What: "cannot be read, or is larger than 1 MiB"}
	}
	m, err := parseMapping(text)
	return m, text, inFile(name, err)
}

// inFile adds the file's name to an Issue.
func inFile(name string, err error) error {
	var i adapters.Issue
	if errors.As(err, &i) {
		i.File = name
		return i
	}
	return err
}

func parseMapping(text []byte) (mapped, error) {
	if !utf8.Valid(text) {
		return mapped{}, adapters.Issue{What: "is not UTF-8", Remedy: remedyEncoding}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return mapped{}, adapters.Issue{What: strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	if doc.Kind == 0 {
		return mapped{}, adapters.Issue{What: "is empty"}
	}
	var m mapping
	if err := adapters.DecodeYAML(&doc, &m); err != nil {
		return mapped{}, err
	}
	return m.ready(columnLines(&doc))
}

// columnLines is where each column stands in the file.
func columnLines(doc *yaml.Node) map[string]*yaml.Node {
	out := make(map[string]*yaml.Node)
	root := doc.Content[0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "columns" {
			continue
		}
		columns := root.Content[i+1].Content
		for j := 0; j+1 < len(columns); j += 2 {
			out[columns[j].Value] = columns[j]
		}
	}
	return out
}

func (m mapping) ready(lines map[string]*yaml.Node) (mapped, error) {
	out := mapped{delimiter: ','}
	if m.Delimiter != "" {
		r, size := utf8.DecodeRuneInString(m.Delimiter)
		if size != len(m.Delimiter) || strings.ContainsRune("\"\r\n", r) || r == utf8.RuneError {
			return out, adapters.Issue{Field: "delimiter", What: "is not one letter"}
		}
		out.delimiter = r
	}
	id := false
	for _, name := range slices.Sorted(maps.Keys(m.Columns)) {
		f, err := m.Columns[name].ready(name)
		if err != nil {
			return out, placed(err, lines[name])
		}
		id = id || f.target.field.Path == "record.record_id"
		out.fields = append(out.fields, f)
	}
	if !id {
		return out, adapters.Issue{Field: "columns", What: "no column is mapped to record.record_id"}
	}
	return out, nil
}

func placed(err error, n *yaml.Node) error {
	var i adapters.Issue
	if errors.As(err, &i) && n != nil {
		i.Line, i.Column = n.Line, n.Column
		return i
	}
	return err
}

func (c column) ready(name string) (field, error) {
	f := field{column: c, name: name}
	t, err := parseTarget(c.Path)
	if err != nil {
		return f, err
	}
	f.target = t
	if rank(c.Class) > rank(t.field.Class) && c.Class != "" {
		return f, adapters.Issue{
			Field: c.Path, What: fmt.Sprintf("is of class %s, and the column is stricter", t.field.Class),
			Remedy: "map it to a path of its own class",
		}
	}
	return f, errors.Join(f.readKind(), f.readType())
}

// rank orders the classes; a word that is none is the strictest.
func rank(class string) int {
	switch strings.ToLower(class) {
	case "p", "public":
		return 1
	case "o", "official":
		return 2
	case "r", "restricted":
		return 3
	}
	return 4
}

func (f *field) readKind() error {
	c := f.column
	if !f.target.field.Assertions {
		if c.Kind+c.Language+c.Script+c.Source+c.Reliability != "" || c.Credibility != 0 {
			return adapters.Issue{Field: c.Path, What: "is no list of assertions", Remedy: "remove kind, language, script, source and grades"}
		}
		return nil
	}
	kind, ok := assertionKind(c.Kind)
	if !ok {
		return adapters.Issue{Field: c.Path, What: "needs a kind", Remedy: "original, birth, alias, imposed or transliterated"}
	}
	f.model = &homewardv1.Assertion{
		Kind: kind, Language: c.Language, Script: c.Script,
		Source: c.Source, Reliability: c.Reliability, Credibility: c.Credibility,
	}
	return nil
}

func (f *field) readType() error {
	fd := f.target.valueKind()
	natural := naturalType(fd)
	switch {
	case f.Type == "":
		f.Type = natural
	case f.Type == "date" && natural == "text":
	case f.Type != natural:
		return adapters.Issue{Field: f.Path, What: "takes type " + natural}
	}
	if len(f.Formats) > 0 && f.Type != "date" {
		return adapters.Issue{Field: f.Path, What: "has formats and is no date", Remedy: "add type: date"}
	}
	for _, text := range f.Formats {
		d, ok := parseFormat(text)
		if !ok {
			return adapters.Issue{Field: f.Path, What: "has a date format without YYYY, or with DD and no MM", Remedy: "write for example DD.MM.YYYY"}
		}
		f.dates = append(f.dates, d)
	}
	return nil
}

func naturalType(fd protoreflect.FieldDescriptor) string {
	switch fd.Kind() {
	case protoreflect.BytesKind:
		return "base64"
	case protoreflect.Int32Kind:
		return "number"
	case protoreflect.EnumKind:
		return "bool"
	}
	return "text"
}
