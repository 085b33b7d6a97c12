package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif"  // to read the size of a picture
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// common describes the captures of a folder that have no description of their own.
const common = "all.json"

// maxReport bounds a report as JSON, in bytes.
const maxReport = 1 << 18

// readSightings reads one report, or those of a folder, with the names of their files.
func readSightings(path string) (list []*homewardv1.Sighting, names []string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.IsDir() {
		s, err := readSighting(path)
		return []*homewardv1.Sighting{s}, []string{filepath.Base(path)}, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, nil, err
	}
	var files []string
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case !e.Type().IsRegular(): // left out without a word it would be lost
			return nil, nil, usage("%s is no file: put the captures themselves into the folder / це не файл: покладіть у теку самі збережені копії", shownPath(path, e.Name()))
		default:
			files = append(files, e.Name())
		}
	}
	for _, name := range files {
		if name == common || describes(name, files) {
			continue
		}
		s, err := readCapture(path, name, files)
		if err != nil {
			return nil, nil, err
		}
		list, names = append(list, s), append(names, name)
	}
	if len(list) == 0 || len(list) > sightings.MaxAtOnce {
		return nil, nil, usage("%s: expected 1 to %d reports, found %d / кількість повідомлень має бути від 1 до %[2]d", path, sightings.MaxAtOnce, len(list))
	}
	return list, names, nil
}

// describes says whether a file is the description of a capture beside it.
func describes(name string, files []string) bool {
	stem, isJSON := strings.CutSuffix(name, ".json")
	return isJSON && slices.ContainsFunc(files, func(f string) bool { return f != name && stemOf(f) == stem })
}

// shownPath names a file of a folder, as a terminal may show it.
func shownPath(dir, name string) string { return printable(filepath.Join(dir, name)) }

func stemOf(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

// readCapture reads the report of one file of a folder: its description, and what
// the capture itself says.
func readCapture(dir, name string, files []string) (*homewardv1.Sighting, error) {
	if strings.HasSuffix(name, ".json") {
		return readSighting(filepath.Join(dir, name))
	}
	description := stemOf(name) + ".json"
	if !slices.Contains(files, description) {
		description = common
	}
	if !slices.Contains(files, description) {
		return nil, usage("%s: there is neither %s nor %s to describe it / немає файлу з описом", shownPath(dir, name), printable(stemOf(name)+".json"), common)
	}
	s, err := readSighting(filepath.Join(dir, description))
	if err != nil {
		return nil, err
	}
	s = proto.CloneOf(s)
	s.ContentSha256, s.Media, err = measure(filepath.Join(dir, name))
	return s, err
}

// measure hashes a capture; of a picture it reads the size.
func measure(path string) (sha string, m *homewardv1.Media, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return "", nil, err
	}
	if n == 0 { // all that are empty have one hash
		return "", nil, usage("%s is empty: it captures nothing / файл порожній", printable(path))
	}
	m = &homewardv1.Media{Bytes: n}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", nil, err
	}
	if c, _, err := image.DecodeConfig(f); err == nil { // what is no picture has no size
		m.Width, m.Height = int32(c.Width), int32(c.Height)
	}
	return hex.EncodeToString(h.Sum(nil)), m, nil
}

func readSighting(path string) (*homewardv1.Sighting, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxReport+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxReport {
		return nil, usage("%s: a report has at most %d bytes; captures are sent by their hash / файл завеликий: копії надсилають гешем", printable(path), maxReport)
	}
	s := &homewardv1.Sighting{}
	if err := protojson.Unmarshal(b, s); err != nil {
		return nil, usage("%s: %s", printable(path), printable(err.Error()))
	}
	if err := sightings.CheckSighting(s); err != nil {
		return nil, fmt.Errorf("%s: %w", printable(path), err)
	}
	return s, nil
}
