package store

import (
	"context"
	"math"
	"strings"
	"time"

	"homeward.example/gateway/internal/ledger"
)

// What one page of a search may look at. A search for what is frequent finds a page
// in the newest rows; for what is rare there are few rows to sort; and for what is
// between, the page ends where the looking ended, and the next goes on there.
const (
	searchRows   = 20_000 // rows of the index of times
	searchSorted = 10_000 // decisions of the shapes that match
	searchShapes = 2_000
)

// search is one on its way.
type search struct {
	*Store
	below  ledger.Mark // what is found lies before it
	from   int64
	limit  int
	shapes clause // selects digests of shapes; no text selects all
	child  string
}

// clause is a part of a statement with its arguments.
type clause struct {
	text string
	args []any
}

// Search implements ledger.Store.
func (s *Store) Search(ctx context.Context, q ledger.Query) (ledger.Page, error) {
	w := search{Store: s, below: ledger.Mark{At: math.MaxInt64, Seq: math.MaxInt64}, limit: min(max(q.Limit, 1), ledger.MaxPage), shapes: shapesOf(q), child: q.Child}
	if q.Page != "" {
		m, err := ledger.ParseMark(q.Page)
		if err != nil {
			return ledger.Page{}, err
		}
		w.below = m
	}
	if !q.To.IsZero() && q.To.UnixMicro() <= w.below.At {
		w.below = ledger.Mark{At: q.To.UnixMicro()} // seq is never below 1
	}
	if w.from = math.MinInt64; !q.From.IsZero() {
		w.from = q.From.UnixMicro()
	}
	if w.child != "" {
		return w.ofChild(ctx)
	}
	return w.byTime(ctx)
}

// shapesOf selects the shapes that a query means.
func shapesOf(q ledger.Query) clause {
	var where []string
	var c clause
	for _, f := range []struct{ column, value string }{
		{"kind", q.Kind}, {"requester", q.Requester}, {"officer", q.Officer}, {"holder", q.Holder},
		{"purpose", q.Purpose}, {"basis", q.Basis}, {"outcome", q.Outcome},
	} {
		if f.value != "" {
			where, c.args = append(where, f.column+" = ?"), append(c.args, f.value)
		}
	}
	if q.BreakGlass {
		where = append(where, "glass = 1")
	}
	if said := saidOf(q); said.text != "" {
		where, c.args = append(where, said.text), append(c.args, said.args...)
	}
	if len(where) > 0 {
		c.text = `SELECT digest FROM shapes WHERE ` + strings.Join(where, " AND ")
	}
	return c
}

// saidOf selects by what was said of a field; a reason may be that of the whole
// decision as well, unless a field is named.
func saidOf(q ledger.Query) clause {
	var where []string
	var c clause
	for _, f := range []struct{ column, value string }{{"path", q.Field}, {"reason", q.Reason}, {"verdict", q.Verdict}} {
		if f.value != "" {
			where, c.args = append(where, f.column+" = ?"), append(c.args, f.value)
		}
	}
	if len(where) == 0 {
		return clause{}
	}
	c.text = `said IN (SELECT said FROM said WHERE ` + strings.Join(where, " AND ") + `)`
	if q.Reason != "" && q.Field == "" && q.Verdict == "" {
		c.text, c.args = `(`+c.text+` OR reason = ?)`, append(c.args, q.Reason)
	}
	return c
}

// byTime looks at the newest rows first, and if they do not fill the page, at those
// of the shapes that match.
func (w search) byTime(ctx context.Context) (ledger.Page, error) {
	window := clause{`SELECT d.at, d.seq, d.shape FROM decisions d WHERE (d.at, d.seq) < (?, ?) AND d.at >= ? ORDER BY d.at DESC, d.seq DESC LIMIT ?`,
		[]any{w.below.At, w.below.Seq, w.from, searchRows}}
	if w.shapes.text == "" {
		window.args[3] = w.limit
		return w.page(ctx, window, nil)
	}
	window.text = `SELECT r.at, r.seq, r.shape FROM (` + window.text + `) AS r WHERE r.shape IN (` + w.shapes.text + `) ORDER BY r.at DESC, r.seq DESC LIMIT ?`
	window.args = append(append(window.args, w.shapes.args...), w.limit)
	end, err := w.endOfWindow(ctx)
	if err != nil {
		return ledger.Page{}, err
	}
	p, err := w.page(ctx, window, end)
	if err != nil || end == nil || len(p.Found) >= w.limit {
		return p, err
	}
	if few, err := w.few(ctx); err != nil || !few {
		return p, err
	}
	return w.page(ctx, clause{
		`SELECT d.at, d.seq, d.shape FROM (` + w.shapes.text + `) AS s CROSS JOIN decisions d
		WHERE d.shape = s.digest AND (d.at, d.seq) < (?, ?) AND d.at >= ? ORDER BY d.at DESC, d.seq DESC LIMIT ?`,
		append(append([]any{}, w.shapes.args...), w.below.At, w.below.Seq, w.from, w.limit),
	}, nil)
}

// endOfWindow is the last row that a page may look at by time, nil if that is all.
func (w search) endOfWindow(ctx context.Context) (*ledger.Mark, error) {
	ends, err := list(ctx, w.Store, "search", scanMark,
		`SELECT d.at, d.seq FROM decisions d WHERE (d.at, d.seq) < (?, ?) AND d.at >= ? ORDER BY d.at DESC, d.seq DESC LIMIT 1 OFFSET ?`,
		w.below.At, w.below.Seq, w.from, searchRows-1)
	if err != nil || len(ends) == 0 {
		return nil, err
	}
	return &ends[0], nil
}

func scanMark(r scanner, m *ledger.Mark) error { return r.Scan(&m.At, &m.Seq) }

// few says whether the shapes that match, and their decisions, can be sorted for one page.
func (w search) few(ctx context.Context) (bool, error) {
	count := func(r scanner, n *int) error { return r.Scan(n) }
	n, err := one(ctx, w.Store, "search", count,
		`SELECT count(*) FROM (`+w.shapes.text+` LIMIT ?) AS s`, append(append([]any{}, w.shapes.args...), searchShapes+1)...)
	if err != nil || n > searchShapes {
		return false, err
	}
	n, err = one(ctx, w.Store, "search", count,
		`SELECT count(*) FROM (SELECT 1 FROM (`+w.shapes.text+`) AS s CROSS JOIN decisions d
		WHERE d.shape = s.digest AND d.at <= ? AND d.at >= ? LIMIT ?) AS n`,
		append(append([]any{}, w.shapes.args...), w.below.At, w.from, searchSorted+1)...)
	return n <= searchSorted, err
}

// ofChild reads all decisions about one child: nobody is asked for that often.
func (w search) ofChild(ctx context.Context) (ledger.Page, error) {
	c := clause{`SELECT d.at, d.seq, d.shape FROM children c CROSS JOIN decisions d
		WHERE c.child = ? AND d.id = c.decision AND (d.at, d.seq) < (?, ?) AND d.at >= ?`, []any{w.child, w.below.At, w.below.Seq, w.from}}
	if w.shapes.text != "" {
		c.text, c.args = c.text+` AND d.shape IN (`+w.shapes.text+`)`, append(c.args, w.shapes.args...)
	}
	c.text += ` ORDER BY d.at DESC, d.seq DESC LIMIT ?`
	c.args = append(c.args, w.limit)
	return w.page(ctx, c, nil)
}

// page reads what a statement selected, in its order. end is where the looking
// ended, if that was before the last row.
func (w search) page(ctx context.Context, c clause, end *ledger.Mark) (p ledger.Page, err error) {
	p.Found, err = list(ctx, w.Store, "search", scanFound,
		`SELECT d.id, p.seq, p.at, s.kind, s.requester, s.officer, s.role, s.holder, s.purpose, s.basis, s.outcome, s.reason, s.glass,
		coalesce(l.log_index, -1), coalesce(e.under, '')
		FROM (`+c.text+`) AS p JOIN decisions d ON d.seq = p.seq JOIN shapes s ON s.digest = p.shape
		LEFT JOIN logged l ON l.seq = p.seq LEFT JOIN erased e ON e.id = d.id ORDER BY p.at DESC, p.seq DESC`, c.args...)
	switch n := len(p.Found); {
	case n == w.limit:
		p.Next = ledger.Mark{At: p.Found[n-1].At.UnixMicro(), Seq: p.Found[n-1].Seq}.String()
	case end != nil:
		p.Next = end.String()
	}
	return p, err
}

func scanFound(r scanner, f *ledger.Found) error {
	var at int64
	var glass int
	err := r.Scan(&f.ID, &f.Seq, &at, &f.Kind, &f.Requester, &f.Officer.ID, &f.Officer.Role, &f.Holder, &f.Purpose, &f.Basis,
		&f.Outcome, &f.Reason, &glass, &f.LogIndex, &f.Erased)
	f.At, f.BreakGlass = time.UnixMicro(at).UTC(), glass != 0
	return err
}
