package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"homeward.example/gateway/internal/ledger"
)

// A decision repeats what the policy says: some kilobytes of verdicts, the
// same for thousands of questions. What came twice is stored once, in table parts,
// and cut out of the rows; reading puts it back. The leaf is over the whole
// content, so a part that was changed or lost is seen.

// digest names a part.
type digest [sha256.Size]byte

// part is what the writer knows of one stretch of bytes.
type part struct {
	body   []byte
	digest digest
	stored bool // by a transaction that was committed
}

// parts finds a stretch that came before by a fast hash; the bytes are compared.
type parts struct {
	seed maphash.Seed
	seen *lru.Cache[uint64, *part]
}

// partsEntries bounds what is remembered at some eight megabytes.
const partsEntries = 512

func newParts() (parts, error) {
	seen, err := lru.New[uint64, *part](partsEntries)
	return parts{maphash.MakeSeed(), seen}, err
}

// find returns the part of a stretch that came before; nil for one that is new.
func (p parts) find(body []byte) *part {
	h := maphash.Bytes(p.seed, body)
	if known, ok := p.seen.Get(h); ok && bytes.Equal(known.body, body) {
		return known
	}
	p.seen.Add(h, &part{body: bytes.Clone(body), digest: sha256.Sum256(body)})
	return nil
}

// cut returns what is stored of some bytes, and the places and digests of what was
// cut out of them, nil if nothing was. fresh takes the parts that must be stored.
func (p parts) cut(whole []byte, shared []ledger.Stretch, fresh map[digest]*part) (rest, refs []byte) {
	var out []ledger.Stretch
	size := len(whole)
	for _, s := range shared {
		known := p.find(whole[s.From:s.To])
		if known == nil {
			continue
		}
		if !known.stored {
			fresh[known.digest] = known
		}
		refs = binary.AppendUvarint(refs, uint64(s.From))
		refs = append(refs, known.digest[:]...)
		out = append(out, s)
		size -= s.To - s.From
	}
	if refs == nil {
		return whole, nil
	}
	rest = make([]byte, 0, size)
	last := 0
	for _, s := range out {
		rest = append(rest, whole[last:s.From]...)
		last = s.To
	}
	return append(rest, whole[last:]...), refs
}

// writeParts stores those that are new, in the order of their digests, so that two
// processes do not wait for each other.
func (c *conn) writeParts(ctx context.Context, fresh map[digest]*part) error {
	all := make([]*part, 0, len(fresh))
	for _, p := range fresh {
		all = append(all, p)
	}
	slices.SortFunc(all, func(x, y *part) int { return cmp.Compare(string(x.digest[:]), string(y.digest[:])) })
	insert := bulk{c.dialect.insertNew + `parts (digest, body) VALUES `, 2, c.dialect.skipOld}
	_, err := c.execBulk(ctx, insert, len(all), func(args []any, n int) []any {
		return append(args, all[n].digest[:], all[n].body)
	})
	return err
}

// storedRow is a decision as it is read, before its parts are put back.
type storedRow struct {
	ledger.Row
	refs []byte
}

// join puts the parts of rows back; each is read once. A part that is lost leaves
// a content that ledger.Verify refuses.
func (s *Store) join(ctx context.Context, rows []storedRow) ([]ledger.Row, error) {
	bodies := make(map[digest][]byte)
	out := make([]ledger.Row, len(rows))
	for i, r := range rows {
		whole, err := s.whole(ctx, bodies, r.Content, r.refs)
		if err != nil {
			return nil, err
		}
		out[i] = r.Row
		out[i].Content = whole
	}
	return out, nil
}

// whole puts the parts back into what was stored of some bytes.
func (s *Store) whole(ctx context.Context, bodies map[digest][]byte, rest, refs []byte) ([]byte, error) {
	whole := make([]byte, 0, len(rest))
	for len(refs) > 0 {
		at, d, next := nextRef(refs)
		body, err := s.part(ctx, bodies, d)
		if err != nil {
			return nil, err
		}
		n := min(max(at-len(whole), 0), len(rest))
		whole = append(append(whole, rest[:n]...), body...)
		rest, refs = rest[n:], next
	}
	return append(whole, rest...), nil
}

// nextRef reads one place and digest. Bytes that are none give the zero digest,
// which is no part's.
func nextRef(refs []byte) (at int, d digest, next []byte) {
	place, n := binary.Uvarint(refs)
	if n <= 0 || len(refs) < n+len(d) {
		return 0, d, nil
	}
	return int(min(place, 1<<31)), digest(refs[n:]), refs[n+len(d):]
}

func (s *Store) part(ctx context.Context, bodies map[digest][]byte, d digest) ([]byte, error) {
	if body, ok := bodies[d]; ok {
		return body, nil
	}
	found, err := list(ctx, s, "parts", func(r scanner, b *[]byte) error { return r.Scan(b) },
		`SELECT body FROM parts WHERE digest = ?`, d[:])
	if err != nil {
		return nil, err
	}
	bodies[d] = bytes.Join(found, nil)
	return bodies[d], nil
}
