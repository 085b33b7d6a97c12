package ledger

import (
	"context"
	"time"
)

// Kinds of documents.
const (
	DocumentRegistry = "registry" // a signed registry; its digest is "sha256:" and hex, as of its file
	DocumentBundle   = "bundle"   // a policy bundle's archive, under the bundle's digest
	DocumentOverlay  = "overlay"  // an overlay's archive, under the overlay's digest
	DocumentEvidence = "evidence" // an evidence package of another participant, as it came
)

// Document is what decisions refer to by digest and evidence of them needs. None
// changes and none is dropped. There is nothing of a child in those of this gateway.
type Document struct {
	Kind   string
	Digest string
	At     time.Time // when it came into force here, or came
	// Name is what an evidence package is found by: the holder's decision.
	Name string
	Body []byte
}

// DocumentStore keeps documents.
type DocumentStore interface {
	// PutDocument keeps a document; one that is there stays as it is.
	PutDocument(ctx context.Context, d Document) error
	// Document returns problem "not_found" if there is none of this digest.
	Document(ctx context.Context, kind, digest string) (Document, error)
	// DocumentAt is the one of a kind that came into force last by a time; "not_found"
	// if none had by then.
	DocumentAt(ctx context.Context, kind string, at time.Time) (Document, error)
	// DocumentsOf lists those of a kind and name, the oldest first.
	DocumentsOf(ctx context.Context, kind, name string) ([]Document, error)
}
