package ledger

import "crypto/sha256"

// Draft is a decision with its id and leaf that is not durable yet. What is signed
// over a Draft leaves with the Receipt of the same decision alone.
type Draft struct {
	id      string
	leaf    [32]byte
	content []byte
	digest  [32]byte // of content
	made    bool
}

// ID of the decision.
func (d Draft) ID() string { return d.id }

// Leaf of the decision.
func (d Draft) Leaf() [32]byte { return d.leaf }

// Content is what is decided on, and so what may be signed. It is not to be changed;
// nil of no draft.
func (d Draft) Content() []byte { return d.content }

// covers recomputes the digest of a content and compares it with what is decided on.
func (d Draft) covers(content []byte) bool {
	return d.made && sha256.Sum256(content) == d.digest
}
