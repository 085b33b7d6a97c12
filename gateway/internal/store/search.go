package store

import (
	"context"
	"math"
	"time"

	"homeward.example/gateway/internal/ledger"
)

// What one page of a search may look at. A search for what is frequent finds a page
// in the newest rows; for what is rare there are few rows to sort; and for what is
// between, the page ends where the looking ended, and the next goes on there.
const (
	searchRows   = 20_000 // rows of the index of times
	searchSorted = 5_000  // decisions of who, or of what, is searched for
)

// search is one on its way.
type search struct {
	*Store
	below ledger.Mark // what is found lies before it
	from  int64
	limit int
	// who and what select digests; without text they select all.
	who, what clause
}

// clause is a part of a statement with its arguments.
type clause struct {
	text string
	args []any
}

func (c clause) and(text string, args ...any) clause {
	if c.text != "" {
		c.text += " AND "
	}
	return clause{c.text + text, append(c.args[:len(c.args):len(c.args)], args...)}
}

func (c clause) then(text string, args ...any) clause {
	return clause{c.text + text, append(c.args[:len(c.args):len(c.args)], args...)}
}

// Search implements ledger.Store.
func (s *Store) Search(ctx context.Context, q ledger.Query) (ledger.Page, error) {
	w := search{Store: s, below: ledger.Mark{At: math.MaxInt64, Seq: math.MaxInt64}, from: math.MinInt64, limit: min(max(q.Limit, 1), ledger.MaxPage)}
	w.who, w.what = whoOf(q), whatOf(q)
	if q.Page != "" {
		var err error
		if w.below, err = ledger.ParseMark(q.Page); err != nil {
			return ledger.Page{}, err
		}
	}
	if !q.To.IsZero() && q.To.UnixMicro() <= w.below.At {
		w.below = ledger.Mark{At: q.To.UnixMicro()} // seq is never below 1
	}
	if !q.From.IsZero() {
		w.from = q.From.UnixMicro()
	}
	for table, in := range map[string]*clause{"who": &w.who, "what": &w.what} {
		if none, err := w.narrow(ctx, table, in); err != nil || none {
			return ledger.Page{}, err
		}
	}
	if q.Child != "" {
		return w.ofChild(ctx, q.Child)
	}
	return w.byTime(ctx)
}

// named is how many digests are named one by one: a database plans better for them
// than for a selection of which it does not know how little it selects.
const named = 32

// narrow names the digests that a clause selects, if they are few; none says that
// there are none at all.
func (w search) narrow(ctx context.Context, table string, c *clause) (none bool, err error) {
	if c.text == "" {
		return false, nil
	}
	limited := c.then(` LIMIT ?`, named+1)
	found, err := list(ctx, w.Store, "search", func(r scanner, d *[]byte) error { return r.Scan(d) }, limited.text, limited.args...)
	if err != nil || len(found) == 0 || len(found) > named {
		return len(found) == 0, err
	}
	*c = clause{`SELECT digest FROM ` + table + ` WHERE digest IN ` + placeholders(1, len(found)), nil}
	for _, d := range found {
		c.args = append(c.args, d)
	}
	return false, nil
}

// equal are the conditions of those columns that a value is given for.
func equal(columns ...[2]string) (c clause) {
	for _, f := range columns {
		if f[1] != "" {
			c = c.and(f[0]+" = ?", f[1])
		}
	}
	return c
}

func digestsOf(table string, where clause) clause {
	if where.text != "" {
		where.text = `SELECT digest FROM ` + table + ` WHERE ` + where.text
	}
	return where
}

func whoOf(q ledger.Query) clause {
	return digestsOf("who", equal([2]string{"requester", q.Requester}, [2]string{"officer", q.Officer}, [2]string{"holder", q.Holder}))
}

func whatOf(q ledger.Query) clause {
	c := equal([2]string{"kind", q.Kind}, [2]string{"purpose", q.Purpose}, [2]string{"basis", q.Basis}, [2]string{"outcome", q.Outcome})
	if q.BreakGlass {
		c = c.and("glass = 1")
	}
	said := equal([2]string{"path", q.Field}, [2]string{"reason", q.Reason}, [2]string{"verdict", q.Verdict})
	if said.text == "" {
		return digestsOf("what", c)
	}
	said.text = `said IN (SELECT said FROM said WHERE ` + said.text + `)`
	if q.Reason != "" && q.Field == "" && q.Verdict == "" { // it may be that of the whole decision
		said = clause{`(` + said.text, said.args}.then(` OR reason = ?)`, q.Reason)
	}
	return digestsOf("what", c.and(said.text, said.args...))
}

// matching adds the conditions of who and what to a statement on rows that have both.
func (w search) matching(c clause, row string) clause {
	for _, f := range []struct {
		column string
		in     clause
	}{{"who", w.who}, {"what", w.what}} {
		if f.in.text != "" {
			c = c.then(` AND `+row+`.`+f.column+` IN (`+f.in.text+`)`, f.in.args...)
		}
	}
	return c
}

// within are the conditions of time on decisions d.
const within = `(d.at, d.seq) < (?, ?) AND d.at >= ?`

const newestFirst = ` ORDER BY at DESC, seq DESC LIMIT ?`

// byTime looks at the newest rows first, and if they do not fill the page, at all
// that who or what is searched for.
func (w search) byTime(ctx context.Context) (ledger.Page, error) {
	newest := clause{`SELECT d.at, d.seq, d.who, d.what FROM decisions d WHERE ` + within + newestFirst, []any{w.below.At, w.below.Seq, w.from}}
	if w.who.text+w.what.text == "" {
		return w.page(ctx, newest.then("", w.limit), nil)
	}
	newest = newest.then("", searchRows)
	newest.text = `SELECT r.at, r.seq, r.who, r.what FROM (` + newest.text + `) AS r WHERE 1 = 1`
	end, err := w.endOfNewest(ctx)
	if err != nil {
		return ledger.Page{}, err
	}
	p, err := w.page(ctx, w.matching(newest, "r").then(newestFirst, w.limit), end)
	if err != nil || end == nil || len(p.Found) >= w.limit {
		return p, err
	}
	for _, lead := range []struct {
		column string
		in     clause
	}{{"who", w.who}, {"what", w.what}} {
		if lead.in.text == "" {
			continue
		}
		all := clause{` FROM (` + lead.in.text + `) AS f CROSS JOIN decisions d WHERE d.` + lead.column + ` = f.digest AND `, lead.in.args}.
			then(within, w.below.At, w.below.Seq, w.from)
		few, err := w.few(ctx, all)
		if err != nil {
			return p, err
		}
		if few {
			all.text = `WITH found AS MATERIALIZED (SELECT d.at, d.seq, d.who, d.what` + all.text
			return w.page(ctx, w.matching(all, "d").then(`) SELECT at, seq, who, what FROM found`+newestFirst, w.limit), nil)
		}
	}
	return p, nil
}

// endOfNewest is the last row that a page may look at by time, nil if that is all.
func (w search) endOfNewest(ctx context.Context) (*ledger.Mark, error) {
	ends, err := list(ctx, w.Store, "search", func(r scanner, m *ledger.Mark) error { return r.Scan(&m.At, &m.Seq) },
		`SELECT d.at, d.seq FROM decisions d WHERE `+within+` ORDER BY d.at DESC, d.seq DESC LIMIT 1 OFFSET ?`,
		w.below.At, w.below.Seq, w.from, searchRows-1)
	if err != nil || len(ends) == 0 {
		return nil, err
	}
	return &ends[0], nil
}

// few says whether so many rows can be sorted for one page.
func (w search) few(ctx context.Context, rows clause) (bool, error) {
	c := clause{`SELECT count(*) FROM (SELECT 1` + rows.text, rows.args}.then(` LIMIT ?) AS n`, searchSorted+1)
	n, err := one(ctx, w.Store, "search", func(r scanner, n *int) error { return r.Scan(n) }, c.text, c.args...)
	return n <= searchSorted, err
}

// ofChild reads all decisions about one child: nobody is asked for that often.
func (w search) ofChild(ctx context.Context, child string) (ledger.Page, error) {
	c := clause{`SELECT d.at, d.seq, d.who, d.what FROM children c CROSS JOIN decisions d WHERE c.child = ? AND d.id = c.decision AND ` + within,
		[]any{child, w.below.At, w.below.Seq, w.from}}
	return w.page(ctx, w.matching(c, "d").then(newestFirst, w.limit), nil)
}

// page reads what a statement selected, in its order. end is where the looking
// ended, if that was before the last row.
func (w search) page(ctx context.Context, c clause, end *ledger.Mark) (p ledger.Page, err error) {
	p.Found, err = list(ctx, w.Store, "search", scanFound,
		`SELECT d.id, p.seq, p.at, t.kind, o.requester, o.officer, o.role, o.holder, t.purpose, t.basis, t.outcome, t.reason, t.glass,
		coalesce(l.log_index, -1), coalesce(e.under, '')
		FROM (`+c.text+`) AS p JOIN decisions d ON d.seq = p.seq JOIN who o ON o.digest = p.who JOIN what t ON t.digest = p.what
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
