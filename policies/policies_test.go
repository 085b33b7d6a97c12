package policies_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"homeward.example/schemas/catalog"
)

var update = flag.Bool("update", false, "write homeward/data.json from the schema")

const dataFile = "homeward/data.json"

// cell is the leaves of one column and one identity.
type cell struct {
	Group string `json:"group"`
	// Identity that the verdict is on, and the one that the leaves speak of:
	// "either" for those that speak of the child alone.
	Identity string `json:"identity"`
	Speaks   string `json:"speaks"`
	// What they can say if the column opens generalised: less in one of some
	// ways, or no less, of which official ones say their value.
	Less     []*way `json:"less"`
	Official paths  `json:"official"`
	Nothing  paths  `json:"nothing"`
}

// way is the generalisation that a policy takes, the last one listed, and its leaves.
type way struct {
	To    string `json:"to"`
	Paths paths  `json:"paths"`
}

type paths map[string]bool

type data struct {
	Version string `json:"version"`
	Schema  struct {
		Cells []*cell `json:"cells"`
		// Paths of each cell. Apart, so that a rule can take all of them as they stand.
		Paths []paths `json:"paths"`
	} `json:"schema"`
}

// The rules see the schema through data.json: it must be the catalogue's, in the catalogue's order.
func TestDataIsTheSchema(t *testing.T) {
	t.Parallel()
	old, err := os.ReadFile(dataFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var d data
	if err := json.Unmarshal(old, &d); err != nil && !*update {
		t.Fatal(err)
	}
	want := encode(t, d.Version)
	if *update {
		if err := os.WriteFile(dataFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(old, want) {
		t.Errorf("%s is not the schema's: run go test ./policies -run TestDataIsTheSchema -update", dataFile)
	}
}

func encode(t *testing.T, version string) []byte {
	t.Helper()
	d := data{Version: version}
	for _, f := range catalog.Fields() {
		for _, identity := range f.Identities {
			d.add(f, identity)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "\t")
	if err := e.Encode(d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (d *data) add(f catalog.Field, identity string) {
	c := cell{Group: f.Group, Identity: identity, Speaks: identity}
	if f.Path == catalog.PathKind {
		c.Group = "kind" // a column of its own: it tells the identities apart (never 7)
	}
	if f.Group == "id_min" && !f.Assertions {
		c.Speaks = "either"
	}
	in, all := d.cell(c)
	all[f.Path] = true
	switch n := len(f.Generalise); {
	case n > 0:
		in.way(f.Generalise[n-1]).Paths[f.Path] = true
	case f.Class == "official" || f.Class == "public":
		in.Official[f.Path] = true
	default:
		in.Nothing[f.Path] = true
	}
}

func (d *data) cell(c cell) (*cell, paths) {
	for i, have := range d.Schema.Cells {
		if have.Group == c.Group && have.Identity == c.Identity && have.Speaks == c.Speaks {
			return have, d.Schema.Paths[i]
		}
	}
	c.Less, c.Official, c.Nothing = []*way{}, make(paths), make(paths)
	d.Schema.Cells, d.Schema.Paths = append(d.Schema.Cells, &c), append(d.Schema.Paths, make(paths))
	return &c, d.Schema.Paths[len(d.Schema.Paths)-1]
}

func (c *cell) way(to string) *way {
	for _, have := range c.Less {
		if have.To == to {
			return have
		}
	}
	c.Less = append(c.Less, &way{to, make(paths)})
	return c.Less[len(c.Less)-1]
}
