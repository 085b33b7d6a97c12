package adapters

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Issue is one thing wrong in a source, with its place. No part of it holds a
// value of a record: the place and the name of the field must do.
type Issue struct {
	// File is the base name; Line and Column count from 1, 0 if unknown.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Field is a path of the schema or the name of a setting; empty if the issue is no single field's.
	Field string `json:"field,omitempty"`
	// What is wrong, and what can be done about it.
	What   string `json:"what"`
	Remedy string `json:"remedy,omitempty"`
}

// Place is "children.csv:12:3", as compilers and editors write it.
func (i Issue) Place() string {
	s := i.File
	if i.Line > 0 {
		s += fmt.Sprintf(":%d", i.Line)
		if i.Column > 0 {
			s += fmt.Sprintf(":%d", i.Column)
		}
	}
	return s
}

func (i Issue) Error() string {
	var parts []string
	for _, p := range []string{i.Place(), i.Field, i.What} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	s := strings.Join(parts, ": ")
	if i.Remedy != "" {
		s += " (" + i.Remedy + ")"
	}
	return s
}

// Report says what became of the last attempt to load a source.
type Report struct {
	Source string    `json:"source"`
	Format string    `json:"format"`
	At     time.Time `json:"at"`
	Bytes  int64     `json:"bytes"`
	// Loaded is how many records are served now, Bad how many of the last attempt
	// were wrong, Tombstones how many had expired or were withdrawn.
	Loaded     int `json:"loaded"`
	Bad        int `json:"bad"`
	Tombstones int `json:"tombstones"`
	// Issues has the first hundred; More counts those that are not listed.
	Issues []Issue `json:"issues,omitempty"`
	More   int     `json:"more,omitempty"`
	// Kept is set when the attempt failed as a whole and what was loaded before is still served.
	Kept error `json:"-"`
}

// Reporter is an adapter that loads its records and can say how that went.
type Reporter interface {
	Report() Report
}

// Progress of a load that takes a while.
type Progress struct {
	Source       string
	Records, Bad int
	Bytes, Total int64
}

// Check opens a source, closes it again and says what it found. The error is
// what keeps the source from being opened.
func Check(ctx context.Context, open Open, s Settings) (Report, error) {
	a, err := open(ctx, s)
	if err != nil {
		return Report{}, err
	}
	defer a.Close()
	if r, ok := a.(Reporter); ok {
		return r.Report(), nil
	}
	return Report{}, nil
}
