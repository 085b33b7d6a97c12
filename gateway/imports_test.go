package gateway_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "homeward.example/"

// pkg is one package with its direct imports; tests may import what they like.
type pkg struct {
	ImportPath string
	Imports    []string
}

// packages lists the module by what `go list` says.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]string)
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(p.ImportPath, module)] = p.Imports
	}
}

// matches says whether a path is a package or below it.
func matches(path string, trees ...string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool { return path == tree || strings.HasPrefix(path, tree+"/") })
}

// TestChainOrder: the steps of an exchange import one way. A step may import any
// that stands before it, and none that stands after.
func TestChainOrder(t *testing.T) {
	t.Parallel()
	chain := []string{"envelope", "replay", "decide", "minimize", "ledger", "seal", "exchange"}
	all := packages(t)
	for i, step := range chain {
		imports, ok := all["gateway/internal/"+step]
		if !ok {
			t.Errorf("there is no package %s", step)
		}
		for _, later := range chain[i+1:] {
			if slices.Contains(imports, module+"gateway/internal/"+later) {
				t.Errorf("%s imports %s, which comes after it", step, later)
			}
		}
	}
}

// TestOnlyImporters: what only some packages may import.
func TestOnlyImporters(t *testing.T) {
	t.Parallel()
	drivers := []string{"gateway/internal/store", "adapters"}
	all := packages(t)
	for _, rule := range []struct {
		imported string
		by       []string // folders; everything below them too
	}{
		{"github.com/go-jose/go-jose", []string{"gateway/internal/envelope"}},
		{"github.com/open-policy-agent/opa", []string{"gateway/internal/decide"}},
		{"github.com/redis/go-redis", drivers},
		{"github.com/transparency-dev/tessera", []string{"gateway/internal/tlog"}},
		{"modernc.org/sqlite", drivers},
		// servertest starts the server that tests use, matchbench one that it measures itself beside.
		{"github.com/jackc/pgx", append([]string{"gateway/internal/servertest", "gateway/internal/matching/matchbench"}, drivers...)},
		{"database/sql", drivers},
		{"github.com/prometheus", []string{"gateway/internal/observe"}},
		{"go.opentelemetry.io", []string{"gateway/internal/observe"}},
		{"github.com/spf13", []string{"gateway/cli"}},
		{"math/rand", []string{"gateway/internal/synthetic"}},
		// What exists for tests alone is in no product.
		{module + "gateway/gatewaytest", nil},
		{module + "gateway/internal/servertest", nil},
		{module + "gateway/internal/envelope/attack", nil},
		{module + "gateway/internal/decide/decidetest", nil},
		{module + "adapters/adaptertest", nil},
	} {
		for path, imports := range all {
			if matches(path, rule.by...) {
				continue
			}
			for _, i := range imports {
				if matches(i, rule.imported) {
					t.Errorf("%s imports %s; only %v may", path, i, rule.by)
				}
			}
		}
	}
}

// measuring reads files and starts a server; what it measures does neither.
const measuring = "gateway/internal/matching/matchbench"

// TestVerifierImports: whoever verifies evidence has no ledger and asks nobody. Of ours
// it imports these and nothing else, and of the rest nothing that opens anything.
func TestVerifierImports(t *testing.T) {
	t.Parallel()
	const verifier = "gateway/internal/evidence/verify"
	allowed := []string{
		module + "gateway/internal/asice", module + "gateway/internal/checkpoint", module + "gateway/internal/decide", module + "gateway/internal/envelope",
		module + "gateway/internal/ledger", module + "gateway/internal/problem", module + "gateway/internal/trust",
		"golang.org/x/mod/sumdb/note",
		"bytes", "context", "crypto/ed25519", "crypto/sha256", "embed", "encoding/base64", "encoding/hex", "encoding/json", "fmt",
		"html/template", "slices", "strings", "sync", "time",
	}
	imports, ok := packages(t)[verifier]
	if !ok || len(imports) == 0 {
		t.Fatalf("there is no package %s: the rule holds nothing", verifier)
	}
	for _, i := range imports {
		if !slices.Contains(allowed, i) {
			t.Errorf("%s imports %s", verifier, i)
		}
	}
}

// TestForbiddenImports: what a package must not import.
func TestForbiddenImports(t *testing.T) {
	t.Parallel()
	all := packages(t)
	for _, rule := range []struct {
		tree  string
		never []string
	}{
		{"gateway/internal/exchange", []string{"net/http", "database/sql", "github.com/redis/go-redis", "google.golang.org/grpc"}},
		{"gateway/internal/envelope", []string{"net", "os", "database/sql"}},                                                                 // no I/O
		{"gateway/internal/minimize", []string{"net", "os", "database/sql", "crypto/rand"}},                                                  // pure
		{"gateway/internal/ledger", []string{"net", "os", "database/sql"}},                                                                   // pure over a Store
		{"gateway/internal/checkpoint", []string{"net", "os", "database/sql"}},                                                               // pure
		{"gateway/internal/reconcile", []string{"net", "os", "database/sql"}},                                                                // pure
		{"gateway/internal/receipts", []string{"os", "database/sql"}},                                                                        // over a store and a way to ask
		{"gateway/internal/audit", []string{"net", "database/sql", module + "gateway/internal/store", module + "gateway/internal/exchange"}}, // over a store
		{"gateway/internal/matching", []string{"net", "os", "database/sql"}},                                                                 // pure
		{"gateway/internal/follow", []string{"net", "database/sql"}},                                                                         // of a source it knows the adapter alone; keeps one file, sealed
		{"gateway/internal/sightings", []string{"net", "os", "database/sql"}},                                                                // opens no address, reads no file
		{"gateway/internal/problem", []string{strings.TrimSuffix(module, "/")}},                                                              // nothing of ours
		{"adapters", []string{module + "gateway", module + "policies"}},                                                                      // schemas and adapters only
		{"schemas", []string{module + "gateway", module + "policies", module + "adapters"}},                                                  // imports nothing of ours but itself
		{"policies", []string{module + "gateway", module + "adapters", "github.com/open-policy-agent"}},
		{"cmd", []string{module + "gateway/internal"}},
	} {
		seen := false
		for path, imports := range all {
			if !matches(path, rule.tree) || matches(path, measuring, "gateway/internal/matching/train/cmd") {
				continue
			}
			seen = true
			for _, i := range imports {
				if matches(i, rule.never...) {
					t.Errorf("%s imports %s", path, i)
				}
			}
		}
		if !seen {
			t.Errorf("there is no package %s: the rule holds nothing", rule.tree)
		}
	}
}

var sealing = regexp.MustCompile(`\benvelope\.(Sign|SignParts|Seal)\(`)

// TestOnlySealSigns: what is signed for another participant went through the
// ledger, because only seal signs and seal wants a receipt. The others sign what is no
// answer of a gateway: the registry, and questions that an agency's own system signs.
func TestOnlySealSigns(t *testing.T) {
	t.Parallel()
	allowed := []string{
		"gateway/internal/seal", "gateway/internal/envelope",
		"gateway/internal/trust/source.go",                          // the secretariat signs the registry
		"gateway/client/signer.go",                                  // an agency signs its own questions
		"gateway/internal/decide/sign.go",                           // a holder signs its own overlay
		"gateway/internal/decide/decidetest", "gateway/gatewaytest", // tests
	}
	found := 0
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !sealing.Match(source) {
			return nil
		}
		found++
		if rel, err := filepath.Rel(root, path); err != nil || !matches(filepath.ToSlash(rel), allowed...) {
			t.Errorf("%s signs or seals by itself; package seal does, with a receipt", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 3 {
		t.Errorf("%d files sign: the search is broken", found)
	}
}
