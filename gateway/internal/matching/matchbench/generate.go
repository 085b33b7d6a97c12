// Package matchbench measures the matcher: synthetic children, questions about
// them that are corrupted in nine ways, two baselines, and the table of what
// each finds. Everything is made from a seed, and a test holds the digest of the
// data, so that the questions cannot move towards the matcher. Every child is
// invented, and every record says so.
package matchbench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"sort"

	"homeward.example/gateway/internal/synthetic"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Split names the lists of names. What is tuned on one is measured on the other.
type Split string

// The two splits, with disjoint given names, family names and settlements.
const (
	Train Split = "train"
	Test  Split = "test"
)

// Seeds where none is asked for.
const (
	TrainSeed = 20140317
	TestSeed  = 20220224
)

// absent is how many of a hundred queries are for a child that the file does not have.
const absent = 20

// Options of a set of data.
type Options struct {
	Records int    // at least 50
	Queries int    // at least one of each kind
	Names   Split  // Test if empty
	Seed    uint64 // TestSeed or TrainSeed if zero
}

// Set is a file of children and the questions about them. It is made as it is
// read: a million records take no memory.
type Set struct {
	options Options
	lists   *lists
	starts  []int // of each family, the number of its first child
}

// New makes a set; it refuses sizes that are too small to mean anything.
func New(o Options) (*Set, error) {
	if o.Names == "" {
		o.Names = Test
	}
	if o.Seed == 0 {
		o.Seed = TestSeed
		if o.Names == Train {
			o.Seed = TrainSeed
		}
	}
	if o.Records < 50 || o.Queries < len(Kinds()) {
		return nil, fmt.Errorf("matchbench: %d records and %d queries are too few: at least 50 and %d", o.Records, o.Queries, len(Kinds()))
	}
	l, err := readLists(o.Names)
	if err != nil {
		return nil, err
	}
	s := &Set{options: o, lists: l}
	for n := 0; n < o.Records; n += s.size(uint64(len(s.starts) - 1)) {
		s.starts = append(s.starts, n)
	}
	return s, nil
}

// family gives the children of one family; the last one may be cut.
func (s *Set) family(f int) []*person {
	end := s.options.Records
	if f+1 < len(s.starts) {
		end = s.starts[f+1]
	}
	return s.people(uint64(f), s.starts[f], end-s.starts[f])
}

func (s *Set) person(n int) *person {
	f := sort.SearchInts(s.starts, n+1) - 1
	return s.family(f)[n-s.starts[f]]
}

// Records of the file, in order of their ids.
func (s *Set) Records() iter.Seq[*homewardv1.ChildRecord] {
	return func(yield func(*homewardv1.ChildRecord) bool) {
		for f := range s.starts {
			for _, p := range s.family(f) {
				if !yield(s.record(p)) {
					return
				}
			}
		}
	}
}

// Queries of all kinds by turns.
func (s *Set) Queries() iter.Seq[Query] {
	return func(yield func(Query) bool) {
		for n := range s.options.Queries {
			if !yield(s.query(n)) {
				return
			}
		}
	}
}

// Write writes records.jsonl and queries.jsonl, both of the record's schema, and
// truth.jsonl with the kind and the record of each query, into a folder that it makes.
func (s *Set) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	children := func(yield func(*homewardv1.ChildRecord) bool) {
		for q := range s.Queries() {
			if !yield(q.Child) {
				return
			}
		}
	}
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"records.jsonl", func(w io.Writer) error { return synthetic.WriteJSONL(w, s.Records()) }},
		{"queries.jsonl", func(w io.Writer) error { return synthetic.WriteJSONL(w, children) }},
		{"truth.jsonl", s.writeTruth},
	} {
		if err := create(filepath.Join(dir, file.name), file.write); err != nil {
			return err
		}
	}
	return nil
}

func (s *Set) writeTruth(w io.Writer) error {
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	for q := range s.Queries() {
		if err := enc.Encode(struct {
			Query  string `json:"query"`
			Kind   string `json:"kind"`
			Record string `json:"record"`
		}{q.Child.GetRecord().GetRecordId(), q.Kind, q.Truth}); err != nil {
			return err
		}
	}
	return b.Flush()
}

func create(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
