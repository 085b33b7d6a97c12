// Package audit checks a gateway's ledger as a whole: that its store and its
// transparency log each hold together and agree with one another (Check), that
// nothing was left out of a range (Prove, Verify), and that a backup ends where its
// original did (Backup, Restore).
package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/tlog"
)

// Ledger is a store with its log.
type Ledger struct {
	Store ledger.Store
	Log   *tlog.Reader
}

// Kinds of faults.
const (
	FaultRow   = "row"   // a decision is not what its leaf was computed over, or its erasure does not hold
	FaultLog   = "log"   // a file of the log does not say what its checkpoint says
	FaultPlace = "place" // a decision is not where the store says
	FaultEntry = "entry" // an entry of the log is neither a decision of the store nor padding
	FaultIndex = "index" // a search does not find a decision by what it says
	FaultHead  = "head"  // the published checkpoint is not the one that the store remembers, or older
)

// Fault is one thing that is wrong.
type Fault struct {
	Kind  string `json:"kind"`
	Place string `json:"place"`
	What  string `json:"what"`
}

// Report is what a check found.
type Report struct {
	Decisions int     `json:"decisions"`
	Erased    int     `json:"erased"`
	Waiting   int     `json:"waiting"` // decisions that no published checkpoint covers yet
	Entries   uint64  `json:"entries"` // of the published log
	Padding   uint64  `json:"padding"`
	Root      string  `json:"root"` // base64url
	Faults    []Fault `json:"faults"`
}

// atOnce is how many rows are read together.
const atOnce = 500

// check is one on its way.
type check struct {
	Ledger
	Report
	head   tlog.Head
	seen   []uint64 // a bit for each entry that is a decision
	window []tlog.Leaf
	start  uint64 // index of the first leaf of window
}

// Check reads all of the store and all of the published log. Its error says that it
// could not be checked; what is wrong is in the report.
func (l Ledger) Check(ctx context.Context) (Report, error) {
	c := check{Ledger: l}
	c.Faults = []Fault{}
	for _, step := range []func(context.Context) error{c.published, c.rows, c.entries} {
		if err := step(ctx); err != nil {
			return c.Report, err
		}
	}
	return c.Report, nil
}

func (c *check) fault(kind, place string, err error) {
	c.Faults = append(c.Faults, Fault{kind, place, err.Error()})
}

// published checks the log by itself, and that it is the one that the store knows.
func (c *check) published(ctx context.Context) error {
	// First what the store remembers: a log that goes on meanwhile has published more, never less.
	remembered, unknown := c.Store.Head(ctx, ledger.HeadOwn, c.Log.Origin())
	p, err := c.Log.Published()
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		p, err = tlog.Checkpoint{}, nil
	} else if err == nil {
		if broken := c.Log.Check(ctx); broken != nil {
			c.fault(FaultLog, c.Log.Origin(), broken)
		}
	}
	if err != nil {
		c.fault(FaultLog, c.Log.Origin()+": checkpoint", err)
	}
	if err := c.Log.CheckPadKey(); err != nil && !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		c.fault(FaultLog, c.Log.Origin()+": padding", err)
	}
	c.head, c.Entries, c.Root = p.Head, p.Size, envelope.Base64(p.Root[:])
	c.seen = make([]uint64, p.Size/64+1)
	switch {
	case errors.Is(unknown, problem.New(problem.CodeNotFound, "")):
		return nil
	case unknown != nil:
		return unknown
	case remembered.Size > p.Size:
		c.fault(FaultHead, c.Log.Origin(), fmt.Errorf("the store remembers %d entries, the published checkpoint has %d", remembered.Size, p.Size))
	case remembered.Size == p.Size && remembered.Root != p.Root:
		c.fault(FaultHead, c.Log.Origin(), errors.New("the store remembers another root"))
	}
	return nil
}

// rows checks every decision by itself, and its place in the log.
func (c *check) rows(ctx context.Context) error {
	for after := int64(0); ; {
		rows, err := c.Store.Entries(ctx, after, atOnce)
		if err != nil || len(rows) == 0 {
			return err
		}
		unfound, err := c.Store.Unfound(ctx, rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			after = r.Seq
			c.Decisions++
			if why := unfound[r.ID]; why != "" {
				c.fault(FaultIndex, "decision "+r.ID, errors.New(why))
			}
			if err := ledger.Verify(r); err != nil {
				c.fault(FaultRow, "decision "+r.ID, err)
			}
			if err := c.erased(ctx, r); err != nil {
				return err
			}
			c.place(ctx, r)
		}
	}
}

// erased checks that the decision on an erasure says so.
func (c *check) erased(ctx context.Context, r ledger.Row) error {
	if r.Erased == nil {
		return nil
	}
	c.Erased++
	by, err := c.Store.Decision(ctx, r.Erased.Decision)
	if err == nil {
		err = ledger.CheckStatement(by, r)
	}
	if errors.Is(err, problem.New(problem.CodeUnavailable, "")) {
		return err
	}
	if err != nil {
		c.fault(FaultRow, "decision "+r.ID, err)
	}
	return nil
}

func (c *check) place(ctx context.Context, r ledger.Row) {
	if r.LogIndex < 0 || uint64(r.LogIndex) >= c.head.Size {
		c.Waiting++
		return
	}
	index := uint64(r.LogIndex)
	place := "decision " + r.ID + ", entry " + strconv.FormatUint(index, 10)
	if c.seen[index/64]&(1<<(index%64)) != 0 {
		c.fault(FaultPlace, place, errors.New("another decision is there as well"))
	}
	c.seen[index/64] |= 1 << (index % 64)
	leaf, err := c.leaf(ctx, index)
	switch {
	case err != nil:
		c.fault(FaultLog, place, err)
	case string(leaf[:]) != string(r.Leaf):
		c.fault(FaultPlace, place, errors.New("the log has another leaf there"))
	}
}

// leaf reads one; decisions come nearly in the order of the log.
func (c *check) leaf(ctx context.Context, index uint64) (tlog.Leaf, error) {
	if index < c.start || index >= c.start+uint64(len(c.window)) {
		c.start, c.window = index/bundle*bundle, c.window[:0]
		err := c.Log.Scan(ctx, c.start, min(c.start+bundle, c.head.Size), func(_ uint64, leaf tlog.Leaf) error {
			c.window = append(c.window, leaf)
			return nil
		})
		if err != nil {
			c.window = c.window[:0]
			return tlog.Leaf{}, err
		}
	}
	return c.window[index-c.start], nil
}

// entries looks at what no decision accounts for.
func (c *check) entries(ctx context.Context) error {
	err := c.Log.Scan(ctx, 0, c.head.Size, func(index uint64, leaf tlog.Leaf) error {
		switch {
		case c.seen[index/64]&(1<<(index%64)) != 0:
		case c.Log.Padded(index, leaf):
			c.Padding++
		default:
			c.fault(FaultEntry, "entry "+strconv.FormatUint(index, 10), errors.New("no decision of the store has it, and it is no padding"))
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		c.fault(FaultLog, c.Log.Origin()+": entries", err)
		return nil
	}
	return err
}
