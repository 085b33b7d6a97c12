package exchange

import (
	"context"
	"sync"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// RevokeLink takes back a case link that was issued here. From then on this gateway
// answers a question with it as one without a link, and hands it out no more; one
// that runs beside this process does so within a second. Other holders whom the link
// names as leads cannot know. The error is "not_found" for a link that was not issued
// here, or has ended.
func (x *Exchange) RevokeLink(ctx context.Context, id string, officer envelope.Officer) (ledger.Link, error) {
	link, err := x.Store.Link(ctx, id)
	if err != nil {
		return ledger.Link{}, err
	}
	_, err = x.Ledger.Record(ctx, []byte(link.Token), ledger.Decision{
		Kind: ledger.KindRevoked, Holder: x.Self, Requester: link.Recipient, Peer: link.Recipient,
		Officer: officer, QueryID: link.QueryJTI, Links: []string{link.ID}, Outcome: "revoked",
	}, ledger.Commit{Revoked: link.ID})
	x.revoked.forget()
	return link, err
}

// revoked remembers for a second which links were taken back: reading them for
// each question would cost as much as deciding it.
type revoked struct {
	mu  sync.Mutex
	ids map[string]bool
	at  time.Time
}

const revokedFor = time.Second

// has says whether a link was taken back. What cannot be read is an error: a link
// that may have been taken back opens nothing.
func (r *revoked) has(ctx context.Context, s ledger.Store, id string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := time.Now(); r.ids == nil || now.Sub(r.at) >= revokedFor {
		list, err := s.Revoked(ctx)
		if err != nil {
			return false, err
		}
		r.ids, r.at = make(map[string]bool, len(list)), now
		for _, id := range list {
			r.ids[id] = true
		}
	}
	return r.ids[id], nil
}

func (r *revoked) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids = nil
}
