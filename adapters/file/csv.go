package file

import (
	"encoding/csv"
	"errors"
	"io"

	"homeward.example/adapters"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// readCSV reads a table whose first row names the columns (RFC 4180, with the
// mapping's delimiter).
func readCSV(in *intake, m mapped, s *sink) error {
	limit := &budget{r: in, name: in.name}
	limit.reset()
	r := csv.NewReader(limit)
	r.Comma = m.delimiter
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return csvError(in, err)
	}
	where, err := m.columns(header)
	if err != nil {
		return inFile(in.name, err)
	}
	for bad := 0; ; {
		limit.reset()
		cells, err := r.Read()
		if err == io.EOF && s.report.Bad > bad && in.last != '\n' {
			return adapters.Issue{File: in.name, Line: in.lines + 1, What: "the file ends inside a row", Remedy: "it is cut off: write it again"}
		}
		if err == io.EOF {
			return nil
		}
		bad = s.report.Bad
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			if err := s.csvBad(in, broken); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return csvError(in, err)
		}
		s.csvRow(r, m, where, cells)
	}
}

// columns finds each mapped column in the header. A name is shown from the
// mapping alone: a header may be a row of data.
func (m mapped) columns(header []string) (where []int, err error) {
	place := make(map[string]int)
	for i, name := range header {
		if _, twice := place[name]; twice {
			i = -1
		}
		place[name] = i
	}
	for _, f := range m.fields {
		i, ok := place[f.name]
		switch {
		case !ok:
			return nil, adapters.Issue{Line: 1, Field: f.name, What: "is no column of the file, and the mapping names it"}
		case i < 0:
			return nil, adapters.Issue{Line: 1, Field: f.name, What: "is the name of two columns"}
		}
		where = append(where, i)
	}
	return where, nil
}

func (s *sink) csvRow(r *csv.Reader, m mapped, where []int, cells []string) {
	child := new(homewardv1.ChildRecord)
	line, _ := r.FieldPos(0)
	for i, f := range m.fields {
		cell := cells[where[i]]
		if cell == "" {
			continue
		}
		if what := f.write(child, cell); what != "" {
			l, c := r.FieldPos(where[i])
			s.bad(row{line: l, column: c}, f.Path, what)
			return
		}
	}
	s.add(row{child: child, line: line, column: 1})
}

// csvBad reports a row that is no row. If it took several lines, or the rest of
// the file, nobody knows where rows begin: then the file is broken as a whole.
func (s *sink) csvBad(in *intake, e *csv.ParseError) error {
	if errors.Is(e.Err, csv.ErrFieldCount) {
		s.bad(row{line: e.StartLine, column: e.Column}, "", "has more or fewer fields than the header")
		return nil
	}
	if e.StartLine != e.Line {
		return adapters.Issue{File: in.name, Line: e.StartLine, What: "a quoted field is not closed", Remedy: "look for a stray quote in this row"}
	}
	s.bad(row{line: e.Line, column: e.Column}, "", "has a quote where none may be")
	return nil
}

func csvError(in *intake, err error) error {
	var broken *csv.ParseError
	switch {
	case err == io.EOF:
		return adapters.Issue{File: in.name, What: "is empty"}
	case errors.As(err, &broken):
		return adapters.Issue{File: in.name, Line: broken.Line, Column: broken.Column, What: "the header is no CSV"}
	}
	return err
}
