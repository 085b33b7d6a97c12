package store

import (
	"context"

	"homeward.example/gateway/internal/ledger"
)

// exchangeRow is what was said, without what other rows say too.
type exchangeRow struct {
	decision                string
	signed, refs, disclosed []byte
	question, answer        []byte
}

// cutExchanges lists the rows to be written, and adds to what is fresh the parts
// that must be stored before them.
func (b *batch) cutExchanges(c *conn) []exchangeRow {
	rows := make([]exchangeRow, 0, len(b.items))
	for i, item := range b.items {
		if k := item.Exchange; k != nil && b.refused[i] == nil {
			signed, refs := c.parts.cut(k.Signed, k.Shared, b.fresh)
			rows = append(rows, exchangeRow{item.Row.ID, signed, refs, k.Disclosed, digestOrNull(k.Question), digestOrNull(k.Answer)})
			b.wrote += len(signed) + len(k.Disclosed)
		}
	}
	return rows
}

func (c *conn) writeExchanges(ctx context.Context, rows []exchangeRow) error {
	insert := bulk{c.dialect.insert + `exchanges (decision, parts, signed, disclosed, question, answer) VALUES `, 6, ``}
	_, err := c.execBulk(ctx, insert, len(rows), func(args []any, n int) []any {
		r := rows[n]
		return append(args, r.decision, r.refs, r.signed, r.disclosed, r.question, r.answer)
	})
	return err
}

// Exchange implements ledger.Store.
func (s *Store) Exchange(ctx context.Context, decision string) (ledger.Kept, error) {
	type stored struct {
		ledger.Kept
		refs []byte
	}
	k, err := one(ctx, s, "exchange", func(r scanner, k *stored) error { return r.Scan(&k.refs, &k.Signed, &k.Disclosed) },
		`SELECT parts, signed, disclosed FROM exchanges WHERE decision = ?`, decision)
	if err != nil {
		return ledger.Kept{}, err
	}
	k.Signed, err = s.whole(ctx, make(map[digest][]byte), k.Signed, k.refs)
	return k.Kept, err
}

// EraseExchanges implements ledger.Store.
func (s *Store) EraseExchanges(ctx context.Context, decisions []string) error {
	return s.writer.do(ctx, "exchanges", func(ctx context.Context, c *conn) error {
		for _, id := range decisions {
			if err := c.eraseExchange(ctx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *conn) eraseExchange(ctx context.Context, decision string) error {
	return c.exec(ctx, `UPDATE exchanges SET disclosed = NULL WHERE decision = ? AND disclosed IS NOT NULL`, decision)
}
