package decide

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"homeward.example/gateway/internal/problem"
	"homeward.example/policies"
)

// CodeBundle refuses a policy bundle that cannot decide: it does not compile,
// uses a built-in that is not allowed, has another digest than it says, or
// fails its self-test. Nothing is decided with it.
const CodeBundle problem.Code = "policy_bundle"

// Roots of bundles: everything in one is below data.<root>.
const (
	RootCoalition = "homeward" // the rules that all share
	RootOverlay   = "overlay"  // those that a holder adds, which can only be stricter
)

// Bundle is a policy: Rego modules by path, one data document, what tries them,
// and what names it.
type Bundle struct {
	// Root is RootCoalition or RootOverlay.
	Root string
	// Modules by path, e.g. "homeward/admit/admit.rego".
	Modules map[string]string
	// Tests by path: the modules whose names end in _test.rego.
	Tests map[string]string
	// Cases by path, e.g. "cases/nevers.yaml": decisions by example (policies/README.md).
	Cases map[string]string
	// Data is one JSON object: the document "data" of the policy.
	Data []byte
	// Digest is "sha256:…" over all of the above; New recomputes it.
	Digest string
	// Version as the data document states it: numbers with dots between them. It only grows.
	Version string
	// Schema is "sha256:…" over the schema that the rules were written for.
	Schema string
	// Revision says where it was built from; for people alone.
	Revision string
	// Signature is an overlay's, a homeward-overlay token over its digest.
	Signature string
}

// Bounds of a bundle, against one that was made to exhaust a gateway.
const (
	maxFile  = 4 << 20
	maxFiles = 2000
	maxTotal = 16 << 20
)

// Embedded is the policy that this program was built with.
func Embedded() (Bundle, error) { return Load(policies.FS()) }

// Load reads the coalition's bundle from a folder: what is below homeward, and
// the cases. Files of other kinds are no part of a bundle and are left out.
func Load(tree fs.FS) (Bundle, error) { return loadTree(tree, RootCoalition) }

// LoadOverlay reads a holder's overlay from a folder: what is below overlay. It is
// written for the schema of this program.
func LoadOverlay(tree fs.FS) (Bundle, error) {
	b, err := loadTree(tree, RootOverlay)
	if err == nil {
		b.Schema, err = schemaDigest()
	}
	return b, err
}

func loadTree(tree fs.FS, root string) (Bundle, error) {
	files := make(map[string][]byte)
	total := 0
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !member(root, name) {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() || info.Size() > maxFile {
			return fmt.Errorf("%s: expected a plain file of at most %d bytes", name, maxFile)
		}
		content, err := fs.ReadFile(tree, name)
		files[name] = content
		if total += len(content); total > maxTotal || len(files) > maxFiles {
			return fmt.Errorf("more than %d files or %d bytes", maxFiles, maxTotal)
		}
		return err
	})
	var b Bundle
	if err == nil {
		b, err = assemble(root, files)
	}
	if err != nil {
		return Bundle{}, problem.Wrap(CodeBundle, "bundle", err)
	}
	return b, nil
}

// member says whether a path is of a bundle: rules, data, or a case, and nothing
// else. A delta (patch.json), a program (policy.wasm) or a signature file is none.
func member(root, name string) bool {
	if root == RootCoalition && path.Dir(name) == "cases" {
		return path.Ext(name) == ".yaml"
	}
	return strings.HasPrefix(name, root+"/") && (path.Ext(name) == ".rego" || path.Base(name) == "data.json")
}

// assemble makes a bundle of files, each of which is a member. As for `opa`
// itself, a data.json is the document at its folder's path.
func assemble(root string, files map[string][]byte) (Bundle, error) {
	b := Bundle{Root: root, Modules: make(map[string]string), Tests: make(map[string]string), Cases: make(map[string]string)}
	data := make(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		switch content := files[name]; {
		case path.Base(name) == "data.json":
			if err := mount(data, path.Dir(name), content); err != nil {
				return Bundle{}, fmt.Errorf("%s: %w", name, err)
			}
		case strings.HasSuffix(name, "_test.rego"):
			b.Tests[name] = string(content)
		case path.Ext(name) == ".rego":
			b.Modules[name] = string(content)
		default:
			b.Cases[name] = string(content)
		}
	}
	doc, _ := data[root].(map[string]any)
	b.Version, _ = doc["version"].(string)
	var err error
	if b.Data, err = json.Marshal(data); err != nil {
		return Bundle{}, err
	}
	if root == RootCoalition {
		b.Schema, err = schemaOf(b.Data)
	}
	b.Digest = b.digest()
	return b, err
}

// mount puts a document at the path of its folder. Two documents never say the same thing.
func mount(data map[string]any, dir string, content []byte) error {
	var doc map[string]any
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber() // as written: a number is never rounded
	if err := d.Decode(&doc); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("more than one document")
	}
	at := data
	if dir != "." {
		for _, name := range strings.Split(dir, "/") {
			next, ok := at[name].(map[string]any)
			if !ok {
				if _, taken := at[name]; taken {
					return fmt.Errorf("%q is said twice", name)
				}
				next = make(map[string]any)
				at[name] = next
			}
			at = next
		}
	}
	for k, v := range doc {
		if _, taken := at[k]; taken {
			return fmt.Errorf("%q is said twice", k)
		}
		at[k] = v
	}
	return nil
}

// schemaOf is the digest of the schema in a data document: members sorted, no white space.
func schemaOf(data []byte) (string, error) {
	var doc struct{ Homeward struct{ Schema any } }
	if err := json.Unmarshal(data, &doc); err != nil {
		return "", err
	}
	canonical, err := json.Marshal(doc.Homeward.Schema)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// schemaDigest is that of the schema which this program was built with.
func schemaDigest() (string, error) {
	b, err := embeddedBundle()
	return b.Schema, err
}

// files are all of a bundle but the manifest, as an archive has them.
func (b Bundle) files() map[string]string {
	out := map[string]string{dataFile: string(b.Data)}
	maps.Copy(out, b.Modules)
	maps.Copy(out, b.Tests)
	maps.Copy(out, b.Cases)
	return out
}

// digest is over all files in the order of their paths, path and content each
// with its length (8 bytes, big endian), so that no two bundles have the same bytes.
func (b Bundle) digest() string {
	h := sha256.New()
	part := func(s string) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	part("homeward policy bundle v2")
	files := b.files()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		part(name)
		part(files[name])
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// check holds what a bundle says of itself against what it is, and its schema
// against that of this program.
func (b Bundle) check(root string) error {
	own, err := schemaDigest()
	schema := b.Schema
	if root == RootCoalition && err == nil {
		schema, err = schemaOf(b.Data)
	}
	switch {
	case err != nil:
		return problem.Wrap(CodeBundle, "schema", err)
	case b.Root != root:
		return problem.Mismatch(CodeBundle, "root", root, b.Root)
	case b.Digest != b.digest():
		return problem.Mismatch(CodeBundle, "digest", b.digest(), b.Digest)
	case !versionPattern.MatchString(b.Version):
		return problem.Mismatch(CodeBundle, "version", "numbers with dots between them", b.Version)
	case schema != own || b.Schema != own:
		return problem.Mismatch(CodeBundle, "schema", own, b.Schema)
	}
	return nil
}

var versionPattern = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){0,5}$`)

// versionLess compares versions number by number: 1.9 is older than 1.10.
func versionLess(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	return slices.CompareFunc(x, y, func(x, y string) int {
		if len(x) != len(y) { // no leading zeros: the longer one is larger
			return len(x) - len(y)
		}
		return strings.Compare(x, y)
	}) < 0
}
