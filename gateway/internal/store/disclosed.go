package store

import (
	"context"
	"encoding/json"
	"slices"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// state is one row of disclosed.
type state struct {
	version  int64 // 0: there is none
	received string
	// wrote is the item that changed it in this batch; -1 if none did.
	wrote int
	isNew bool
}

// checkDisclosures compares what each item read with what stands now, items of
// the same batch before it included. An item that is refused later, as a replay,
// may have refused another here: that one decides again and loses nothing.
func (b *batch) checkDisclosures(ctx context.Context, c *conn) error {
	if err := b.readDisclosures(ctx, c); err != nil {
		return err
	}
	for i, item := range b.items {
		if b.refused[i] != nil {
			continue
		}
		for _, u := range item.Disclosures {
			s := b.known[pair{u.Requester, u.Subject}]
			if s.version != u.ReadVersion || s.wrote >= 0 {
				b.refused[i] = problem.New(ledger.CodeMoved, "disclosure")
			}
		}
		if b.refused[i] == nil {
			b.apply(i, item.Disclosures)
		}
	}
	return nil
}

// apply changes the known state, except where the requester received nothing new:
// that moves no version, so that repeated questions do not disturb each other.
func (b *batch) apply(i int, updates []ledger.DisclosureUpdate) {
	for _, u := range updates {
		k := pair{u.Requester, u.Subject}
		was := b.known[k]
		received := encodeGroups(u.Groups)
		if was.wrote == i { // the same subject twice: what was received is both
			var before []string
			_ = json.Unmarshal([]byte(was.received), &before) // encoded by this function
			received = encodeGroups(append(before, u.Groups...))
		}
		if was.version > 0 && was.received == received {
			continue
		}
		b.known[k] = state{version: was.version + 1, received: received, wrote: i, isNew: was.isNew || was.version == 0}
	}
}

// readDisclosures reads, and on PostgreSQL locks, every row that the batch touches.
func (b *batch) readDisclosures(ctx context.Context, c *conn) error {
	b.known = make(map[pair]state)
	var keys []pair
	for _, item := range b.items {
		for _, u := range item.Disclosures {
			k := pair{u.Requester, u.Subject}
			if _, ok := b.known[k]; !ok {
				b.known[k] = state{wrote: -1}
				keys = append(keys, k)
			}
		}
	}
	slices.SortFunc(keys, comparePairs)
	read := func(r scanner) error {
		var k pair
		s := state{wrote: -1}
		if err := r.Scan(&k.a, &k.b, &s.version, &s.received); err != nil {
			return err
		}
		b.known[k] = s
		return nil
	}
	return c.queryBulk(ctx, bulk{
		head:    `SELECT d.requester, d.subject, d.version, d.received FROM (VALUES `,
		columns: 2,
		tail: `) AS v JOIN disclosed d ON d.requester = v.column1 AND d.subject = v.column2` +
			` ORDER BY d.requester, d.subject` + c.dialect.forUpdate,
	}, len(keys), func(args []any, n int) []any { return append(args, keys[n].a, keys[n].b) }, read)
}

// writeDisclosures stores what changed. A row is changed by one item of a batch
// alone, so that an item which lost its claim since can be left out.
func (b *batch) writeDisclosures(ctx context.Context, c *conn) error {
	var keys []pair
	for k, s := range b.known {
		if s.wrote >= 0 && b.refused[s.wrote] == nil {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, comparePairs)
	late := false
	for _, k := range keys {
		s := b.known[k]
		var n int64
		var err error
		if s.isNew {
			n, err = c.changed(ctx, `INSERT INTO disclosed (requester, subject, version, received) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				k.a, k.b, s.version, s.received)
		} else {
			n, err = c.changed(ctx, `UPDATE disclosed SET version = ?, received = ? WHERE requester = ? AND subject = ?`,
				s.version, s.received, k.a, k.b)
		}
		if err != nil {
			return err
		}
		if n == 0 {
			b.late[s.wrote], late = true, true
		}
	}
	if late {
		return errLate
	}
	return nil
}

// encodeGroups makes equal sets equal strings.
func encodeGroups(groups []string) string {
	sorted := slices.Compact(slices.Sorted(slices.Values(groups)))
	if sorted == nil {
		return "[]"
	}
	b, _ := json.Marshal(sorted) // strings always marshal
	return string(b)
}
