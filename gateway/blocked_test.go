package gateway

import (
	"context"
	"errors"
	"testing"

	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
)

var errUnreadable = errors.New("a test")

type unreadable struct{ ledger.Store }

func (unreadable) Blocked(context.Context) ([]string, error) { return nil, errUnreadable }

// A gateway that cannot read whom it blocks does not start as if it blocked nobody; one
// that runs goes on with what it read last.
func TestBlockedThatCannotBeRead(t *testing.T) {
	t.Parallel()
	g := &Gateway{store: unreadable{}}
	if err := g.openRegistry(t.Context(), Deps{}, &exchange.Deps{}); !errors.Is(err, errUnreadable) {
		t.Errorf("it starts: %v", err)
	}
}
