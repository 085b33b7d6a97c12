package matching

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	digest "hash"
	"io"
	"sync"
)

// ErrIndex says that bytes are no index, one of another version, or a damaged one.
// The index is built anew from its source then.
var ErrIndex = errors.New("not a whole index of this version")

// The file of an index: the magic words with the version and a digest of the tables that
// the hashes in it come from, the caller's note, the dictionaries, the records with
// their ids, and the SHA-256 of all that. Keys and frequencies are worked out when it
// is read. Numbers are little-endian.
var indexMagic = sync.OnceValue(func() string {
	return fmt.Sprintf("homeward index 2 %x\n", sha256.Sum256([]byte(facilityTable+"\x00"+placeTable)))
})

const maxText = 1 << 16

type writer struct {
	w   *bufio.Writer
	sum digest.Hash
	n   int64
	err error
}

func (w *writer) bytes(b []byte) {
	if w.err == nil {
		w.sum.Write(b)
		_, w.err = w.w.Write(b)
		w.n += int64(len(b))
	}
}

func (w *writer) number(n uint32) { w.bytes(binary.LittleEndian.AppendUint32(nil, n)) }

func (w *writer) text(s string) {
	w.number(uint32(len(s)))
	w.bytes([]byte(s))
}

// WriteTo writes the index; searches go on meanwhile, changes wait.
func (x *Index) WriteTo(to io.Writer) (int64, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	w := &writer{w: bufio.NewWriterSize(to, 1<<16), sum: sha256.New()}
	w.bytes([]byte(indexMagic()))
	w.text(x.note)
	for _, d := range x.names {
		w.number(uint32(len(d.tokens)))
		for _, t := range d.tokens {
			w.text(t.text)
		}
	}
	w.number(uint32(len(x.places.nodes)))
	for _, n := range x.places.nodes {
		for _, part := range [...]uint32{n.country, n.oblast, n.raion, n.settlement, n.written[0], n.written[1], n.written[2]} {
			w.number(part)
		}
	}
	x.writeRecords(w)
	w.bytes(w.sum.Sum(nil))
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return w.n, w.err
}

func (x *Index) writeRecords(w *writer) {
	w.number(uint32(x.live))
	var q packed
	for row, at := range x.rows {
		if x.ids.at[row] == freeRow {
			continue
		}
		q.read(x.facts.at(at))
		w.text(x.ids.of(uint32(row)))
		n := q.size()
		w.number(uint32(n))
		buf := make([]byte, 0, 4*n)
		for _, word := range x.facts.at(at)[:n] {
			buf = binary.LittleEndian.AppendUint32(buf, word)
		}
		w.bytes(buf)
	}
}

type reader struct {
	r   *bufio.Reader
	sum digest.Hash
	err error
}

func (r *reader) bytes(n int) []byte {
	b := make([]byte, n)
	if r.err == nil {
		_, r.err = io.ReadFull(r.r, b)
		r.sum.Write(b)
	}
	return b
}

func (r *reader) number() uint32 { return binary.LittleEndian.Uint32(r.bytes(4)) }

func (r *reader) text() string {
	n := r.number()
	if n > maxText {
		r.fail()
	}
	if r.err != nil {
		return ""
	}
	return string(r.bytes(int(n)))
}

func (r *reader) fail() {
	if r.err == nil {
		r.err = ErrIndex
	}
}

// ReadIndex reads what WriteTo wrote. Anything else is ErrIndex, and no part of
// it is used.
func ReadIndex(from io.Reader, o Options) (*Index, error) {
	r := &reader{r: bufio.NewReaderSize(from, 1<<16), sum: sha256.New()}
	x := NewIndex(o)
	if magic := indexMagic(); string(r.bytes(len(magic))) != magic {
		r.fail()
	}
	x.note = r.text()
	x.readDictionaries(r)
	x.readRecords(r)
	want := r.sum.Sum(nil)
	if got := r.bytes(sha256.Size); !bytes.Equal(got, want) {
		r.fail()
	}
	if _, err := r.r.ReadByte(); r.err == nil && err != io.EOF {
		r.fail()
	}
	if r.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIndex, r.err)
	}
	return x, nil
}

func (x *Index) readDictionaries(r *reader) {
	for _, d := range x.names {
		for n := r.number(); r.err == nil && n > 0; n-- {
			if known := len(d.tokens); int(d.intern(r.text())) != known {
				r.fail() // the same word twice
			}
		}
	}
	for n := r.number(); r.err == nil && n > 0; n-- {
		known := len(x.places.nodes)
		v := node{r.number(), r.number(), r.number(), r.number(), [...]uint32{r.number(), r.number(), r.number()}}
		if int(x.places.intern(v)) != known {
			r.fail()
		}
	}
}

func (x *Index) readRecords(r *reader) {
	for n := r.number(); r.err == nil && n > 0; n-- {
		id, size := r.text(), int(r.number())
		if size < headWords || size > maxRecordWords {
			r.fail()
		}
		if r.err != nil {
			return
		}
		raw := r.bytes(4 * size)
		words := make([]uint32, size+12*16) // a damaged head must not read past the end
		for i := range size {
			words[i] = binary.LittleEndian.Uint32(raw[4*i:])
		}
		var q packed
		if q.read(words); q.size() != size || !x.knows(&q) {
			r.fail()
			return
		}
		if _, twice := x.ids.row(id); twice {
			r.fail()
			return
		}
		x.place(x.ids.add(id), &q)
	}
}

// maxRecordWords of one record: every list at its longest.
const maxRecordWords = headWords + 12*15

// knows says whether everything that a record refers to is in the dictionaries.
func (x *Index) knows(q *packed) bool {
	for _, l := range [...]struct {
		words []uint32
		known int
	}{
		{q.given, len(x.names[givenName].tokens)}, {q.patronymic, len(x.names[patronymicName].tokens)},
		{q.family, len(x.names[familyName].tokens)}, {q.siblings, len(x.names[givenName].tokens)}, {q.places, len(x.places.nodes)},
	} {
		for _, w := range l.words {
			if int(w&tokenMask) >= l.known {
				return false
			}
		}
	}
	return len(q.documents)%2 == 0 && len(q.photo)%2 == 0 && len(q.perceptual)%2 == 0
}

// Note is a line of the owner's own that is kept with the index: where in the
// source's changes it stands.
func (x *Index) Note() string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.note
}

// SetNote replaces the note, of at most 64 KiB.
func (x *Index) SetNote(note string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.note = note[:min(len(note), maxText)]
}
