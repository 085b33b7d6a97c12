package openapi

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the merged document")

const (
	generatedDir = "../gen/openapi/homeward/v1"
	merged       = "../gen/openapi/homeward.openapi.json"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func generated(t *testing.T) (docs [][]byte) {
	t.Helper()
	files := must(filepath.Glob(generatedDir + "/*.openapi.json"))
	if len(files) < 3 {
		t.Fatalf("only %v was generated", files)
	}
	for _, f := range files {
		docs = append(docs, must(os.ReadFile(f)))
	}
	return docs
}

// The committed document is what the generated ones give today. To write it
// after a change of the schema: go test ./schemas/openapi -update
func TestMergedIsCommitted(t *testing.T) {
	t.Parallel()
	got := must(Merge(generated(t)...))
	if *update {
		if err := os.WriteFile(merged, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := must(os.ReadFile(merged)); !bytes.Equal(got, want) {
		t.Errorf("%s is not what the schema gives; write it with -update", merged)
	}
}

func TestMerged(t *testing.T) {
	t.Parallel()
	text := string(must(Merge(generated(t)...)))
	for _, wrong := range []string{"google.rpc", "queryId", "SealedMessage"} {
		if strings.Contains(text, wrong) {
			t.Errorf("the document says %s", wrong)
		}
	}
	var doc object
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	schemas := at(doc, "components", "schemas")
	walk(doc, func(o object) {
		ref, ok := o["$ref"].(string)
		name, isSchema := strings.CutPrefix(ref, refPrefix)
		if ok && isSchema && schemas[name] == nil {
			t.Errorf("nothing is at %s", ref)
		}
	})
	for _, name := range []string{"Criteria", "Officer", "SignedMessage"} {
		if at(schemas, "homeward.v1."+name)["additionalProperties"] != false {
			t.Errorf("%s is a request's and takes unknown members", name)
		}
	}
	if at(schemas, "homeward.v1.HolderAnswer")["additionalProperties"] != nil {
		t.Error("an answer may get members later")
	}
	if n := len(at(doc, "paths")); n != 36 {
		t.Errorf("%d paths", n)
	}
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	for name, docs := range map[string][][]byte{
		"no JSON":     {[]byte("x")},
		"no exchange": generated(t)[:1],
		"no problem":  {generated(t)[2]},
	} {
		if _, err := Merge(docs...); err == nil {
			t.Errorf("%s: merged", name)
		}
	}
}
