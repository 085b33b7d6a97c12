package demo

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/trust"
)

// wire records what gov-pl's gateway sends, so that the story can send it again
// or with one byte changed. It passes everything on unchanged.
type wire struct {
	exchange.Sender
	mu   sync.Mutex
	sent map[string]string // the last sealed query by holder
}

// Send implements exchange.Sender.
func (w *wire) Send(ctx context.Context, to trust.Participant, method, sealed string) (string, error) {
	w.mu.Lock()
	if w.sent == nil {
		w.sent = make(map[string]string)
	}
	w.sent[to.ID] = sealed
	w.mu.Unlock()
	return w.Sender.Send(ctx, to, method, sealed)
}

func (w *wire) last(holder string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent[holder]
}

// signedPayload is the signed part of a message that was verified before.
func signedPayload(sdjwt string) ([]byte, error) {
	jws, _, _ := strings.Cut(sdjwt, "~")
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("no signed message where an answer should be")
	}
	return base64.RawURLEncoding.DecodeString(parts[1])
}
