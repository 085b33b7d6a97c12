package synthetic

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/encoding/protojson"

	"homeward.example/adapters"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Options of Write. The zero value is the demo's.
type Options struct {
	// Seed of the children; DefaultSeed if zero.
	Seed uint64
	// Children at the authority of origin; 400 if zero. At least 80; with less than 300
	// the other holders' sets are shorter.
	Children int
}

// Holder is one participant's file.
type Holder struct {
	ID string
	// Settings of the adapter "file"; paths are relative to Files.Dir.
	Settings map[string]any
	Records  int
}

// Files is what Write wrote.
type Files struct {
	Dir string
	// Holders: gov-ua (JSON lines), unicef (PFIF 1.4), icrc (CSV), and gov-lt,
	// gov-de, gov-ca (JSON lines).
	Holders []Holder
	Demo    Demo
}

// Demo is the child that each of the files has.
type Demo struct {
	// Original and Imposed identity, as somebody would ask for it.
	Original, Imposed adapters.Criteria
	// IDs of the record by holder.
	IDs map[string]string
}

// Holder finds one holder's file.
func (f Files) Holder(id string) (Holder, bool) {
	for _, h := range f.Holders {
		if h.ID == id {
			return h, true
		}
	}
	return Holder{}, false
}

var govUA = holder{id: "gov-ua", prefix: "ua"}

// small are the holders with a short file: their children are found in the first one too.
var small = []struct {
	holder
	from, to int
}{{holder{"gov-lt", "lt"}, 200, 228}, {holder{"gov-de", "de"}, 230, 258}, {holder{"gov-ca", "ca"}, 260, 288}}

const fewest = 80

// Write makes the files of all holders in a folder.
func Write(dir string, o Options) (Files, error) {
	if o.Children == 0 {
		o.Children = 400
	}
	if o.Children < fewest {
		return Files{}, fmt.Errorf("synthetic: %d children are too few, expected %d", o.Children, fewest)
	}
	m := newMaker(o.Seed)
	files := Files{Dir: dir, Demo: m.known()}
	for _, w := range []func(string, int) (Holder, error){m.writeUA, m.writePFIF, m.writeCSV} {
		h, err := w(dir, o.Children)
		if err != nil {
			return Files{}, fmt.Errorf("synthetic: %w", err)
		}
		files.Holders = append(files.Holders, h)
	}
	for _, s := range small {
		numbers := append([]int{0, 1}, span(s.from, min(s.to, o.Children))...)
		h, err := m.writeJSONL(dir, s.holder, numbers)
		if err != nil {
			return Files{}, fmt.Errorf("synthetic: %w", err)
		}
		files.Holders = append(files.Holders, h)
	}
	return files, nil
}

func span(from, to int) (out []int) {
	for n := from; n < to; n++ {
		out = append(out, n)
	}
	return out
}

func (m *maker) known() Demo {
	p := m.person(0)
	d := Demo{
		Original: adapters.Criteria{
			Given: p.given.uk, Patronymic: p.patronymic, Family: p.family, Born: p.birthDate(), Sex: p.sex(), BirthOblast: p.place[0],
		},
		Imposed: adapters.Criteria{Given: p.given.ru, Family: p.imposedFamily, Born: p.imposedBorn, Sex: p.sex()},
		IDs:     map[string]string{govUA.id: govUA.recordID(0), unicefID: pfifID(0), icrcID: icrc.recordID(0)},
	}
	for _, s := range small {
		d.IDs[s.id] = s.recordID(0)
	}
	return d
}

// Children yields n children as the authority of origin has them, each marked
// as synthetic. Zero is DefaultSeed.
func Children(seed uint64, n int) iter.Seq[*homewardv1.ChildRecord] {
	m := newMaker(seed)
	return func(yield func(*homewardv1.ChildRecord) bool) {
		for i := range n {
			if !yield(govUA.record(m.person(i))) {
				return
			}
		}
	}
}

// WriteJSONL writes children as JSON lines of the schema.
func WriteJSONL(w io.Writer, children iter.Seq[*homewardv1.ChildRecord]) error {
	b := bufio.NewWriter(w)
	var line bytes.Buffer
	for c := range children {
		text, err := protojson.Marshal(c)
		if err != nil {
			return err
		}
		line.Reset()
		// protojson varies its white space from build to build; the files must not.
		if err := json.Compact(&line, text); err != nil {
			return err
		}
		line.WriteByte('\n')
		if _, err := b.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return b.Flush()
}

func (m *maker) writeUA(dir string, n int) (Holder, error) {
	return m.writeJSONL(dir, govUA, span(0, n))
}

func (m *maker) writeJSONL(dir string, h holder, numbers []int) (Holder, error) {
	name := h.id + ".jsonl"
	err := create(filepath.Join(dir, name), func(w io.Writer) error {
		return WriteJSONL(w, func(yield func(*homewardv1.ChildRecord) bool) {
			for _, n := range numbers {
				if !yield(h.record(m.person(n))) {
					return
				}
			}
		})
	})
	return Holder{ID: h.id, Records: len(numbers), Settings: map[string]any{"path": name, "origin": h.id}}, err
}

// create writes a file and reports an error of closing it too.
func create(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
