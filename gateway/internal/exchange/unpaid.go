package exchange

import (
	"context"
	"errors"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// unpaid is a refusal of what no budget was spent on: a message that verifies, and says
// what no message may say.
type unpaid struct{ error }

func (u unpaid) Unwrap() error { return u.error }

// isUnpaid says whether no budget bounds how often a cause is met.
func isUnpaid(cause error) bool {
	_, ok := errors.AsType[unpaid](cause)
	return ok || errors.Is(cause, problem.New(ledger.CodeReplayed, "")) || errors.Is(cause, problem.New(budget.CodeRateLimited, ""))
}

// flooded bounds how many rows one participant can make that no budget bounds: past
// that its messages are counted in the metrics and told the coarse status.
func (x *Exchange) flooded(ctx context.Context, message envelope.Verified) bool {
	return x.unpaid.Spend(ctx, budget.Request{Participant: message.Issuer(), Size: len(message.SDJWT()), Now: x.Now()}) != nil
}

// refusals is how many of those of one participant are recorded in an hour.
const refusals = 200

// spend spends the budget on a message, which is kept: it counts by its size.
func (x *Exchange) spend(ctx context.Context, message envelope.Verified, r budget.Request) error {
	r.Participant, r.Size, r.Now = message.Issuer(), len(message.SDJWT()), x.Now()
	return x.Budget.Spend(ctx, r)
}
