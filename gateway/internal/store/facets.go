package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash/maphash"
	"slices"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/ledger"
)

// Reviewers search by who, for what, and what was said of which field: some hundred
// words of each decision, nearly all of them the same as in thousands of others. So
// they are stored once, and the decision has their digests.

// half is the first half of a SHA-256.
type half [sha256.Size / 2]byte

func halfOf(b []byte) half {
	sum := sha256.Sum256(b)
	return half(sum[:len(half{})])
}

// facet is a row of table who or what.
type facet struct {
	digest  half
	columns []any             // as in the table
	said    []byte            // the last of them, in what
	raw     []json.RawMessage // lists of verdicts; nil if it is stored
	stored  bool              // by a transaction that was committed
}

// facets remembers what is stored, and digests of verdicts: hashing kilobytes anew
// for each decision would be a third of its cost.
type facets struct {
	seed maphash.Seed
	said *lru.Cache[uint64, saidDigest]
	seen *lru.Cache[half, *facet]
}

type saidDigest struct {
	raw    []byte
	digest half
}

// facetEntries bounds what is remembered at some ten megabytes, and saidEntries as much.
const (
	facetEntries = 16384
	saidEntries  = 512
)

func newFacets() (*facets, error) {
	said, err := lru.New[uint64, saidDigest](saidEntries)
	if err != nil {
		return nil, err
	}
	seen, err := lru.New[half, *facet](facetEntries)
	return &facets{maphash.MakeSeed(), said, seen}, err
}

// fresh are facets to be stored with a batch.
type fresh struct{ who, what map[half]*facet }

func newFresh() fresh { return fresh{make(map[half]*facet), make(map[half]*facet)} }

func (f fresh) settle() {
	for _, all := range []map[half]*facet{f.who, f.what} {
		for _, one := range all {
			one.stored, one.raw = true, nil
		}
	}
}

// of returns the facets of a row, and gives fresh those that must be stored. A row
// that was made without any is found by its kind, purpose and time.
func (s *facets) of(r *ledger.Row, fresh fresh) (who, what half) {
	f := r.Facets
	if f == nil {
		f = &ledger.Facets{}
	}
	glass := int64(0)
	if f.BreakGlass {
		glass = 1
	}
	said := s.saidOf(f.Verdicts)
	who = s.facet(fresh.who, columns{texts: []string{f.Requester, f.Officer.ID, f.Officer.Role, f.Holder}})
	what = s.facet(fresh.what, columns{
		texts: []string{r.Kind, r.Purpose, f.Basis, f.Outcome, f.Reason}, isWhat: true, glass: glass, said: said, raw: f.Verdicts,
	})
	return who, what
}

// columns are those of a row of who, or of what.
type columns struct {
	texts  []string
	isWhat bool // then the others count
	glass  int64
	said   []byte
	raw    []json.RawMessage
}

// key tells the rows apart: the number of columns, and each after its length.
func (c columns) key(key []byte) []byte {
	n := len(c.texts)
	if c.isWhat {
		n += 2
	}
	key = binary.AppendUvarint(key, uint64(n))
	for _, text := range c.texts {
		key = append(binary.AppendUvarint(key, uint64(len(text))), text...)
	}
	if c.isWhat {
		key = binary.AppendVarint(key, c.glass)
		key = append(binary.AppendUvarint(key, uint64(len(c.said))), c.said...)
	}
	return key
}

// row copies what is remembered beyond the batch.
func (c columns) row(digest half) *facet {
	f := &facet{digest: digest, raw: slices.Clone(c.raw), said: c.said, columns: []any{digest[:]}}
	for _, text := range c.texts {
		f.columns = append(f.columns, strings.Clone(text))
	}
	if c.isWhat {
		f.columns = append(f.columns, c.glass, c.said)
	}
	return f
}

func (s *facets) facet(fresh map[half]*facet, c columns) half {
	digest := halfOf(c.key(make([]byte, 0, 256)))
	known, ok := s.seen.Get(digest)
	if !ok {
		known = c.row(digest)
		s.seen.Add(digest, known)
	}
	if !known.stored {
		fresh[digest] = known
	}
	return digest
}

func (s *facets) digest(raw []byte) half {
	h := maphash.Bytes(s.seed, raw)
	if known, ok := s.said.Get(h); ok && bytes.Equal(known.raw, raw) {
		return known.digest
	}
	d := halfOf(raw)
	s.said.Add(h, saidDigest{bytes.Clone(raw), d})
	return d
}

// saidOf is the digest of all records' verdicts, nil if there are none. Records of
// which the same was said count once.
func (s *facets) saidOf(verdicts []json.RawMessage) []byte {
	if len(verdicts) == 0 {
		return nil
	}
	all := make([]half, len(verdicts))
	for i, raw := range verdicts {
		all[i] = s.digest(raw)
	}
	slices.SortFunc(all, func(a, b half) int { return bytes.Compare(a[:], b[:]) })
	var joined []byte
	for _, d := range slices.Compact(all) {
		joined = append(joined, d[:]...)
	}
	if len(joined) > len(half{}) {
		d := halfOf(joined)
		return d[:]
	}
	return joined
}

// saidRow is one word on one field.
type saidRow struct{ path, reason, verdict string }

// terms lists what the verdicts say, sorted. A list that cannot be read says
// nothing: the decision is found by all else.
func (f *facet) terms() []saidRow {
	var rows []saidRow
	for _, raw := range f.raw {
		verdicts, _ := decide.ReadLedger(raw)
		for _, v := range verdicts {
			reasons := v.Reasons
			if len(reasons) == 0 {
				reasons = []string{""}
			}
			for _, reason := range reasons {
				rows = append(rows, saidRow{v.Path, reason, v.Verdict})
			}
		}
	}
	slices.SortFunc(rows, func(a, b saidRow) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.reason, b.reason), cmp.Compare(a.verdict, b.verdict))
	})
	return slices.Compact(rows)
}

// writeFacets stores those that are new.
func (c *conn) writeFacets(ctx context.Context, f fresh) error {
	whats := sorted(f.what)
	seen := make(map[string]bool)
	for _, w := range whats {
		if w.said == nil || seen[string(w.said)] {
			continue
		}
		seen[string(w.said)] = true
		if err := c.writeSaid(ctx, w); err != nil {
			return err
		}
	}
	if err := c.writeFacet(ctx, `what (digest, kind, purpose, basis, outcome, reason, glass, said) VALUES `, 8, whats); err != nil {
		return err
	}
	return c.writeFacet(ctx, `who (digest, requester, officer, role, holder) VALUES `, 5, sorted(f.who))
}

// sorted puts rows into one order, so that two processes do not wait for each other.
func sorted(facets map[half]*facet) []*facet {
	all := make([]*facet, 0, len(facets))
	for _, f := range facets {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *facet) int { return bytes.Compare(a.digest[:], b.digest[:]) })
	return all
}

func (c *conn) writeFacet(ctx context.Context, into string, columns int, rows []*facet) error {
	_, err := c.execBulk(ctx, bulk{c.dialect.insertNew + into, columns, c.dialect.skipOld}, len(rows), func(args []any, n int) []any {
		return append(args, rows[n].columns...)
	})
	return err
}

// writeSaid stores what verdicts say, unless it is stored already.
func (c *conn) writeSaid(ctx context.Context, f *facet) error {
	var n int
	if err := c.row(ctx, `SELECT count(*) FROM (SELECT 1 FROM what WHERE said = ? LIMIT 1) AS s`, f.said).Scan(&n); err != nil || n > 0 {
		return err
	}
	terms := f.terms()
	insert := bulk{c.dialect.insertNew + `said (path, reason, verdict, said) VALUES `, 4, c.dialect.skipOld}
	_, err := c.execBulk(ctx, insert, len(terms), func(args []any, i int) []any {
		return append(args, terms[i].path, terms[i].reason, terms[i].verdict, f.said)
	})
	return err
}

// childRow names a child that a decision is about.
type childRow struct{ child, decision string }

func appendChildren(rows []childRow, r *ledger.Row) []childRow {
	if r.Facets == nil {
		return rows
	}
	for _, child := range r.Facets.Children {
		rows = append(rows, childRow{child, r.ID})
	}
	return rows
}

func (c *conn) writeChildren(ctx context.Context, rows []childRow) error {
	slices.SortFunc(rows, func(a, b childRow) int {
		return cmp.Or(cmp.Compare(a.child, b.child), cmp.Compare(a.decision, b.decision))
	})
	insert := bulk{c.dialect.insertNew + `children (child, decision) VALUES `, 2, c.dialect.skipOld}
	_, err := c.execBulk(ctx, insert, len(rows), func(args []any, n int) []any {
		return append(args, rows[n].child, rows[n].decision)
	})
	return err
}
