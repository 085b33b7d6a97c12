package replay

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"homeward.example/gateway/internal/problem"
)

// CodeReplayed: the message (iss, jti) came before.
const CodeReplayed problem.Code = "replayed"

// Skew is how long after its end a message is remembered, so that clocks which
// differ by it agree.
const Skew = 10 * time.Second

// memoryLimit bounds the filter at about 60 MB: 4,000 messages a second that live 120 s.
const memoryLimit = 1 << 19

// Memory is the filter of a single machine. After a restart it is empty, which
// is safe: the claim in the decision's transaction is the guarantee.
type Memory struct {
	now   func() time.Time
	limit int

	mu   sync.Mutex
	seen map[key]struct{}
	// ends holds the keys by the second in which they may be forgotten.
	ends map[int64][]key
	next int64 // earliest second in ends that may be due
}

type key [sha256.Size]byte

// NewMemory returns an empty filter that tells the time by the given clock.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, limit: memoryLimit, seen: make(map[key]struct{}), ends: make(map[int64][]key)}
}

// Claim implements Filter. A full filter refuses new messages ("unavailable")
// rather than forget an old one.
func (m *Memory) Claim(_ context.Context, issuer, jti string, _, expires time.Time) error {
	k := keyOf(issuer, jti)
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(now)
	if _, ok := m.seen[k]; ok {
		return problem.New(CodeReplayed, "claim jti")
	}
	if len(m.seen) >= m.limit {
		return problem.New(problem.CodeUnavailable, "replay filter full")
	}
	end := expires
	if end.Before(now) {
		end = now // a caller that lets expired messages in still has them once
	}
	second := end.Add(Skew).Unix() + 1
	m.seen[k] = struct{}{}
	m.ends[second] = append(m.ends[second], k)
	m.next = min(m.next, second)
	return nil
}

// forget drops what ended. It looks at the seconds present, of which there are
// as many as a message lives, and only once a second is due.
func (m *Memory) forget(now time.Time) {
	if now.Unix() < m.next {
		return
	}
	m.next = now.Unix() + 1<<40
	for second, keys := range m.ends {
		if second > now.Unix() {
			m.next = min(m.next, second)
			continue
		}
		for _, k := range keys {
			delete(m.seen, k)
		}
		delete(m.ends, second)
	}
}

// keyOf encodes with lengths, so that no two pairs collide by joining.
func keyOf(issuer, jti string) key {
	b := make([]byte, 0, 128)
	b = binary.AppendUvarint(b, uint64(len(issuer)))
	b = append(b, issuer...)
	b = append(b, jti...)
	return sha256.Sum256(b)
}
