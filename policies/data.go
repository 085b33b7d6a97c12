package policies

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"homeward.example/schemas/catalog"
)

// Tables of the rules that tell leaves of one column apart.
type Tables struct {
	Parts  map[string][]string // matrix.parts: leaves of each part
	Leaf   map[string][]string // release.of_leaf: leaves behind each guard
	Column map[string][]string // release.of_column: columns behind each guard
	Codes  map[string]string   // release.generalised_code
}

// Data is homeward/data.json of a version: the catalogue, divided as the tables say.
func Data(version string, rules Tables) ([]byte, error) {
	s := schema{
		Columns: make(map[string]*column), Parts: make(map[string]*part), Guarded: make(map[string]*guard),
		Speaks: make(map[string]leaves), Identities: make(leaves),
	}
	for _, f := range catalog.Fields() {
		for _, identity := range f.Identities {
			s.add(newLeaf(f, identity, rules))
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "\t")
	err := e.Encode(document{version, s})
	return b.Bytes(), err
}

// document is the schema as the rules see it, worked out beforehand for every way in
// which a column can open, so that no decision has to.
type document struct {
	Version string `json:"version"`
	Schema  schema `json:"schema"`
}

// schema is in maps by the names of columns, of parts of columns, of guards, of
// what a leaf speaks of, and of identities.
type schema struct {
	Columns    map[string]*column `json:"columns"`
	Parts      map[string]*part   `json:"parts"`
	Guarded    map[string]*guard  `json:"guarded"`
	Speaks     map[string]leaves  `json:"speaks"`
	Identities leaves             `json:"identities"`
}

// column has, by mode and by what they speak of, its cells; its leaves, but for
// those of its parts; and by mode what can be read of it.
type column struct {
	Cells    map[string]map[string]cells `json:"cells"`
	Paths    leaves                      `json:"paths"`
	Readable map[string]paths            `json:"readable"`
}

// part of a column, that a rule opens alone, in full.
type part struct {
	Column string           `json:"column"`
	Cells  map[string]cells `json:"cells"`
	Paths  leaves           `json:"paths"`
}

// guard has the cells and the leaves that it stands before.
type guard struct {
	Cells paths  `json:"cells"`
	Paths leaves `json:"paths"`
}

// cells are leaves of one column and one identity that no rule tells apart: the
// lines that they make, by a name that says what they are.
type cells map[string][]*line

// line is what release says of leaves that have one verdict.
type line struct {
	Paths    paths    `json:"paths"`
	Identity string   `json:"identity"`
	Verdict  string   `json:"verdict"`
	To       string   `json:"to,omitempty"`
	Reasons  []string `json:"reasons"`
}

// leaves are paths by identity.
type leaves map[string]paths

func (l leaves) add(of leaf) {
	under(l, of.identity, func() paths { return make(paths) })[of.path] = true
}

type paths map[string]bool

// leaf is a path and identity, and where it stands.
type leaf struct {
	path, identity, speaks string // speaks: "either" if it speaks of the child alone
	column, part           string
	guards                 []string
	less                   line // what it says in a column that opens generalised
}

func newLeaf(f catalog.Field, identity string, rules Tables) leaf {
	l := leaf{path: f.Path, identity: identity, speaks: identity, column: f.Group, part: strings.Join(having(rules.Parts, f.Path), "+")}
	if f.Path == catalog.PathKind {
		l.column = "kind" // a column of its own: it tells the identities apart (never 7)
	}
	if f.Neutral() {
		l.speaks = "either"
	}
	l.guards = slices.Concat(having(rules.Column, l.column), having(rules.Leaf, f.Path))
	switch n := len(f.Generalise); {
	case n > 0: // the last generalisation that it lists
		l.less = line{Verdict: "generalised", To: f.Generalise[n-1], Reasons: []string{rules.Codes[f.Generalise[n-1]]}}
	case f.Class == "official" || f.Class == "public":
		l.less = line{Verdict: "released", Reasons: []string{"OK_FULL"}}
	default:
		l.less = line{Verdict: "withheld", Reasons: []string{"SUP_PURPOSE"}}
	}
	return l
}

// having lists the names under which a table has a member.
func having(table map[string][]string, member string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if slices.Contains(table[name], member) {
			out = append(out, name)
		}
	}
	return out
}

// cell names what no rule tells this leaf apart from.
func (l leaf) cell() string {
	name := strings.Join(append([]string{l.column, l.speaks, l.part}, l.guards...), " ")
	return strings.Join(strings.Fields(name), " ")
}

// add enters a leaf wherever a rule finds it.
func (s *schema) add(l leaf) {
	full := line{Verdict: "released", Reasons: []string{"OK_FULL"}}
	of := under(s.Columns, l.column, func() *column {
		modes := map[string]map[string]cells{"full": {}, "generalised": {}}
		return &column{modes, make(leaves), map[string]paths{"full": {}, "generalised": {}}}
	})
	for mode, said := range map[string]line{"full": full, "generalised": l.less} {
		under(of.Cells[mode], l.speaks, newCells).say(l, said)
		if said.Verdict != "withheld" {
			of.Readable[mode][l.path] = true
		}
	}
	if l.part == "" {
		of.Paths.add(l)
	} else {
		p := under(s.Parts, l.part, func() *part { return &part{l.column, make(map[string]cells), make(leaves)} })
		under(p.Cells, l.speaks, newCells).say(l, full)
		p.Paths.add(l)
	}
	for _, name := range l.guards {
		g := under(s.Guarded, name, func() *guard { return &guard{make(paths), make(leaves)} })
		g.Cells[l.cell()] = true
		g.Paths.add(l)
	}
	under(s.Speaks, l.speaks, newLeaves).add(l)
	s.Identities.add(l)
}

func newCells() cells { return make(cells) }

func newLeaves() leaves { return make(leaves) }

// under finds what a map has under a name, or makes it.
func under[T any](m map[string]T, name string, empty func() T) T {
	if _, ok := m[name]; !ok {
		m[name] = empty()
	}
	return m[name]
}

// say adds a leaf to the lines of its cell.
func (c cells) say(l leaf, said line) {
	lines := c[l.cell()]
	i := slices.IndexFunc(lines, func(have *line) bool { return have.Verdict == said.Verdict && have.To == said.To })
	if i < 0 {
		i, said.Identity, said.Paths = len(lines), l.identity, make(paths)
		lines = append(lines, &said)
	}
	lines[i].Paths[l.path] = true
	c[l.cell()] = lines
}
