package decide

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"homeward.example/gateway/internal/problem"
)

func embedded(t testing.TB) Bundle {
	t.Helper()
	b, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// with replaces modules of the embedded bundle, and names it anew.
func with(t testing.TB, modules map[string]string) Bundle {
	t.Helper()
	b := embedded(t)
	maps.Copy(b.Modules, modules)
	b.Digest = b.digest()
	return b
}

// untried prepares a bundle without its self-test.
func untried(t testing.TB, b Bundle, o Options) *Engine {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	o.CacheSize = 8
	e := &Engine{now: time.Now}
	if err := e.prepare(t.Context(), b, o); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestDigestNamesTheBundle(t *testing.T) {
	t.Parallel()
	a, b := embedded(t), embedded(t)
	if a.Digest != b.Digest || !strings.HasPrefix(a.Digest, "sha256:") || a.Version == "" {
		t.Fatalf("digests %q, %q, version %q", a.Digest, b.Digest, a.Version)
	}
	seen := map[string]bool{a.Digest: true}
	for name, change := range map[string]func(*Bundle){
		"a module":   func(b *Bundle) { b.Modules["homeward/plan/plan.rego"] += " " },
		"one more":   func(b *Bundle) { b.Modules["x.rego"] = "" },
		"data":       func(b *Bundle) { b.Data = append(b.Data, ' ') },
		"a boundary": func(b *Bundle) { b.Modules["homeward/plan/plan.regox"] = ""; delete(b.Modules, "x.rego") },
	} {
		b := embedded(t)
		change(&b)
		if d := b.digest(); seen[d] {
			t.Errorf("%s: the digest stays", name)
		} else {
			seen[d] = true
		}
	}
	for name := range a.Modules {
		if strings.HasSuffix(name, "_test.rego") {
			t.Errorf("%s is in the bundle", name)
		}
	}
}

func TestBundlesThatAreRefused(t *testing.T) {
	t.Parallel()
	const release = "homeward/release/release.rego"
	for name, b := range map[string]Bundle{
		"no bundle":     {},
		"wrong digest":  func() Bundle { b := embedded(t); b.Digest = "sha256:00"; return b }(),
		"no version":    func() Bundle { b := embedded(t); b.Version = ""; return b }(),
		"broken data":   func() Bundle { b := embedded(t); b.Data = []byte("{"); b.Digest = b.digest(); return b }(),
		"no schema":     func() Bundle { b := embedded(t); b.Data = []byte("{}"); b.Digest = b.digest(); return b }(),
		"syntax":        with(t, map[string]string{"x.rego": "package"}),
		"unused import": with(t, map[string]string{"x.rego": "package x\nimport data.y"}),
		"no rules":      with(t, map[string]string{release: "package homeward.release"}),
		"one more word": with(t, map[string]string{"x.rego": "package homeward.release\nholds contains \"not_held\""}),
		"lets all in":   with(t, map[string]string{"x.rego": "package homeward.question\nparties"}),
		"asks anybody":  with(t, map[string]string{"x.rego": "package homeward.plan\nasked"}),
		"delivers all":  with(t, map[string]string{"x.rego": "package homeward.deliver\nshown contains \"names_birth\""}),
		"no delivery":   with(t, map[string]string{"homeward/deliver/deliver.rego": "package homeward.deliver"}),
		"exports all":   with(t, map[string]string{"x.rego": "package homeward.export\norigin(value) if value.message"}),
		"any exporter":  with(t, map[string]string{"x.rego": "package homeward.export\nofficer"}),
		"no word":       with(t, map[string]string{"homeward/export/export.rego": "package homeward.export\ndecision := {\"permitted\": true}"}),
		"consents":      with(t, map[string]string{"x.rego": "package homeward.release\nholds contains \"consent\""}),
		"owns all":      with(t, map[string]string{"x.rego": "package homeward.release\nown_altogether"}),
		"needs no link": with(t, map[string]string{"x.rego": "package homeward.question\nbound"}),
		"lets all ask":  with(t, map[string]string{"x.rego": "package homeward.question\nasks"}),
		"conflict":      with(t, map[string]string{"x.rego": "package homeward.plan\nasked := false if input.purpose"}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := New(t.Context(), b, Options{}); !errors.Is(err, problem.New(CodeBundle, "")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLoadRefusesBrokenData(t *testing.T) {
	t.Parallel()
	for name, tree := range map[string]fstest.MapFS{
		"a list":      {"homeward/data.json": {Data: []byte("[1]")}},
		"two of them": {"homeward/data.json": {Data: []byte("{} {}")}},
		"said twice":  {"homeward/data.json": {Data: []byte(`{"a":{"b":1}}`)}, "homeward/a/data.json": {Data: []byte(`{"b":2}`)}},
		"in a leaf":   {"homeward/data.json": {Data: []byte(`{"a":1}`)}, "homeward/a/data.json": {Data: []byte(`{"b":2}`)}},
	} {
		if _, err := Load(tree); !errors.Is(err, problem.New(CodeBundle, "")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoadMountsDataAtItsFolder(t *testing.T) {
	t.Parallel()
	b, err := Load(fstest.MapFS{
		"homeward/data.json": {Data: []byte(`{"top":12345678901234567890}`)}, "homeward/b/data.json": {Data: []byte(`{"c":2}`)},
		"overlay/data.json": {Data: []byte(`{"not":"of it"}`)}, "data.json": {Data: []byte(`{"not":"of it"}`)}, "homeward/README.md": {},
	})
	if err != nil || string(b.Data) != `{"homeward":{"b":{"c":2},"top":12345678901234567890}}` || len(b.files()) != 1 {
		t.Errorf("%s, %v", b.Data, err)
	}
}

// A policy cannot read a clock, a network, randomness, the process or a schema.
func TestImpureBuiltinsDoNotCompile(t *testing.T) {
	t.Parallel()
	for _, call := range []string{
		`http.send({"method": "get", "url": "https://example.org"})`, `time.now_ns()`, `rand.intn("x", 2)`,
		`uuid.rfc4122("x")`, `opa.runtime()`, `net.lookup_ip_addr("example.org")`, `net.cidr_contains("10.0.0.0/8", "10.0.0.1")`,
		`json.match_schema({}, {})`, `json.verify_schema({})`, `io.jwt.decode("x")`, `rego.parse_module("x", "y")`,
		`trace("x")`, `providers.aws.sign_req({}, {}, 1)`, `graphql.is_valid("x", "y")`, `crypto.sha256("x")`,
	} {
		if _, err := compile(map[string]string{"x.rego": "package x\np if " + call}); err == nil {
			t.Errorf("%s compiles", call)
		}
	}
	if _, err := compile(map[string]string{"x.rego": "package x\np if count(input.x) > 0"}); err != nil {
		t.Error(err)
	}
}

func TestAllowedBuiltinsExistAndAreDeterministic(t *testing.T) {
	t.Parallel()
	have := make(map[string]*ast.Builtin)
	for _, b := range ast.CapabilitiesForThisVersion().Builtins {
		have[b.Name] = b
	}
	for _, name := range builtins() {
		if b := have[name]; b == nil || b.Nondeterministic {
			t.Errorf("%s: %v", name, b)
		}
	}
	if got := capabilities(); len(got.Builtins) != len(builtins()) || got.AllowNet == nil || len(got.AllowNet) != 0 {
		t.Errorf("%d built-ins, network %v", len(got.Builtins), got.AllowNet)
	}
}

func TestContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := untried(t, embedded(t), Options{})
	if _, err := e.Plan(ctx, PlanInput{Holders: []PlanHolder{{}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := e.selfTest(ctx); err == nil {
		t.Error("the self-test passes in no time")
	}
}
