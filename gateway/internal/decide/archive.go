package decide

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"homeward.example/gateway/internal/problem"
)

const (
	manifestFile = ".manifest"
	dataFile     = "data.json" // one document for the whole archive, at its root
	maxArchive   = maxTotal
)

// manifest is what stock `opa` reads of a bundle, and our own members in its metadata.
type manifest struct {
	Revision    string   `json:"revision"`
	Roots       []string `json:"roots"`
	RegoVersion int      `json:"rego_version"`
	Metadata    metadata `json:"metadata"`
}

type metadata struct {
	Version   string `json:"version"`
	Digest    string `json:"digest"`
	Schema    string `json:"schema"`
	Signature string `json:"signature,omitempty"`
}

// Archive is the bundle as one file, a gzipped tar that stock `opa` loads with
// --bundle. One bundle has one archive: entries are sorted and have no times and
// no owners.
func (b Bundle) Archive() ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	text, err := b.tar()
	if err != nil {
		return nil, err
	}
	_, err = z.Write(text)
	err = errors.Join(err, z.Close())
	return out.Bytes(), err
}

func (b Bundle) tar() ([]byte, error) {
	m, err := json.MarshalIndent(manifest{
		b.Revision, []string{b.Root}, 1, metadata{b.Version, b.Digest, b.Schema, b.Signature},
	}, "", "  ")
	if err != nil {
		return nil, err
	}
	files := b.files()
	files[manifestFile] = string(m) + "\n"
	var out bytes.Buffer
	t := tar.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		content := files[name]
		h := tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(content)), Mode: 0o644, Format: tar.FormatUSTAR}
		if err := t.WriteHeader(&h); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if _, err := io.WriteString(t, content); err != nil {
			return nil, err
		}
	}
	err = t.Close()
	return out.Bytes(), err
}

// ReadArchive reads what Archive made, and nothing else: an archive is good if
// it is the one that its own contents would make. So there is no link, no
// path out of it, no second entry of one name and nothing behind its end.
// Its digest, version and schema are checked against what it holds.
func ReadArchive(raw []byte) (Bundle, error) {
	text, err := gunzip(raw)
	var b Bundle
	if err == nil {
		b, err = unpack(text)
	}
	if err != nil {
		return Bundle{}, problem.Wrap(CodeBundle, "bundle archive", err)
	}
	return b, nil
}

func unpack(text []byte) (Bundle, error) {
	files, err := untar(text)
	if err != nil {
		return Bundle{}, err
	}
	m, err := readManifest(files[manifestFile])
	if err != nil {
		return Bundle{}, fmt.Errorf("%s: %w", manifestFile, err)
	}
	delete(files, manifestFile)
	for name := range files {
		if name != dataFile && !(member(m.Roots[0], name) && !strings.HasSuffix(name, dataFile)) {
			return Bundle{}, fmt.Errorf("%q: no part of a bundle", name)
		}
	}
	b, err := assemble(m.Roots[0], files)
	if err != nil {
		return Bundle{}, err
	}
	b.Revision, b.Signature = m.Revision, m.Metadata.Signature
	if b.Root == RootOverlay {
		b.Schema = m.Metadata.Schema
	}
	want, err := b.tar()
	if err != nil {
		return Bundle{}, err
	}
	if m.Metadata.Digest != b.Digest {
		return Bundle{}, problem.Mismatch(CodeBundle, "digest", b.Digest, m.Metadata.Digest)
	}
	if !bytes.Equal(text, want) {
		return Bundle{}, errors.New("not as `homeward policy build` writes it")
	}
	return b, nil
}

// gunzip takes one member, at most maxTotal bytes, and nothing behind it.
func gunzip(raw []byte) ([]byte, error) {
	if len(raw) > maxArchive {
		return nil, fmt.Errorf("more than %d bytes", maxArchive)
	}
	in := bytes.NewReader(raw)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	const bound = 2 * maxTotal // headers and padding of small files
	text, err := io.ReadAll(io.LimitReader(z, bound+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > bound:
		return nil, fmt.Errorf("more than %d bytes when unpacked", bound)
	case in.Len() > 0:
		return nil, errors.New("something behind the end")
	}
	return text, nil
}

// untar takes plain files with clean relative names, each once.
func untar(text []byte) (map[string][]byte, error) {
	files := make(map[string][]byte)
	t := tar.NewReader(bytes.NewReader(text))
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		_, again := files[h.Name]
		switch {
		case h.Typeflag != tar.TypeReg:
			return nil, fmt.Errorf("%q: not a plain file", h.Name)
		case !fs.ValidPath(h.Name) || again:
			return nil, fmt.Errorf("%q: a path out of the archive, or one that is there twice", h.Name)
		case h.Size > maxFile || len(files) > maxFiles:
			return nil, fmt.Errorf("%q: too large, or one too many", h.Name)
		}
		if files[h.Name], err = io.ReadAll(t); err != nil {
			return nil, err
		}
	}
}

func readManifest(content []byte) (manifest, error) {
	var m manifest
	if content == nil {
		return m, errors.New("there is none")
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, err
	}
	if len(m.Roots) != 1 || m.Roots[0] != RootCoalition && m.Roots[0] != RootOverlay {
		return m, fmt.Errorf("roots: expected %q or %q alone", RootCoalition, RootOverlay)
	}
	return m, nil
}

// LoadFile reads a bundle of one root from an archive, or from a folder.
func LoadFile(name, root string) (Bundle, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Bundle{}, problem.Wrap(CodeBundle, "bundle", err)
	}
	if info.IsDir() {
		return loadFolder(name, root)
	}
	raw, err := readFile(name)
	if err != nil {
		return Bundle{}, problem.Wrap(CodeBundle, "bundle", err)
	}
	b, err := ReadArchive(raw)
	if err != nil {
		return Bundle{}, problem.Wrap(CodeBundle, name, errors.Unwrap(err))
	}
	if b.Root != root {
		return Bundle{}, problem.Mismatch(CodeBundle, "roots of "+name, root, b.Root)
	}
	return b, nil
}

func loadFolder(name, root string) (Bundle, error) {
	load := Load
	if root == RootOverlay {
		load = LoadOverlay
	}
	b, err := load(os.DirFS(name))
	if err == nil && len(b.Modules) == 0 {
		err = problem.Mismatch(CodeBundle, name, "rules (*.rego) below "+root+"/", "none")
	}
	return b, err
}

// readFile reads no more than an archive may have.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxArchive+1))
}
