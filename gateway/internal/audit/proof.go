package audit

import (
	"context"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/tlog"
)

// Proof shows every entry of a range of a log, and that the range is in the log as
// it was published: an entry that was left out, or that says something else than it
// did, does not fit. Bytes are base64 in JSON.
type Proof struct {
	Origin string    `json:"origin"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	// Checkpoint is the signed note.
	Checkpoint string `json:"checkpoint"`
	First      uint64 `json:"first"` // index of the first entry
	// Prefix is the compact range of the entries before the first.
	Prefix [][]byte `json:"prefix"`
	// Consistency proves that the checkpoint goes on from the last entry (RFC 6962).
	Consistency [][]byte `json:"consistency"`
	Entries     []Entry  `json:"entries"`
	// PadKey shows which entries are padding, here and in all of this log.
	PadKey []byte `json:"pad_key,omitempty"`
	// Waiting decisions of that time are in no published checkpoint yet.
	Waiting int `json:"waiting"`
}

// Entry is one leaf with what it was computed over. One that has neither Content nor
// Erased is padding.
type Entry struct {
	Leaf    []byte  `json:"leaf"`
	Content []byte  `json:"content,omitempty"` // the decision as it is stored
	Salt    []byte  `json:"salt,omitempty"`
	Erased  *Erased `json:"erased,omitempty"`
}

// Erased shows why an entry can no longer be opened.
type Erased struct {
	At    time.Time `json:"at"`
	Under string    `json:"under"`
	// Content is what remains; By, its salt and Statement are the decision that says so.
	Content   []byte `json:"content"`
	By        []byte `json:"by"`
	BySalt    []byte `json:"by_salt"`
	Statement []byte `json:"statement"`
}

// Prove shows all entries of a time, from <= at < to, with the decision before and
// the one after, so that it is seen that the range goes from edge to edge.
func (l Ledger) Prove(ctx context.Context, from, to time.Time, padKey []byte) (Proof, error) {
	c, err := l.Log.Published()
	if err != nil {
		return Proof{}, err
	}
	span, err := l.Store.Span(ctx, from, to)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{
		Origin: c.Origin, From: from, To: to, Checkpoint: string(c.Raw), PadKey: padKey, Waiting: span.Waiting,
	}
	end := c.Size
	if span.End > 0 {
		p.First, end = uint64(max(span.Before, 0)), c.Size
		if span.After >= 0 {
			end = min(uint64(span.After)+1, c.Size)
		}
	}
	if p.First >= end {
		return p, problem.New(problem.CodeNotFound, "entries of that time in the published log")
	}
	if p.Entries, err = l.open(ctx, p.First, end, c.Size); err != nil {
		return p, err
	}
	if p.Prefix, err = l.Log.Prefix(ctx, p.First); err != nil {
		return p, err
	}
	p.Consistency, err = l.Log.Consistency(ctx, end, c.Size)
	return p, err
}

// bundle is how many entries stand in one file of the log.
const bundle = 256

// open lists the entries of a range with the decisions that they are. Files are as
// wide as the published log is, so the range is read up to the end of one.
func (l Ledger) open(ctx context.Context, first, end, size uint64) ([]Entry, error) {
	entries := make([]Entry, 0, end-first)
	err := l.Log.Scan(ctx, first, min((end+bundle-1)/bundle*bundle, size), func(index uint64, leaf tlog.Leaf) error {
		if index < end {
			entries = append(entries, Entry{Leaf: leaf[:]})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for at := first; at < end; {
		rows, err := l.Store.EntriesAt(ctx, at, atOnce)
		if err != nil {
			return nil, err
		}
		at = end
		for _, r := range rows {
			index := uint64(r.LogIndex)
			if index >= end {
				break
			}
			if err := l.show(ctx, &entries[index-first], r); err != nil {
				return nil, err
			}
			if len(rows) == atOnce {
				at = index + 1
			}
		}
	}
	return entries, nil
}

func (l Ledger) show(ctx context.Context, e *Entry, r ledger.Row) error {
	if r.Erased == nil {
		e.Content, e.Salt = r.Content, r.Salt
		return nil
	}
	by, err := l.Store.Decision(ctx, r.Erased.Decision)
	e.Erased = &Erased{r.Erased.At, r.Erased.Under, r.Content, by.Content, by.Salt, by.Details}
	return err
}
