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
// they are stored once, as a shape, and the decision has the shape's digest. A
// search finds the shapes, of which there are few, and then their decisions.

// half is the first half of a SHA-256.
type half [sha256.Size / 2]byte

func halfOf(b []byte) half {
	sum := sha256.Sum256(b)
	return half(sum[:len(half{})])
}

// shape is what the writer knows of one.
type shape struct {
	digest  half
	columns []any             // as in the table
	said    []byte            // the last of them
	raw     []json.RawMessage // lists of verdicts; nil if it is stored
	stored  bool              // by a transaction that was committed
}

// shapes remembers what is stored, and digests of verdicts: hashing kilobytes anew
// for each decision would be a third of its cost.
type shapes struct {
	seed maphash.Seed
	said *lru.Cache[uint64, saidDigest]
	seen *lru.Cache[half, *shape]
}

type saidDigest struct {
	raw    []byte
	digest half
}

// shapeEntries bounds what is remembered at some ten megabytes, and saidEntries as much.
const (
	shapeEntries = 16384
	saidEntries  = 512
)

func newShapes() (*shapes, error) {
	said, err := lru.New[uint64, saidDigest](saidEntries)
	if err != nil {
		return nil, err
	}
	seen, err := lru.New[half, *shape](shapeEntries)
	return &shapes{maphash.MakeSeed(), said, seen}, err
}

func (s *shapes) digest(raw []byte) half {
	h := maphash.Bytes(s.seed, raw)
	if known, ok := s.said.Get(h); ok && bytes.Equal(known.raw, raw) {
		return known.digest
	}
	d := halfOf(raw)
	s.said.Add(h, saidDigest{bytes.Clone(raw), d})
	return d
}

// of returns the shape of a row. One whose row was made without facets is found by
// its kind, purpose and time alone.
func (s *shapes) of(r *ledger.Row) *shape {
	f := r.Facets
	if f == nil {
		f = &ledger.Facets{}
	}
	said := s.saidOf(f.Verdicts)
	key := make([]byte, 0, 256)
	words := [...]string{r.Kind, f.Requester, f.Officer.ID, f.Officer.Role, f.Holder, r.Purpose, f.Basis, f.Outcome, f.Reason}
	for _, w := range words {
		key = append(binary.AppendUvarint(key, uint64(len(w))), w...)
	}
	glass := 0
	if f.BreakGlass {
		glass = 1
	}
	key = append(append(key, byte(glass)), said...)
	digest := halfOf(key)
	if known, ok := s.seen.Get(digest); ok {
		return known
	}
	made := &shape{digest: digest, said: said, raw: slices.Clone(f.Verdicts), columns: []any{digest[:]}}
	for _, w := range words {
		made.columns = append(made.columns, strings.Clone(w))
	}
	made.columns = append(made.columns, glass, said)
	s.seen.Add(digest, made)
	return made
}

// saidOf is the digest of all records' verdicts, nil if there are none. Records of
// which the same was said count once.
func (s *shapes) saidOf(verdicts []json.RawMessage) []byte {
	all := make([]half, len(verdicts))
	for i, raw := range verdicts {
		all[i] = s.digest(raw)
	}
	slices.SortFunc(all, func(a, b half) int { return bytes.Compare(a[:], b[:]) })
	all = slices.Compact(all)
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0][:]
	}
	var joined []byte
	for _, d := range all {
		joined = append(joined, d[:]...)
	}
	d := halfOf(joined)
	return d[:]
}

// saidRow is one word on one field.
type saidRow struct{ path, reason, verdict string }

// terms lists what a shape's verdicts say, sorted. A list that cannot be read says
// nothing: the decision is found by all else.
func (s *shape) terms() []saidRow {
	var rows []saidRow
	for _, raw := range s.raw {
		verdicts, _ := decide.ReadLedger(raw)
		for _, v := range verdicts {
			for _, reason := range append(slices.Clip(v.Reasons), "") {
				if reason != "" || len(v.Reasons) == 0 {
					rows = append(rows, saidRow{v.Path, reason, v.Verdict})
				}
			}
		}
	}
	slices.SortFunc(rows, func(a, b saidRow) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.reason, b.reason), cmp.Compare(a.verdict, b.verdict))
	})
	return slices.Compact(rows)
}

// writeShapes stores those that are new, in one order, so that two processes do not
// wait for each other.
func (c *conn) writeShapes(ctx context.Context, fresh map[half]*shape) error {
	all := make([]*shape, 0, len(fresh))
	for _, s := range fresh {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *shape) int { return bytes.Compare(a.digest[:], b.digest[:]) })
	seen := make(map[string]bool)
	for _, s := range all {
		if s.said == nil || seen[string(s.said)] {
			continue
		}
		seen[string(s.said)] = true
		if err := c.writeSaid(ctx, s); err != nil {
			return err
		}
	}
	insert := bulk{c.dialect.insertNew + `shapes (digest, kind, requester, officer, role, holder, purpose, basis, outcome, reason, glass, said) VALUES `, 12, c.dialect.skipOld}
	_, err := c.execBulk(ctx, insert, len(all), func(args []any, n int) []any { return append(args, all[n].columns...) })
	return err
}

// writeSaid stores what the shape's verdicts say, unless a stored shape says the same.
func (c *conn) writeSaid(ctx context.Context, s *shape) error {
	var n int
	if err := c.row(ctx, `SELECT count(*) FROM (SELECT 1 FROM shapes WHERE said = ? LIMIT 1) AS s`, s.said).Scan(&n); err != nil || n > 0 {
		return err
	}
	terms := s.terms()
	insert := bulk{c.dialect.insertNew + `said (path, reason, verdict, said) VALUES `, 4, c.dialect.skipOld}
	_, err := c.execBulk(ctx, insert, len(terms), func(args []any, i int) []any {
		return append(args, terms[i].path, terms[i].reason, terms[i].verdict, s.said)
	})
	return err
}

// childRow names a child that a decision is about.
type childRow struct{ child, decision string }

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

func appendChildren(rows []childRow, r *ledger.Row) []childRow {
	if r.Facets == nil {
		return rows
	}
	for _, child := range r.Facets.Children {
		rows = append(rows, childRow{child, r.ID})
	}
	return rows
}

// shape is that of a row; fresh takes it if it must be stored.
func (c *conn) shape(r *ledger.Row, fresh map[half]*shape) half {
	s := c.shapes.of(r)
	if !s.stored {
		fresh[s.digest] = s
	}
	return s.digest
}
