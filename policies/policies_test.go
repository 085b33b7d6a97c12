package policies_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"

	"homeward.example/policies"
)

var update = flag.Bool("update", false, "write homeward/data.json from the schema")

const dataFile = "homeward/data.json"

// tables are those of the rules, and the words of the matrix.
type tables struct {
	policies.Tables
	Words []string // of the cells of the matrix
}

func readTables(t *testing.T) (out tables) {
	t.Helper()
	modules := []func(*rego.Rego){rego.Query(`{
		"parts": data.homeward.matrix.parts, "leaf": data.homeward.release.of_leaf,
		"column": data.homeward.release.of_column, "codes": data.homeward.release.generalised_code,
		"words": object.keys(data.homeward.matrix.reason),
	}`)}
	for name, source := range sources(t) {
		if !strings.HasSuffix(name, "_test.rego") {
			modules = append(modules, rego.Module(name, string(source)))
		}
	}
	rs, err := rego.New(modules...).Eval(context.Background())
	if err != nil || len(rs) != 1 {
		t.Fatal(rs, err)
	}
	encoded, err := json.Marshal(rs[0].Expressions[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The rules see the schema through data.json: it must be the catalogue's, in the
// catalogue's order, divided as the tables of the rules say.
func TestDataIsTheSchema(t *testing.T) {
	t.Parallel()
	old, err := os.ReadFile(dataFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var d struct{ Version string }
	if err := json.Unmarshal(old, &d); err != nil && !*update {
		t.Fatal(err)
	}
	want, err := policies.Data(d.Version, readTables(t).Tables)
	if err != nil {
		t.Fatal(err)
	}
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
