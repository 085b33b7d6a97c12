package ledger

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// HolderReceipt is what a holder owes for an answer that was received: the proof
// that the leaf which it signed is in its transparency log. Nothing in it is of a
// child, so it outlives an erasure.
type HolderReceipt struct {
	Decision string // of this ledger: it recorded the answer
	Holder   string
	Theirs   string // the holder's decision
	Leaf     [32]byte
	At       time.Time // when the answer came
	State    string
	// Problem is the code of what went wrong at the last look, "" if nothing did.
	Problem string
	Next    time.Time // when it is looked for again
	Tries   int
	// Index, Size and Path are the proof, once it is here: the leaf's place in the
	// first Size leaves of the holder's log, and the hashes of RFC 6962, 32 bytes each.
	Index, Size uint64
	Path        []byte
	// Checkpoint is the signed note of Size leaves; Receipt alone reads it back.
	Checkpoint []byte
	// Was is the state that must stand for a Commit to replace it; otherwise it is
	// "disclosure_moved". Empty where it is new. It is not read back.
	Was string
}

// States of a receipt. One that is overdue or bad was complained of, and is looked
// for all the same.
const (
	ReceiptWaiting = "waiting"
	ReceiptHave    = "have"
	ReceiptOverdue = "overdue" // it did not come in time
	ReceiptBad     = "bad"     // what came does not hold
)

// ReceiptQuery selects receipts; what is empty selects all.
type ReceiptQuery struct {
	State, Holder string
	Limit         int
}

// ReceiptStore keeps receipts.
type ReceiptStore interface {
	// ReceiptsDue lists those to be looked for by now, the longest due first.
	ReceiptsDue(ctx context.Context, now time.Time, limit int) ([]HolderReceipt, error)
	// PutReceipts stores how receipts stand that came with no decision: proofs under
	// one checkpoint of an origin, or when to look again. A state that moved
	// meanwhile stays as it is.
	PutReceipts(ctx context.Context, origin string, receipts []HolderReceipt) error
	// Receipts lists the newest first; Receipt returns problem "not_found" if none is owed.
	Receipts(ctx context.Context, q ReceiptQuery) ([]HolderReceipt, error)
	Receipt(ctx context.Context, decision string) (HolderReceipt, error)
	// EntriesFor finds, of these decisions, those that were made on a message of a
	// peer and are in the log.
	EntriesFor(ctx context.Context, peer string, decisions []string) (map[string]LogEntry, error)
	// ReceiptCounts counts those that are not here, by state.
	ReceiptCounts(ctx context.Context) (map[string]int, error)
}

// FirstLook is how long after an answer its receipt is looked for at the earliest,
// a checkpoint being due every ten seconds; each takes up to as long again, by its
// leaf, so that what came at once is not asked for at once.
const FirstLook = 10 * time.Second

// Spread is a share of d that differs from leaf to leaf.
func Spread(leaf [32]byte, d time.Duration) time.Duration {
	return d / 1024 * time.Duration(binary.BigEndian.Uint16(leaf[:])%1024)
}

// owes is what the holder owes for a received answer; nil for any other decision.
func (d *Decision) owes() *HolderReceipt {
	leaf, err := base64.RawURLEncoding.DecodeString(d.TheirLeaf)
	if d.Kind != KindReceived && d.Kind != KindAcknowledged || err != nil || len(leaf) != 32 || d.TheirDecision == "" {
		return nil
	}
	r := &HolderReceipt{
		Decision: d.ID, Holder: d.Peer, Theirs: d.TheirDecision, Leaf: [32]byte(leaf), At: d.At, State: ReceiptWaiting,
	}
	r.Next = d.At.Add(FirstLook + Spread(r.Leaf, FirstLook))
	return r
}
