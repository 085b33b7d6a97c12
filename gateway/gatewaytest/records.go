package gatewaytest

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"homeward.example/gateway/internal/synthetic"
)

// records puts the holders' files into a folder, or finds those that an earlier
// federation left there.
func (f *Federation) records(t testing.TB, dir string) (files synthetic.Files) {
	t.Helper()
	records := filepath.Join(dir, "records")
	list := filepath.Join(records, "files.json")
	written, err := os.ReadFile(list)
	if err == nil {
		must(t, json.Unmarshal(written, &files))
	} else {
		made, err := synthesised()
		must(t, err)
		must(t, os.CopyFS(records, made.content))
		files = made.files
		files.Dir = records
		written, err = json.Marshal(files)
		must(t, err)
		must(t, os.WriteFile(list, written, 0o600))
	}
	f.Child = files.Demo
	return files
}

// synthesised makes the records once a process: they are the same each time, and
// making them takes half as long as a federation takes to start.
var synthesised = sync.OnceValues(func() (made struct {
	files   synthetic.Files
	content fstest.MapFS
}, err error,
) {
	dir, err := os.MkdirTemp("", "homeward-records-")
	if err != nil {
		return made, err
	}
	defer os.RemoveAll(dir)
	if made.files, err = synthetic.Write(dir, synthetic.Options{Children: 80}); err != nil {
		return made, err
	}
	made.content = fstest.MapFS{}
	return made, fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, path))
		made.content[path] = &fstest.MapFile{Data: content, Mode: 0o600}
		return err
	})
})
