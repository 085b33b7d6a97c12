package file

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"

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
