package follow

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"homeward.example/gateway/internal/matching"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Keep says where an index is kept between two runs, so that a gateway which starts
// takes in only what changed since. The file tells of children: it is sealed with a
// key of this gateway alone, as the bodies in its store are.
type Keep struct {
	File string
	Key  []byte // 32 bytes
	// Stamp names what the index depends on beside its records: the program, the source
	// and its settings. A file with another stamp is not used.
	Stamp string
	Now   func() time.Time
	Log   *slog.Logger
}

// saveEvery is how often at most an index that changes is written: a million records
// are some 90 MB. What is lost by a crash, the source tells again.
const saveEvery = 5 * time.Minute

// note is kept with an index: what it belongs to, and how far it has followed.
type note struct {
	Stamp  string `json:"stamp"`
	Cursor string `json:"cursor"`
}

// Keep has the index read from its file before it is refreshed first, and written
// when it has changed. It is called before anything else.
func (x *Index) Keep(k Keep) {
	k.Stamp = stamp(k.Stamp)
	x.keep = &k
}

// stamp adds what the index depends on in this program: which fields are compared, by
// which weights, and how the matcher packs what they say, which one invented record shows.
func stamp(of string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q ", of, Mask())
	said := func(v ...string) (out []*homewardv1.Assertion) {
		for _, value := range v {
			out = append(out, &homewardv1.Assertion{Value: value})
		}
		return out
	}
	index := matching.NewIndex(matching.Options{})
	index.Put("-", matching.FromRecord(&homewardv1.ChildRecord{
		Name: &homewardv1.Name{
			Full: said("Синтетична Євгенія Юхимівна"), Given: said("Микола", "Kola"), Patronymic: said("Олександрович"), Family: said("Зозуля-Щур", "Zozulia"),
		},
		Birth:     &homewardv1.Birth{BirthDate: said("2014-03-09", "2014"), Sex: "male", BirthPlace: said("UA, Харківська")},
		Documents: &homewardv1.Documents{NationalId: "1"},
		Physical:  &homewardv1.Physical{PhotoSha256: strings.Repeat("ab", 32), Eye: "сірі", Hair: "brown"},
	}))
	_ = json.NewEncoder(h).Encode(matching.Committed()) // a hash takes everything
	_, _ = index.WriteTo(h)                             // likewise
	return hex.EncodeToString(h.Sum(nil))
}

// load reads the index of the last run. If there is none that can be used, the index
// is made anew, and the log says why: never what stands in it.
func (x *Index) load() {
	if x.keep == nil || x.loaded {
		return
	}
	x.loaded = true
	index, cursor, err := x.keep.read()
	switch {
	case err == nil:
		x.index, x.cursor = index, cursor
		x.keep.Log.Info("the index of records was read", "records", index.Len())
	case errors.Is(err, errStamp):
		x.keep.Log.Info("the index of records is made anew: it is of another version, source or setting")
	case !errors.Is(err, fs.ErrNotExist):
		x.keep.Log.Warn("the index of records is made anew", "error", err)
	}
}

var errStamp = errors.New("it is of another version, source or setting")

func (k *Keep) read() (*matching.Index, string, error) {
	f, err := os.Open(k.File)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	plain, err := newOpener(f, k.Key)
	if err != nil {
		return nil, "", err
	}
	index, err := matching.ReadIndex(plain, matching.Options{})
	if err != nil {
		return nil, "", err
	}
	var n note
	if json.Unmarshal([]byte(index.Note()), &n) != nil || n.Stamp != k.Stamp || n.Cursor == "" {
		return nil, "", errStamp
	}
	return index, n.Cursor, nil
}

// changed writes the index if it was not written lately. That it cannot be written
// costs time at the next start and nothing else.
func (x *Index) changed(force bool) {
	if x.keep == nil || !x.unsaved || x.whole.Load() != x.index || !force && x.keep.Now().Before(x.saved.Add(saveEvery)) {
		return
	}
	text, err := json.Marshal(note{x.keep.Stamp, x.cursor})
	if err == nil {
		x.index.SetNote(string(text))
		err = x.keep.write(x.index)
	}
	x.saved = x.keep.Now()
	if err != nil {
		x.keep.Log.Warn("the index of records was not written", "error", err)
		return
	}
	x.unsaved = false
}

// write replaces the file at once, so that a crash leaves the old one or the new one.
func (k *Keep) write(index *matching.Index) (err error) {
	k.sweep()
	f, err := os.CreateTemp(filepath.Dir(k.File), filepath.Base(k.File)+".*.tmp") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	s, err := newSealer(f, k.Key)
	if err == nil {
		_, err = index.WriteTo(s)
	}
	if err == nil {
		err = cmp.Or(s.Close(), f.Sync())
	}
	if err = cmp.Or(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), k.File)
}

// sweep removes what a crash left half-written; an hour, since a command that runs
// beside the gateway may be writing now.
func (k *Keep) sweep() {
	left, _ := filepath.Glob(k.File + ".*.tmp") // fails only for a bad pattern
	for _, file := range left {
		if info, err := os.Stat(file); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(file)
		}
	}
}

// Close writes what changed since the index was written last.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.changed(true)
	return nil
}
