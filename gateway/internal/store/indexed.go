package store

import (
	"bytes"
	"context"
	"slices"

	"homeward.example/gateway/internal/ledger"
)

// indexRow is what one decision is found by.
type indexRow struct {
	id        string
	who, what facetRow
	glass     int64
	said      []byte
}

type facetRow struct {
	digest  []byte
	columns [5]string
}

// unfoundAtOnce bounds the values of one statement.
const unfoundAtOnce = 200

// Unfound implements ledger.Store. Index rows too many are not looked for: they find
// more than there is, and hide nothing.
func (s *Store) Unfound(ctx context.Context, rows []ledger.Row) (map[string]string, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	first, last := rows[0].Seq, rows[len(rows)-1].Seq
	stored, err := list(ctx, s, "search", func(r scanner, x *indexRow) error {
		o, t := &x.who, &x.what
		return r.Scan(&x.id, &o.digest, &o.columns[0], &o.columns[1], &o.columns[2], &o.columns[3],
			&t.digest, &t.columns[0], &t.columns[1], &t.columns[2], &t.columns[3], &t.columns[4], &x.glass, &x.said)
	}, `SELECT d.id, d.who, o.requester, o.officer, o.role, o.holder, d.what, t.kind, t.purpose, t.basis, t.outcome, t.reason, t.glass, t.said
		FROM decisions d JOIN who o ON o.digest = d.who JOIN what t ON t.digest = d.what WHERE d.seq BETWEEN ? AND ?`, first, last)
	if err != nil {
		return nil, err
	}
	own, err := newFacets() // not the writer's, which remember what is stored
	if err != nil {
		return nil, unavailable("search", err)
	}
	byID := make(map[string]indexRow, len(stored))
	for _, x := range stored {
		byID[x.id] = x
	}
	wrong := make(map[string]string)
	said := make(map[string]*facet) // the words of lists of verdicts, by digest
	var children []childRow
	for i := range rows {
		d, err := ledger.ParseDecision(rows[i].Content)
		if err != nil {
			continue // found already, as a row that is wrong
		}
		f := ledger.FacetsOf(d)
		x, ok := byID[rows[i].ID]
		switch {
		case !ok:
			wrong[rows[i].ID] = "it is not in the search index"
		case !own.index(x, rows[i], f):
			wrong[rows[i].ID] = "the search index says something else of it"
		case x.said != nil:
			said[string(x.said)] = &facet{said: x.said, raw: f.Verdicts}
		}
		if rows[i].Erased == nil {
			for _, child := range f.Children {
				children = append(children, childRow{child, rows[i].ID})
			}
		}
	}
	if err := s.unfoundChildren(ctx, children, wrong); err != nil {
		return nil, err
	}
	missing, err := s.unsaid(ctx, said)
	for _, x := range stored {
		if missing[string(x.said)] {
			wrong[x.id] = "the search index lacks a word on its fields"
		}
	}
	return wrong, err
}

// index says whether an index row is that of a decision. That it is about
// break-glass may follow from what went with it.
func (s *facets) index(x indexRow, r ledger.Row, f *ledger.Facets) bool {
	f.BreakGlass = x.glass != 0 || f.BreakGlass
	r.Facets = f
	who, what := s.of(&r, newFresh())
	return bytes.Equal(x.who.digest, who[:]) && bytes.Equal(x.what.digest, what[:]) &&
		x.who.columns == [5]string{f.Requester, f.Officer.ID, f.Officer.Role, f.Holder} &&
		x.what.columns == [5]string{r.Kind, r.Purpose, f.Basis, f.Outcome, f.Reason} &&
		bytes.Equal(x.said, s.saidOf(f.Verdicts))
}

// unfoundChildren looks for children that a decision is not found by.
func (s *Store) unfoundChildren(ctx context.Context, want []childRow, wrong map[string]string) error {
	for part := range slices.Chunk(want, unfoundAtOnce) {
		var args []any
		for _, c := range part {
			args = append(args, c.child, c.decision)
		}
		found, err := list(ctx, s, "search", func(r scanner, c *childRow) error { return r.Scan(&c.child, &c.decision) },
			`SELECT child, decision FROM children WHERE (child, decision) IN (VALUES `+placeholders(len(part), 2)+`)`, args...)
		if err != nil {
			return err
		}
		for _, c := range part {
			if !slices.Contains(found, c) {
				wrong[c.decision] = "the search index does not have it under a child"
			}
		}
	}
	return nil
}

// unsaid returns the digests of those lists of verdicts of which a word is missing.
func (s *Store) unsaid(ctx context.Context, want map[string]*facet) (map[string]bool, error) {
	out := make(map[string]bool)
	for digest, f := range want {
		for part := range slices.Chunk(f.terms(), unfoundAtOnce) {
			args := []any{f.said}
			for _, w := range part {
				args = append(args, w.path, w.reason, w.verdict)
			}
			n, err := one(ctx, s, "search", func(r scanner, n *int) error { return r.Scan(n) },
				`SELECT count(*) FROM said WHERE said = ? AND (path, reason, verdict) IN (VALUES `+placeholders(len(part), 3)+`)`, args...)
			if err != nil {
				return nil, err
			}
			if n != len(part) {
				out[digest] = true
			}
		}
	}
	return out, nil
}
