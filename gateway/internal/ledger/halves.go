package ledger

import (
	"bytes"
	"context"
	"encoding/base64"
	"time"
)

// Half is what one side of an exchange recorded: that it asked, or answered. It
// names the messages by their digests, which outlive an erasure.
type Half struct {
	Decision string
	Kind     string
	At       time.Time
	// Question and Answer are as in Kept.
	Question, Answer [32]byte
}

// Asked says whether it is the half of who asked.
func (h Half) Asked() bool { return h.Kind != KindAnswered && h.Kind != KindCollected }

// HalfStore finds halves.
type HalfStore interface {
	// Halves lists those of exchanges with a peer that were recorded from a time up
	// to, not including, another, the oldest first.
	Halves(ctx context.Context, peer string, from, to time.Time, limit int) ([]Half, error)
}

// halves names the messages. Only questions have halves: notices and reports are
// sent until they are acknowledged, and each side records them when it must.
func (k *Kept) halves(e Exchanged) {
	question := e.Query
	if len(e.Again.JWS) > 0 {
		question = e.Again
	}
	if asks(question.JWS) {
		k.Question = question.digest()
	}
	if len(e.Answer.JWS) > 0 {
		k.Answer = e.Answer.digest()
	}
}

// asks says whether a message is a query or a collect, by the typ of its header.
func asks(jws []byte) bool {
	header, _, _ := bytes.Cut(jws, []byte{'.'})
	plain := make([]byte, base64.RawURLEncoding.DecodedLen(len(header)))
	n, err := base64.RawURLEncoding.Decode(plain, header)
	return err == nil && (bytes.Contains(plain[:n], []byte(`"homeward-query+sd-jwt"`)) || bytes.Contains(plain[:n], []byte(`"homeward-collect+sd-jwt"`)))
}
