package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

const schemas = "../../.."

func TestCommittedFilesAreCurrent(t *testing.T) {
	t.Parallel()
	files, err := documents()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(schemas, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("schemas/%s has drifted: go generate ./schemas/...", name)
		}
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := run([]string{dir}); err != nil {
		t.Fatal(err)
	}
	if table, err := os.ReadFile(filepath.Join(dir, "RECORD.md")); err != nil || bytes.Count(table, []byte("\n| `")) != len(catalog.Fields()) {
		t.Errorf("RECORD.md: a row for each leaf: %v", err)
	}
	for _, args := range [][]string{nil, {dir, dir}, {filepath.Join(dir, "missing")}} {
		if run(args) == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}

// Vectors begin with accept- or reject-. Both readers of records must agree on
// them, but for reject-syntax-, which only who reads the bytes can see.
func TestVectors(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	names, err := filepath.Glob(filepath.Join(schemas, "vectors", "record", "*.json"))
	if err != nil || len(names) < 30 {
		t.Fatalf("%d vectors: %v", len(names), err)
	}
	for _, name := range names {
		base := filepath.Base(name)
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			accept := strings.HasPrefix(base, "accept-")
			if !accept && !strings.HasPrefix(base, "reject-") {
				t.Fatal("a vector says whether it is accepted")
			}
			if err := protojson.Unmarshal(raw, new(homewardv1.ChildRecord)); (err == nil) != accept {
				t.Errorf("protojson: %v", err)
			}
			if strings.HasPrefix(base, "reject-syntax-") {
				return
			}
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); (err == nil) != accept {
				t.Errorf("JSON Schema: %v", err)
			}
		})
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	raw, err := recordSchema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("record.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("record.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// One vector has every leaf and every part, so that the schema cannot lose one.
func TestEveryLeafHasAVector(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(schemas, "vectors", "record", "accept-every-leaf.json"))
	if err != nil {
		t.Fatal(err)
	}
	child := new(homewardv1.ChildRecord)
	if err := protojson.Unmarshal(raw, child); err != nil {
		t.Fatal(err)
	}
	for _, f := range catalog.Fields() {
		if len(f.Steps) > 0 && !isSet(child.ProtoReflect(), f.Steps) {
			t.Errorf("%s is not in the vector", f.Path)
		}
	}
	for _, part := range []string{"source", "asserted_at", "reliability", "credibility", "transliteration_of", "katottg", "hromada"} {
		if !strings.Contains(string(raw), `"`+part+`"`) {
			t.Errorf("%s is not in the vector", part)
		}
	}
}

func isSet(m protoreflect.Message, steps []protoreflect.FieldDescriptor) bool {
	switch {
	case !m.Has(steps[0]):
		return false
	case len(steps) == 1:
		return true
	case steps[0].IsList():
		return isSet(m.Get(steps[0]).List().Get(0).Message(), steps[1:])
	}
	return isSet(m.Get(steps[0]).Message(), steps[1:])
}
