package exchange

import (
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// Departure is tested by itself, since a test must not wait for beats.
var Departure = departure

// Posted is the notice that waits in a row of the outbox, where it is sealed.
func (x *Exchange) Posted(item ledger.OutboxItem) (envelope.Notice, error) { return x.posted(item) }
