package receipts

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Store is what the collector needs of ledger.Store.
type Store interface {
	ledger.ReceiptStore
	Head(ctx context.Context, kind, origin string) (ledger.Head, error)
	Heads(ctx context.Context, kind string) ([]ledger.Head, error)
	SetHead(ctx context.Context, was uint64, h ledger.Head) error
}

// Registry knows the keys of logs, and who must cosign.
type Registry interface {
	LogKey(participant string) (ed25519.PublicKey, bool)
	Witnesses(but string) (ids []string, quorum int)
	// Breaks are where the registry ends the generations of a participant's log.
	Breaks(participant string) []checkpoint.Break
}

// Collector looks for the receipts of received answers. All fields are mandatory.
type Collector struct {
	Self     string
	Store    Store
	Ledger   *ledger.Ledger
	Registry Registry
	// Fetch posts to a participant's log, as api.Peer.Fetch does.
	Fetch func(ctx context.Context, participant, path string, body []byte) (status int, reply []byte, err error)
	// Forked is told of a log that signed two histories; both checkpoints are its proof.
	Forked func(ctx context.Context, participant string, have, other []byte)
	// Complained counts complaints, by state.
	Complained func(state string)
	Now        func() time.Time
	// Within is how long a holder may take to prove an answer.
	Within time.Duration
}

// Bounds of one round, so that neither side is overrun after an absence.
const (
	dueAtOnce     = 1024
	holdersAtOnce = 8
	askTime       = 10 * time.Second
)

// Round looks for the receipts that are due. Those of one holder are asked for one
// batch after the other; its first failure puts off all that come after it.
func (c *Collector) Round(ctx context.Context) error {
	due, err := c.Store.ReceiptsDue(ctx, c.Now(), dueAtOnce)
	if err != nil {
		return err
	}
	byHolder := make(map[string][]ledger.HolderReceipt)
	for _, r := range due {
		byHolder[r.Holder] = append(byHolder[r.Holder], r)
	}
	var holders errgroup.Group
	holders.SetLimit(holdersAtOnce)
	for holder, receipts := range byHolder {
		holders.Go(func() error { return c.collect(ctx, holder, receipts) })
	}
	return holders.Wait()
}

func (c *Collector) collect(ctx context.Context, holder string, receipts []ledger.HolderReceipt) error {
	var last answered
	for part := range slices.Chunk(receipts, AtOnce) {
		if last.code == "" {
			ask, cancel := context.WithTimeout(ctx, askTime)
			came, err := c.ask(ask, holder, part)
			cancel()
			if err != nil || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			last = came
		}
		if err := c.settle(ctx, holder, last, part); err != nil {
			return err
		}
	}
	return nil
}

// settle stores how each receipt stands after a look, and complains where it must.
func (c *Collector) settle(ctx context.Context, holder string, came answered, receipts []ledger.HolderReceipt) error {
	now := c.Now()
	var quiet []ledger.HolderReceipt
	told := false
	for _, r := range receipts {
		r.Was = r.State
		found := came.take(&r)
		stands(&r, found, now, c.Within)
		if r.State == r.Was || r.State == ledger.ReceiptHave {
			quiet = append(quiet, r)
			continue
		}
		if found.forked[0] != nil && !told {
			told = true
			c.Forked(ctx, holder, found.forked[0], found.forked[1])
		}
		if err := c.complain(ctx, r, found); err != nil {
			return err
		}
	}
	return c.Store.PutReceipts(ctx, came.head.Origin, quiet)
}

// stands is how a receipt stands after a look.
func stands(r *ledger.HolderReceipt, found finding, now time.Time, within time.Duration) {
	r.Problem, r.Tries = string(found.code), r.Tries+1
	switch {
	case found.code == "":
		r.State, r.Next = ledger.ReceiptHave, time.Time{}
		return
	case found.bad:
		r.State = ledger.ReceiptBad
	case r.State == ledger.ReceiptWaiting && now.Sub(r.At) >= within:
		r.State = ledger.ReceiptOverdue
	}
	wait := backoff(r.Tries)
	r.Next = now.Add(wait + ledger.Spread(r.Leaf, wait))
	if end := r.At.Add(within); r.State == ledger.ReceiptWaiting && r.Next.After(end) {
		r.Next = end.Add(ledger.Spread(r.Leaf, ledger.FirstLook)) // the complaint is due then, not at the next look
	}
}

// backoff doubles from ten seconds to half an hour.
func backoff(tries int) time.Duration {
	return min(ledger.FirstLook<<min(tries-1, 20), 30*time.Minute)
}

// complain records that a holder did not prove what it signed, with what it sent.
func (c *Collector) complain(ctx context.Context, r ledger.HolderReceipt, found finding) error {
	content := found.evidence
	if len(content) == 0 {
		content = r.Leaf[:] // the promise that was not kept
	}
	_, err := c.Ledger.Record(ctx, content, ledger.Decision{
		Kind: ledger.KindComplaint, Holder: r.Holder, Requester: c.Self, Peer: r.Holder,
		Outcome: r.State, Reason: string(found.code),
		TheirDecision: r.Theirs, TheirLeaf: base64.RawURLEncoding.EncodeToString(r.Leaf[:]),
	}, ledger.Commit{Row: ledger.Row{Details: found.evidence}, Receipt: &r})
	if errors.Is(err, problem.New(ledger.CodeMoved, "")) {
		return nil // another process did
	}
	if err == nil {
		c.Complained(r.State)
	}
	return err
}
