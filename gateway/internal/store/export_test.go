package store

import (
	"context"

	"homeward.example/gateway/internal/ledger"
)

// OnStep calls f between the parts of every transaction.
func OnStep(s ledger.Store, f func(string)) { s.(*Store).writer.step = f }

// Count counts the rows of a table.
func Count(ctx context.Context, s ledger.Store, table string) (n int, err error) {
	err = s.(*Store).db.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n)
	return n, err
}

// Load stores commits in one transaction, as many as there are.
func Load(s ledger.Store, commits []ledger.Commit) error {
	items := make([]*waiting, len(commits))
	for i := range commits {
		items[i] = &waiting{Commit: &commits[i]}
	}
	s.(*Store).writer.commitBatch(items)
	for _, item := range items {
		if item.err != nil {
			return item.err
		}
	}
	return nil
}

// Analyze gathers what PostgreSQL plans by, as it does by itself within minutes.
func Analyze(ctx context.Context, s ledger.Store) error {
	_, err := s.(*Store).db.ExecContext(ctx, `ANALYZE`)
	return err
}
