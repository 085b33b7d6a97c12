package file

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode"

	"homeward.example/adapters"
)

// PFIF (people finder interchange format, http://zesty.ca/pfif/) 1.1 to 1.4.
var pfifVersions = map[string]bool{
	"http://zesty.ca/pfif/1.1": true, "http://zesty.ca/pfif/1.2": true,
	"http://zesty.ca/pfif/1.3": true, "http://zesty.ca/pfif/1.4": true,
}

const (
	maxField = 64 << 10 // bytes of one field's text
	maxDepth = 16       // of foreign elements, which are passed over
)

// pfifItem is one person or note as read, before it is mapped.
type pfifItem struct {
	fields    map[string]string
	line, col int
	bad       *adapters.Issue // the first thing wrong with it
	notes     []*pfifItem     // of a person
}

// pfifReader reads a document token by token.
type pfifReader struct {
	d     *xml.Decoder
	limit *budget
	file  string
	space string
	// line and col are where the last token began.
	line, col int
}

// readPFIF reads a PFIF document. Persons are handed on at its end, since a
// note may stand outside its person.
func readPFIF(in *intake, s *sink) error {
	limit := &budget{r: in, name: in.name}
	limit.reset()
	x := &pfifReader{limit: limit, file: in.name, d: xml.NewDecoder(limit)}
	x.d.CharsetReader = func(string, io.Reader) (io.Reader, error) {
		return nil, adapters.Issue{File: in.name, Line: 1, What: "declares another encoding than UTF-8", Remedy: remedyEncoding}
	}
	if err := x.root(); err != nil {
		return err
	}
	persons, strays, err := x.document()
	if err != nil {
		return err
	}
	mapPFIF(persons, strays, s)
	return nil
}

// token returns the next token that means something. Whatever could make a
// document more than its text (DTD, entities, processing instructions) is refused.
func (x *pfifReader) token() (xml.Token, error) {
	for {
		x.line, x.col = x.d.InputPos()
		tok, err := x.d.Token()
		if err != nil {
			x.line, x.col = x.d.InputPos()
			return nil, x.broken(err)
		}
		switch t := tok.(type) {
		case xml.Directive:
			return nil, x.issue("has a document type declaration", "remove it: a PFIF file needs none")
		case xml.ProcInst:
			if t.Target != "xml" {
				return nil, x.issue("has a processing instruction", "remove it: a PFIF file needs none")
			}
		case xml.Comment:
		default:
			return tok, nil
		}
	}
}

// broken turns a parser's error into an Issue without the parser's text, which may quote the document.
func (x *pfifReader) broken(err error) error {
	var issue adapters.Issue
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &issue):
		return err
	case err == io.EOF, errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return x.issue("the document ends too early", "it is cut off: write it again")
	case errors.As(err, &syntax) && strings.Contains(syntax.Msg, "entity"):
		return x.issue("has an entity that XML itself does not define", "write the text instead")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return x.issue("is not well-formed XML 1.0", "")
}

func (x *pfifReader) issue(what, remedy string) error {
	return adapters.Issue{File: x.file, Line: x.line, Column: x.col, What: what, Remedy: remedy}
}

// root reads the document element and learns the version from its namespace.
func (x *pfifReader) root() error {
	for {
		tok, err := x.token()
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if t.Name.Local != "pfif" || !pfifVersions[t.Name.Space] {
				return x.issue("is no PFIF document", `its root is <pfif xmlns="http://zesty.ca/pfif/1.4">, or 1.1 to 1.3`)
			}
			x.space = t.Name.Space
			return nil
		case xml.CharData:
			if !blank(t) {
				return x.issue("is no XML document", "")
			}
		}
	}
}

// document reads all below the root, to the end of the file.
func (x *pfifReader) document() (persons, strays []*pfifItem, err error) {
	for {
		x.limit.reset()
		tok, err := x.token()
		if err != nil {
			return nil, nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			switch t.Name {
			case xml.Name{Space: x.space, Local: "person"}:
				var p *pfifItem
				p, err = x.person()
				persons = append(persons, p)
			case xml.Name{Space: x.space, Local: "note"}:
				var n *pfifItem
				n, err = x.item(nil)
				strays = append(strays, n)
			default:
				err = x.pass(1)
			}
		case xml.CharData:
			if !blank(t) {
				err = x.issue("has text between its records", "")
			}
		case xml.EndElement:
			return persons, strays, x.end()
		}
		if err != nil {
			return nil, nil, err
		}
	}
}

// end accepts nothing but white space after the document.
func (x *pfifReader) end() error {
	for {
		x.line, x.col = x.d.InputPos()
		tok, err := x.d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return x.broken(err)
		}
		switch t := tok.(type) {
		case xml.Comment:
			continue
		case xml.CharData:
			if blank(t) {
				continue
			}
		}
		return x.issue("goes on after the document's end", "")
	}
}

func (x *pfifReader) person() (*pfifItem, error) {
	var notes []*pfifItem
	p, err := x.item(func() error {
		n, err := x.item(nil)
		notes = append(notes, n)
		return err
	})
	p.notes = notes
	return p, err
}

// item reads the fields of a person or note to its end tag. Elements of other
// namespaces are passed over. note reads a note; nil where none may be.
func (x *pfifReader) item(note func() error) (*pfifItem, error) {
	p := &pfifItem{fields: make(map[string]string), line: x.line, col: x.col}
	for {
		tok, err := x.token()
		if err != nil {
			return p, err
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return p, nil
		case xml.CharData:
			if !blank(t) {
				p.spoil(x, "", "has text between its fields")
			}
		case xml.StartElement:
			switch {
			case t.Name.Space != x.space:
				err = x.pass(1)
			case t.Name.Local == "note" && note != nil:
				err = note()
			default:
				err = x.field(p, t.Name.Local)
			}
			if err != nil {
				return p, err
			}
		}
	}
}

// field reads the text of one field.
func (x *pfifReader) field(p *pfifItem, name string) error {
	var text strings.Builder
	line, col := x.line, x.col
	for {
		tok, err := x.token()
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.CharData:
			if text.Len()+len(t) > maxField {
				p.spoil(x, name, "is longer than 64 KiB")
				continue
			}
			text.Write(t)
		case xml.StartElement:
			p.spoil(x, name, "has elements inside")
			if err := x.pass(1); err != nil {
				return err
			}
		case xml.EndElement:
			x.line, x.col = line, col
			if _, twice := p.fields[name]; twice {
				p.spoil(x, name, "is there twice")
			}
			p.fields[name] = strings.TrimSpace(text.String())
			return nil
		}
	}
}

// pass reads to the end of an element that is not of this format.
func (x *pfifReader) pass(depth int) error {
	for depth > 0 {
		if depth > maxDepth {
			return x.issue("is nested too deeply", "")
		}
		tok, err := x.token()
		if err != nil {
			return err
		}
		switch tok.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// spoil marks an item as bad; the first reason counts. The name of a field is
// repeated only if PFIF knows it.
func (p *pfifItem) spoil(x *pfifReader, field, what string) {
	if p.bad == nil {
		if !pfifFields[field] {
			field = ""
		}
		p.bad = &adapters.Issue{Line: x.line, Column: x.col, Field: field, What: what}
	}
}

func blank(text []byte) bool {
	return strings.TrimFunc(string(text), unicode.IsSpace) == ""
}
