package file

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/adapters"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// line is one line of the file; last has no line break after it.
type line struct {
	number int
	text   []byte
	last   bool
}

// readJSONL reads one ChildRecord a line, in protobuf's JSON. Empty lines are
// passed over. A last line without its line break that is no whole record is a
// file that was cut off.
func readJSONL(in *intake, s *sink) error {
	cut := 0
	p := startPool(s.maker, func(m made) {
		if m.cut {
			cut = m.line
			return
		}
		s.take(m)
	})
	err := readLines(in, p.add)
	p.finish()
	if err == nil && cut > 0 {
		err = adapters.Issue{File: in.name, Line: cut, What: "the file ends inside a record", Remedy: "it is cut off: write it again"}
	}
	return err
}

// readLines hands on the lines that have something in them.
func readLines(in *intake, add func(line)) error {
	limited := &budget{r: in, name: in.name}
	r := bufio.NewReaderSize(limited, 1<<16)
	for n := 1; ; n++ {
		limited.reset()
		text, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return at(err, n)
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			add(line{n, text, err == io.EOF})
		}
		if err == io.EOF {
			return nil
		}
	}
}

// parseLine reads one record.
func (m *maker) parseLine(l line) made {
	child := new(homewardv1.ChildRecord)
	err := protojson.Unmarshal(l.text, child)
	if err == nil {
		return m.make(row{child: child, line: l.number, column: 1})
	}
	column, field := whereJSON(l.text, err)
	return made{
		row: row{line: l.number, column: column}, field: field, what: "is not as the schema has it", cut: l.last,
	}
}

// at adds the line to an Issue that does not know it.
func at(err error, line int) error {
	var i adapters.Issue
	if errors.As(err, &i) && i.Line == 0 && i.File != "" && line > 0 {
		i.Line = line
		return i
	}
	return err
}

// position is where protojson says that the error is. The rest of its text may
// hold a value of the record and is not used.
var position = regexp.MustCompile(`\(line 1:(\d+)\)`)

// whereJSON returns the column of an error and the path of the field there, as
// far as the path is known to the schema.
func whereJSON(line []byte, err error) (column int, field string) {
	m := position.FindStringSubmatch(err.Error())
	if m == nil {
		return 1, ""
	}
	column, _ = strconv.Atoi(m[1])
	return column, pathAt(line, column-1)
}

// frame is one open object or array; key is the member that is being read.
type frame struct {
	object, value bool
	key           string
}

// pathAt walks JSON to an offset and returns the path of the field there.
func pathAt(line []byte, offset int) string {
	d := json.NewDecoder(bytes.NewReader(line))
	var stack []frame
	for {
		tok, err := d.Token()
		if err != nil {
			return knownPath(stack)
		}
		done := int(d.InputOffset()) > offset
		delim, _ := tok.(json.Delim)
		if delim == '}' || delim == ']' {
			stack = stack[:len(stack)-1]
		}
		var top *frame
		if len(stack) > 0 {
			top = &stack[len(stack)-1]
		}
		key := delim == 0 && top != nil && top.object && !top.value
		if key {
			top.key = tok.(string)
		}
		if done {
			return knownPath(stack)
		}
		switch {
		case delim == '{' || delim == '[':
			stack = append(stack, frame{object: delim == '{'})
		case top != nil:
			top.value = key
		}
	}
}

// knownPath writes the keys as the schema names them. What the schema does not
// know is not repeated: it may be a value in the wrong place.
func knownPath(stack []frame) string {
	md := (&homewardv1.ChildRecord{}).ProtoReflect().Descriptor()
	var path []string
	for _, f := range stack {
		if !f.object || f.key == "" {
			continue
		}
		var fd protoreflect.FieldDescriptor
		if md != nil {
			if fd = md.Fields().ByJSONName(f.key); fd == nil {
				fd = md.Fields().ByTextName(f.key)
			}
		}
		if fd == nil {
			return strings.Join(append(path, "(unknown field)"), ".")
		}
		path = append(path, string(fd.Name()))
		md = fd.Message()
	}
	return strings.Join(path, ".")
}
