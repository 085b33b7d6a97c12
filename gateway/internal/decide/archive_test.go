package decide

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"

	"homeward.example/gateway/internal/problem"
	"homeward.example/policies"
)

// Two copies of one tree, of another age and in another folder, are one archive.
func TestOneTreeOneArchive(t *testing.T) {
	t.Parallel()
	var archives [][]byte
	for i := range 2 {
		dir := filepath.Join(t.TempDir(), strings.Repeat("x", i+1))
		must(t, os.CopyFS(dir, policies.FS()))
		must(t, os.WriteFile(filepath.Join(dir, "homeward", "NOTES.md"), []byte{byte(i)}, 0o600)) // no part of it
		old := time.Now().Add(-time.Duration(i) * 1000 * time.Hour)
		must(t, os.Chtimes(filepath.Join(dir, "homeward", "data.json"), old, old))
		b, err := LoadFile(dir, RootCoalition)
		must(t, err)
		archives = append(archives, packed(t, b))
	}
	if !bytes.Equal(archives[0], archives[1]) {
		t.Error("two copies of one tree are two archives")
	}
	read, err := ReadArchive(archives[0])
	must(t, err)
	own := embedded(t)
	if read.Digest != own.Digest || read.Version != own.Version || read.Schema != own.Schema || !bytes.Equal(read.Data, own.Data) ||
		len(read.Modules) != len(own.Modules) || len(read.Tests) != len(own.Tests) || len(read.Cases) != len(own.Cases) || len(read.Cases) == 0 {
		t.Error("what was read is not what was written")
	}
	if _, err := New(t.Context(), read, Options{}); err != nil {
		t.Error(err)
	}
}

// Stock opa reads the archive as its own: the same rules and data, and what it
// does not know, it leaves alone.
func TestStockOPAReadsIt(t *testing.T) {
	t.Parallel()
	own := embedded(t)
	own.Revision = "r1"
	b, err := bundle.NewReader(bytes.NewReader(packed(t, own))).Read()
	must(t, err)
	if m := b.Manifest; m.Revision != "r1" || m.Roots == nil || len(*m.Roots) != 1 || (*m.Roots)[0] != RootCoalition || m.Metadata["digest"] != own.Digest {
		t.Errorf("manifest %+v", m)
	}
	data, err := json.Marshal(b.Data)
	must(t, err)
	if len(b.Modules) != len(own.Modules)+len(own.Tests) || !bytes.Equal(data, own.Data) {
		t.Errorf("%d modules, %d bytes of data", len(b.Modules), len(data))
	}
	for _, m := range b.Modules {
		if name := strings.TrimPrefix(m.Path, "/"); own.Modules[name]+own.Tests[name] != string(m.Raw) {
			t.Errorf("%s differs", m.Path)
		}
	}
}

func packed(t testing.TB, b Bundle) []byte {
	t.Helper()
	raw, err := b.Archive()
	must(t, err)
	return raw
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tarEntry is one entry of an archive that a stranger made.
type tarEntry struct {
	name, content string
	kind          byte // a plain file if zero
	link          string
	pax           map[string]string
}

// strange changes the entries of a good archive.
func strange(t testing.TB, good []byte, change func([]tarEntry) []tarEntry) []byte {
	t.Helper()
	text, err := gunzip(good)
	must(t, err)
	files, err := untar(text)
	must(t, err)
	var list []tarEntry
	r := tar.NewReader(bytes.NewReader(text))
	for h, err := r.Next(); err == nil; h, err = r.Next() {
		list = append(list, tarEntry{name: h.Name, content: string(files[h.Name])})
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, e := range change(list) {
		h := tar.Header{Name: e.name, Size: int64(len(e.content)), Mode: 0o644, Typeflag: e.kind, Linkname: e.link, PAXRecords: e.pax}
		if e.kind != 0 {
			h.Size, e.content = 0, ""
		}
		must(t, w.WriteHeader(&h))
		_, err := w.Write([]byte(e.content))
		must(t, err)
	}
	must(t, w.Close())
	must(t, z.Close())
	return out.Bytes()
}

func TestArchivesThatAreRefused(t *testing.T) {
	t.Parallel()
	good := packed(t, embedded(t))
	more := func(e tarEntry) func([]tarEntry) []tarEntry {
		return func(l []tarEntry) []tarEntry { return append(l, e) }
	}
	edit := func(name, old, with string) func([]tarEntry) []tarEntry {
		return func(l []tarEntry) []tarEntry {
			for i := range l {
				if l[i].name == name {
					l[i].content = strings.Replace(l[i].content, old, with, 1)
				}
			}
			return l
		}
	}
	for name, change := range map[string]func([]tarEntry) []tarEntry{
		"a delta":              more(tarEntry{name: "patch.json", content: `{"data":[{"op":"remove","path":"/homeward"}]}`}),
		"a delta alone":        func([]tarEntry) []tarEntry { return []tarEntry{{name: "patch.json", content: "{}"}} },
		"a program":            more(tarEntry{name: "policy.wasm"}),
		"a plan":               more(tarEntry{name: "plan.json", content: "{}"}),
		"signatures":           more(tarEntry{name: ".signatures.json", content: "{}"}),
		"another root":         more(tarEntry{name: "other/x.rego", content: "package other"}),
		"a second data":        more(tarEntry{name: "homeward/data.json", content: "{}"}),
		"twice":                func(l []tarEntry) []tarEntry { return append(l, l[len(l)-1]) },
		"another order":        func(l []tarEntry) []tarEntry { l[1], l[2] = l[2], l[1]; return l },
		"a path up":            more(tarEntry{name: "homeward/../../x.rego", content: "package homeward.x"}),
		"an absolute path":     more(tarEntry{name: "/homeward/x.rego", content: "package homeward.x"}),
		"a link":               more(tarEntry{name: "homeward/x.rego", kind: tar.TypeSymlink, link: "/etc/passwd"}),
		"a hard link":          more(tarEntry{name: "homeward/x.rego", kind: tar.TypeLink, link: "data.json"}),
		"a folder":             more(tarEntry{name: "homeward/x/", kind: tar.TypeDir}),
		"a device":             more(tarEntry{name: "homeward/x.rego", kind: tar.TypeChar}),
		"extended headers":     more(tarEntry{name: "homeward/x.rego", content: "package homeward.x", pax: map[string]string{"HOMEWARD.x": "y"}}),
		"no manifest":          func(l []tarEntry) []tarEntry { return l[1:] },
		"no data":              func(l []tarEntry) []tarEntry { return l[:1] },
		"a changed rule":       edit("homeward/plan/plan.rego", "package", " package"),
		"another digest":       edit(manifestFile, "sha256:", "sha256:0"),
		"another version":      edit(manifestFile, `"version": "`, `"version": "9`),
		"another schema":       edit(manifestFile, `"schema": "sha256:`, `"schema": "sha256:0`),
		"two roots":            edit(manifestFile, `"homeward"`, `"homeward","x"`),
		"no root":              edit(manifestFile, `"homeward"`, `""`),
		"an unknown member":    edit(manifestFile, `"metadata"`, `"wasm":[],"metadata"`),
		"a manifest spelt out": edit(manifestFile, `{`, `{ `),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := ReadArchive(strange(t, good, change))
			if !errors.Is(err, problem.New(CodeBundle, "")) || b.Digest != "" {
				t.Errorf("bundle %q, %v", b.Digest, err)
			}
		})
	}
	for name, raw := range map[string][]byte{
		"nothing": nil, "no gzip": []byte("no"), "cut short": good[:len(good)/2], "two of them": append(bytes.Clone(good), good...),
		"something behind": append(bytes.Clone(good), 0), "too large": make([]byte, maxArchive+1), "a bomb": bomb(t),
	} {
		if _, err := ReadArchive(raw); !errors.Is(err, problem.New(CodeBundle, "")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The change that none of those makes: repacked as it was, it is good.
	if _, err := ReadArchive(good); err != nil {
		t.Error(err)
	}
}

// bomb is 64 MB of zeros in 64 kB.
func bomb(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(make([]byte, 4*maxTotal))
	must(t, err)
	must(t, z.Close())
	return out.Bytes()
}

func TestFoldersThatAreRefused(t *testing.T) {
	t.Parallel()
	many := fstest.MapFS{}
	for i := range 5 {
		many["homeward/"+strings.Repeat("x", i+1)+".rego"] = &fstest.MapFile{Data: make([]byte, maxFile)}
	}
	for name, tree := range map[string]fstest.MapFS{
		"a large file": {"homeward/x.rego": {Data: make([]byte, maxFile+1)}},
		"a link":       {"homeward/x.rego": {Data: []byte("/etc/passwd"), Mode: os.ModeSymlink}},
		"too much":     many,
	} {
		if _, err := Load(tree); !errors.Is(err, problem.New(CodeBundle, "")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadFile(filepath.Join(t.TempDir(), "none"), RootCoalition); !errors.Is(err, problem.New(CodeBundle, "")) {
		t.Errorf("no file: %v", err)
	}
}

func TestVersionsAreComparedByNumber(t *testing.T) {
	t.Parallel()
	order := []string{"0", "1", "1.0", "1.2", "1.10", "2", "10", "2026.11", "2026.11.1", "2027"}
	for i, a := range order {
		for j, b := range order {
			if versionLess(a, b) != (i < j) {
				t.Errorf("%s before %s: %v", a, b, versionLess(a, b))
			}
		}
		if !versionPattern.MatchString(a) {
			t.Errorf("%s is no version", a)
		}
	}
	for _, bad := range []string{"", "v1", "1.", ".1", "01", "1.-1", "1 ", "1.2.3.4.5.6.7", "9999999999"} {
		if versionPattern.MatchString(bad) {
			t.Errorf("%q is a version", bad)
		}
	}
}

// Whatever is read is what its own contents would make, and is never half a bundle.
func FuzzUnpack(f *testing.F) {
	small := Bundle{Root: RootOverlay, Modules: map[string]string{"overlay/x.rego": "package overlay.x"}, Data: []byte(`{"overlay":{"version":"1"}}`), Version: "1"}
	small.Digest = small.digest()
	good := packed(f, small)
	for _, raw := range [][]byte{good, strange(f, good, func(l []tarEntry) []tarEntry { return append(l, tarEntry{name: "patch.json"}) })} {
		text, err := gunzip(raw)
		must(f, err)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := unpack(text)
		if err != nil {
			return
		}
		again, err := b.tar()
		must(t, err)
		if !bytes.Equal(text, again) || b.Digest != b.digest() {
			t.Error("the archive is not the one that its contents make")
		}
	})
}
