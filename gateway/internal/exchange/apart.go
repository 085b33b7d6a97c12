package exchange

import (
	"context"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

func (x *Exchange) apart(context.Context, sentMessage, envelope.Answer, *ledger.Commit) ([]string, error) {
	return nil, nil
}
