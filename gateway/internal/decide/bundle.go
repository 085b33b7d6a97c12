package decide

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"

	"homeward.example/gateway/internal/problem"
	"homeward.example/policies"
)

// CodeBundle refuses a policy bundle that cannot decide: it does not compile,
// uses a built-in that is not allowed, has another digest than it says, or
// fails its self-test. Nothing is decided with it.
const CodeBundle problem.Code = "policy_bundle"

// Bundle is a policy: Rego modules by path, one data document, and what names it.
type Bundle struct {
	// Modules by path, e.g. "homeward/admit/admit.rego"; tests are left out.
	Modules map[string]string
	// Data is one JSON object: the document "data" of the policy.
	Data []byte
	// Digest is "sha256:…" over modules and data; New recomputes it.
	Digest string
	// Version as the data document states it.
	Version string
}

// Embedded is the policy that this program was built with.
func Embedded() (Bundle, error) { return Load(policies.FS()) }

// Load reads a bundle from a tree of Rego files and data.json files, as
// `opa` itself does: a data.json is the document at its directory's path.
func Load(tree fs.FS) (Bundle, error) {
	b := Bundle{Modules: make(map[string]string)}
	data := make(map[string]any)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(tree, name)
		switch {
		case err != nil:
			return err
		case path.Base(name) == "data.json":
			return mount(data, path.Dir(name), content)
		case strings.HasSuffix(name, ".rego") && !strings.HasSuffix(name, "_test.rego"):
			b.Modules[name] = string(content)
		}
		return nil
	})
	if err != nil {
		return Bundle{}, problem.Wrap(CodeBundle, "bundle", err)
	}
	if b.Data, err = json.Marshal(data); err != nil {
		return Bundle{}, problem.Wrap(CodeBundle, "data", err)
	}
	homeward, _ := data["homeward"].(map[string]any)
	b.Version, _ = homeward["version"].(string)
	b.Digest = b.digest()
	return b, nil
}

// mount puts a document at the path of its directory.
func mount(data map[string]any, dir string, content []byte) error {
	var doc map[string]any
	if err := json.Unmarshal(content, &doc); err != nil {
		return err
	}
	at := data
	if dir != "." {
		for _, name := range strings.Split(dir, "/") {
			next, ok := at[name].(map[string]any)
			if !ok {
				next = make(map[string]any)
				at[name] = next
			}
			at = next
		}
	}
	for k, v := range doc {
		at[k] = v
	}
	return nil
}

// digest is over the modules in the order of their paths and then the data,
// each part with its length, so that no two bundles have the same bytes.
func (b Bundle) digest() string {
	h := sha256.New()
	part := func(s string) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	part("homeward policy bundle v1")
	names := make([]string, 0, len(b.Modules))
	for name := range b.Modules {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		part(name)
		part(b.Modules[name])
	}
	part(string(b.Data))
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
