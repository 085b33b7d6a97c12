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

// field is one leaf and identity as the rules see it.
type field struct {
	Path     string `json:"path"`
	Identity string `json:"identity"`
	Group    string `json:"group"`
	Class    string `json:"class"`
	// To is the generalisation that a policy takes, the last one listed; "" if the leaf has none.
	To string `json:"to"`
}

type data struct {
	Version string `json:"version"`
	Schema  struct {
		Groups []string `json:"groups"`
		Fields []field  `json:"fields"`
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
	d.Schema.Groups = catalog.Groups()
	for _, f := range catalog.Fields() {
		to := ""
		if n := len(f.Generalise); n > 0 {
			to = f.Generalise[n-1]
		}
		for _, identity := range f.Identities {
			d.Schema.Fields = append(d.Schema.Fields, field{f.Path, identity, f.Group, f.Class, to})
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
