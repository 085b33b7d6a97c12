package exchange

import (
	"context"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// Report is the chain of a recipient of sightings.
func (x *Exchange) Report(ctx context.Context, peer, sealed string) (string, error) {
	verified, err := x.verify(peer, sealed, envelope.TypeSighting)
	if err != nil {
		return "", err
	}
	return x.refuse(ctx, verified, problem.New(CodeUnknownEvent, "claim event"))
}
