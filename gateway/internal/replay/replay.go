// Package replay is the early filter against a message that comes twice. The
// guarantee is not here: it is the primary key (iss, jti) in the decision's own
// transaction (package ledger). The filter keeps replays from costing work.
package replay

import (
	"context"
	"time"

	"homeward.example/gateway/internal/envelope"
)

// Filter remembers (iss, jti) until the message can no longer be valid.
type Filter interface {
	// Claim returns nil the first time, a problem "replayed" afterwards, and a
	// problem "unavailable" when it cannot tell: then the message is refused.
	Claim(ctx context.Context, issuer, jti string, issuedAt, expires time.Time) error
}

// Fresh is a verified message that the filter had not seen.
type Fresh struct{ verified envelope.Verified }

// Check claims the message. It runs after verification, so that nobody burns another's jti.
func Check(ctx context.Context, f Filter, v envelope.Verified) (Fresh, error) {
	if err := f.Claim(ctx, v.Issuer(), v.ID(), v.IssuedAt(), v.Expires()); err != nil {
		return Fresh{}, err
	}
	return Fresh{verified: v}, nil
}

// Verified returns the message.
func (f Fresh) Verified() envelope.Verified { return f.verified }

// Resume puts an earlier message in the place of the fresh one that asked for it
// again: a pending question is decided anew under the freshness of its collect.
func (f Fresh) Resume(earlier envelope.Verified) Fresh { return Fresh{verified: earlier} }
