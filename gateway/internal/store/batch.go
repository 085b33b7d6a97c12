package store

import (
	"cmp"
	"context"
	"slices"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// batch is one attempt to write items in one transaction.
type batch struct {
	items []*waiting
	// refused holds the problem of items[i], nil if it is written.
	refused []error
	// known is what requesters received, as read in this transaction and changed by it.
	known  map[pair]state
	late   []bool
	fresh  map[digest]*part // stored with this batch
	facets fresh            // stored with it too
	wrote  int              // bytes of content
	// standing is the version as read in this transaction, or as moved by it; 0 before.
	standing int64
	// careful asks which claims were taken. That none is, is the rule, and counting
	// tells it for less.
	careful bool
}

// pair is a key of two parts: (issuer, jti) or (requester, subject).
type pair struct{ a, b string }

func comparePairs(x, y pair) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) }

func newBatch(items []*waiting, careful bool) *batch {
	return &batch{
		items: items, refused: make([]error, len(items)), late: make([]bool, len(items)),
		fresh: make(map[digest]*part), facets: newFresh(), careful: careful,
	}
}

// write decides on each item and writes those that pass. What is checked comes
// before what is written, so that an item which is refused leaves nothing behind.
// Rows are locked in one order (disclosures, claims, new disclosures; each
// sorted), so that two processes do not wait for each other.
func (b *batch) write(ctx context.Context, c *conn, step func(string)) error {
	if err := b.readClock(ctx, c); err != nil {
		return err
	}
	if err := b.checkDisclosures(ctx, c); err != nil {
		return err
	}
	step("checked")
	if err := b.claim(ctx, c); err != nil {
		return err
	}
	step("claimed")
	if !slices.Contains(b.refused, nil) {
		return errNothing
	}
	if err := b.writeRows(ctx, c); err != nil {
		return err
	}
	step("decided")
	if err := b.writeDisclosures(ctx, c); err != nil {
		return err
	}
	return b.writeSides(ctx, c)
}

// settle gives the items their results, once the transaction has ended well.
func (b *batch) settle() {
	for i, item := range b.items {
		item.err = b.refused[i]
	}
	for _, p := range b.fresh {
		p.stored = true
	}
	b.facets.settle()
	for _, s := range b.known {
		if s.wrote >= 0 {
			b.items[s.wrote].moved = true
		}
	}
}

// pages guesses how many pages of SQLite's journal the batch took: each row its
// own, and one for its claim, which lands anywhere.
func (b *batch) pages() int { return b.wrote/pageSize + 1 + len(b.items) }

// withoutLate settles the late items and returns the others.
func (b *batch) withoutLate() []*waiting {
	var rest []*waiting
	for i, item := range b.items {
		if b.late[i] {
			item.err = problem.New(ledger.CodeMoved, "disclosure")
		} else {
			rest = append(rest, item)
		}
	}
	return rest
}

// readClock refuses claims as old as those that may have been pruned, and what was
// decided on other matters than stand now. Who will move that version locks it.
func (b *batch) readClock(ctx context.Context, c *conn) error {
	lock := c.dialect.forShare
	if b.moves() {
		lock = c.dialect.forUpdate
	}
	var pruned int64
	if err := c.row(ctx, `SELECT d.pruned, d.standing FROM clock d WHERE d.id = 1`+lock).Scan(&pruned, &b.standing); err != nil {
		return err
	}
	for i, item := range b.items {
		switch {
		case item.Claim != nil && item.Claim.Expires.UnixMicro() < pruned:
			b.refused[i] = problem.New(ledger.CodeReplayed, "claim exp: older than what is remembered")
		case item.Standing != 0 && item.Standing != b.standing:
			b.refused[i] = problem.New(ledger.CodeMoved, "standing")
		}
	}
	return nil
}

// claim inserts the claims of what has passed so far. Who finds its claim taken,
// in the table or by an item before it, is refused as a replay.
func (b *batch) claim(ctx context.Context, c *conn) error {
	first, keys := b.claims()
	row := func(args []any, n int) []any {
		k := keys[n]
		return append(args, k.a, k.b, b.items[first[k]].Claim.Expires.UnixMicro())
	}
	insert := bulk{c.dialect.insertNew + `claims (issuer, jti, expires) VALUES `, 3, c.dialect.skipOld}
	if !b.careful {
		n, err := c.execBulk(ctx, insert, len(keys), row)
		if err == nil && n != int64(len(keys)) {
			return errTaken
		}
		return err
	}
	insert.tail += ` RETURNING issuer, jti`
	err := c.queryBulk(ctx, insert, len(keys), row, func(r scanner) error {
		var k pair
		err := r.Scan(&k.a, &k.b)
		delete(first, k)
		return err
	})
	for _, i := range first { // those that were not inserted
		b.refused[i] = replayed()
	}
	return err
}

// claims lists the keys to be claimed, sorted, and the item that each is for.
func (b *batch) claims() (first map[pair]int, keys []pair) {
	first = make(map[pair]int, len(b.items))
	keys = make([]pair, 0, len(b.items))
	for i, item := range b.items {
		if item.Claim == nil || b.refused[i] != nil {
			continue
		}
		k := pair{item.Claim.Issuer, item.Claim.JTI}
		if _, taken := first[k]; taken {
			b.refused[i] = replayed()
			continue
		}
		first[k] = i
		keys = append(keys, k)
	}
	slices.SortFunc(keys, comparePairs)
	return first, keys
}

func replayed() error { return problem.New(ledger.CodeReplayed, "claim jti") }

// writeRows inserts the decisions, and before them the parts that they share.
func (b *batch) writeRows(ctx context.Context, c *conn) error {
	type row struct {
		*ledger.Row
		content, refs []byte
		who, what     half
	}
	rows := make([]row, 0, len(b.items))
	var children []childRow
	for i, item := range b.items {
		if b.refused[i] == nil {
			content, refs := c.parts.cut(item.Row.Content, item.Row.Shared, b.fresh)
			who, what := c.facets.of(&item.Row, b.facets)
			rows = append(rows, row{&item.Row, content, refs, who, what})
			children = appendChildren(children, &item.Row)
			b.wrote += len(content)
		}
	}
	exchanged := b.cutExchanges(c)
	if err := c.writeParts(ctx, b.fresh); err != nil {
		return err
	}
	if err := c.writeFacets(ctx, b.facets); err != nil {
		return err
	}
	insert := bulk{c.dialect.insert + `decisions (id, at, kind, peer, purpose, leaf, salt, parts, content, details, who, what) VALUES `, 12, ``}
	_, err := c.execBulk(ctx, insert, len(rows), func(args []any, n int) []any {
		r := rows[n]
		return append(args, r.ID, r.At.UnixMicro(), r.Kind, r.Peer, r.Purpose, r.Leaf, r.Salt, r.refs, r.content, r.Details, r.who[:], r.what[:])
	})
	if err != nil {
		return err
	}
	if err := c.writeChildren(ctx, children); err != nil {
		return err
	}
	return c.writeExchanges(ctx, exchanged)
}
