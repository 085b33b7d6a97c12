package file

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"homeward.example/adapters"
)

// load reads the whole file into a new snapshot. On error there is no
// snapshot: nothing is half-loaded.
func load(ctx context.Context, set ready, o adapters.Settings) (*snapshot, adapters.Report, error) {
	report := adapters.Report{Source: filepath.Base(set.Path), Format: set.Format, At: o.Now()}
	f, before, err := open(set)
	if err != nil {
		return nil, report, err
	}
	defer f.Close()
	s := newSink(set, &report, o)
	s.progress.now.Total = before.Size()
	in := &intake{ctx: ctx, r: f, name: report.Source, max: set.MaxBytes, hash: sha256.New(), onProgress: func(read int64) {
		s.progress.update(func(p *adapters.Progress) { p.Bytes = read })
	}}
	if err := parse(in, set, s); err != nil {
		return nil, report, err
	}
	if err := unchanged(f, before, report.Source); err != nil {
		return nil, report, err
	}
	snap := index(s)
	in.hash.Sum(snap.hash[:0])
	report.Bytes, report.Loaded, report.Tombstones = in.read, len(snap.entries), len(snap.tombstones)
	s.progress.now.Bytes = in.read
	s.tell()
	if report.Loaded+report.Tombstones == 0 {
		return nil, report, nothing(report)
	}
	return snap, report, nil
}

func newSink(set ready, report *adapters.Report, o adapters.Settings) *sink {
	return &sink{
		maker: maker{set: set, now: report.At}, file: report.Source, report: report,
		progress: &progress{now: adapters.Progress{Source: report.Source}, tell: o.Progress},
		byID:     make(map[string]int), tombstones: make(map[string]bool),
	}
}

// nothing refuses a file without one good record: a holder that lost all its
// records at once has a broken file or a wrong mapping.
func nothing(r adapters.Report) error {
	if len(r.Issues) > 0 {
		first := r.Issues[0]
		first.What = "no record is good; the first: " + first.What
		return first
	}
	return adapters.Issue{File: r.Source, What: "has no record"}
}

func parse(in *intake, set ready, s *sink) error {
	switch set.Format {
	case formatPFIF:
		return readPFIF(in, s)
	case formatCSV:
		m, text, err := loadMapping(set.Mapping)
		if err != nil {
			return err
		}
		in.hash.Write(text)
		return readCSV(in, m, s)
	}
	return readJSONL(in, s)
}

func open(set ready) (*os.File, fs.FileInfo, error) {
	name := filepath.Base(set.Path)
	f, err := openRegular(set.Path)
	if err != nil {
		return nil, nil, cannotOpen(name, err)
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() && info.Size() <= set.MaxBytes {
		return f, info, nil
	}
	f.Close()
	switch {
	case err != nil:
		return nil, nil, cannotOpen(name, err)
	case !info.Mode().IsRegular():
		return nil, nil, adapters.Issue{File: name, What: "is no regular file"}
	}
	return nil, nil, adapters.Issue{File: name, What: "is larger than max_bytes allows", Remedy: "raise max_bytes, or split the file"}
}

var errNotRegular = errors.New("no regular file")

// openRegular opens a file and nothing else: opening a pipe waits for who writes to it,
// and nobody may ever.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// cannotOpen says why without the operating system's text, which repeats the path.
func cannotOpen(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return adapters.Issue{File: name, What: "does not exist"}
	case errors.Is(err, errNotRegular):
		return adapters.Issue{File: name, What: "is no regular file"}
	case errors.Is(err, fs.ErrPermission):
		return adapters.Issue{File: name, What: "may not be read", Remedy: "give the gateway's user the right to"}
	}
	return adapters.Issue{File: name, What: "cannot be opened"}
}

// unchanged refuses a file that was written while it was read.
func unchanged(f *os.File, before fs.FileInfo, name string) error {
	after, err := f.Stat()
	if err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return adapters.Issue{File: name, What: "changed while it was read", Remedy: "write a new file and rename it over this one"}
	}
	return nil
}

func readUpTo(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = errors.New("too large")
	}
	return b, err
}
