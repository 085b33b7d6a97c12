package store

import (
	"context"
	"time"

	"homeward.example/gateway/internal/ledger"
)

// PutDocument implements ledger.Store.
func (s *Store) PutDocument(ctx context.Context, d ledger.Document) error {
	return s.write(ctx, "documents", `INSERT INTO documents (kind, digest, at, name, body) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (kind, digest) DO NOTHING`, d.Kind, d.Digest, d.At.UnixMicro(), d.Name, d.Body)
}

const documentColumns = `SELECT kind, digest, at, name, body FROM documents`

func scanDocument(r scanner, d *ledger.Document) error {
	return r.Scan(&d.Kind, &d.Digest, micros{&d.At}, &d.Name, &d.Body)
}

// Document implements ledger.Store.
func (s *Store) Document(ctx context.Context, kind, digest string) (ledger.Document, error) {
	return one(ctx, s, kind, scanDocument, documentColumns+` WHERE kind = ? AND digest = ?`, kind, digest)
}

// DocumentAt implements ledger.Store.
func (s *Store) DocumentAt(ctx context.Context, kind string, at time.Time) (ledger.Document, error) {
	return one(ctx, s, kind, scanDocument, documentColumns+` WHERE kind = ? AND at <= ? ORDER BY at DESC LIMIT 1`, kind, at.UnixMicro())
}

// DocumentsOf implements ledger.Store.
func (s *Store) DocumentsOf(ctx context.Context, kind, name string) ([]ledger.Document, error) {
	return list(ctx, s, kind, scanDocument, documentColumns+` WHERE kind = ? AND name = ? ORDER BY at, digest`, kind, name)
}
