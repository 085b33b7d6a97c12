package file

import (
	"encoding/xml"
	"io"
	"strings"
	"unicode"

	"homeward.example/adapters"
)

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
