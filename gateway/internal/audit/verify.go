package audit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"time"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/tlog"
)

// Verdict is what a proof shows.
type Verdict struct {
	Origin string `json:"origin"`
	// Complete: every entry of the time is shown, and that there are no others.
	Complete bool   `json:"complete"`
	Size     uint64 `json:"size"`  // of the checkpoint
	First    uint64 `json:"first"` // the entries that are shown, up to, not including, End
	End      uint64 `json:"end"`
	// Decisions of that time, Erased among them, and entries that are padding.
	Decisions int `json:"decisions"`
	Erased    int `json:"erased"`
	Padding   int `json:"padding"`
	// Before and After: the range begins with the log or with an earlier decision, and
	// ends with the log or with a later one.
	Before bool `json:"before"`
	After  bool `json:"after"`
	// NotShown are entries that are neither opened nor shown to be padding.
	NotShown []uint64 `json:"not_shown"`
	Waiting  int      `json:"waiting"`
}

// Verify checks a proof with nothing but the log's key. An error is a proof that
// does not hold; a Verdict that is not Complete is one that does not show all.
func Verify(p Proof, key note.Verifier) (Verdict, error) {
	v := Verdict{Origin: p.Origin, First: p.First, End: p.First + uint64(len(p.Entries)), NotShown: []uint64{}, Waiting: p.Waiting}
	c, err := checkpoint.Parse([]byte(p.Checkpoint), p.Origin, key)
	if err != nil {
		return v, err
	}
	v.Size = c.Size
	if err := inLog(p, c); err != nil {
		return v, err
	}
	v.Before, v.After = p.First == 0, v.End == c.Size
	pads := tlog.Read(tlog.Options{Origin: p.Origin, PadKey: p.PadKey})
	for i, e := range p.Entries {
		index := p.First + uint64(i)
		d, err := opened(e)
		switch {
		case err != nil:
			return v, problem.Wrap(checkpoint.CodeProof, "entry", err)
		case d == nil && len(p.PadKey) > 0 && pads.Padded(index, tlog.Leaf(e.Leaf)):
			v.Padding++
		case d == nil:
			v.NotShown = append(v.NotShown, index)
		default:
			v.count(d, e.Erased != nil, p.From, p.To, i == 0, i == len(p.Entries)-1)
		}
	}
	v.Complete = v.Before && v.After && len(v.NotShown) == 0 && v.Waiting == 0
	return v, nil
}

// inLog checks that the entries are those of the log that was published.
func inLog(p Proof, c tlog.Checkpoint) error {
	leaves := make([]tlog.Leaf, len(p.Entries))
	for i, e := range p.Entries {
		if len(e.Leaf) != len(tlog.Leaf{}) {
			return problem.New(checkpoint.CodeProof, "leaf")
		}
		leaves[i] = tlog.Leaf(e.Leaf)
	}
	end := p.First + uint64(len(leaves))
	if len(leaves) == 0 || end < p.First || end > c.Size {
		return problem.New(checkpoint.CodeProof, "range")
	}
	root, err := tlog.RootAfter(p.Prefix, p.First, leaves)
	if err != nil {
		return err
	}
	return checkpoint.VerifyConsistency(tlog.Head{Size: end, Root: root}, c.Head, p.Consistency)
}

// count takes a decision in. One at the edge of the range, of another time, shows
// that the range goes as far as it must.
func (v *Verdict) count(d *ledger.Decision, erased bool, from, to time.Time, first, last bool) {
	switch {
	case d.At.Before(from):
		v.Before = v.Before || first
	case !d.At.Before(to):
		v.After = v.After || last
	default:
		v.Decisions++
		if erased {
			v.Erased++
		}
	}
}

// opened returns the decision of an entry, nil if the entry is said to be padding.
func opened(e Entry) (*ledger.Decision, error) {
	content := e.Content
	switch {
	case e.Erased != nil:
		content = e.Erased.Content
		if err := erasedFrom(e); err != nil {
			return nil, err
		}
	case len(content) == 0:
		return nil, nil //nolint:nilnil // padding is neither a decision nor an error
	default:
		if leaf := ledger.Leaf(e.Salt, content); !bytes.Equal(leaf[:], e.Leaf) {
			return nil, errors.New("the decision that is shown does not give its leaf")
		}
	}
	d, err := ledger.ParseDecision(content)
	return &d, err
}

// erasedFrom checks that the erasure was recorded, and says what remains.
func erasedFrom(e Entry) error {
	by, err := ledger.ParseDecision(e.Erased.By)
	if err != nil {
		return err
	}
	d, err := ledger.ParseDecision(e.Erased.Content)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(e.Erased.Content)
	return ledger.CheckStatement(
		ledger.Row{ID: by.ID, Content: e.Erased.By, Salt: e.Erased.BySalt, Details: e.Erased.Statement},
		ledger.Row{ID: d.ID, Leaf: e.Leaf, Erased: &ledger.Erasure{Under: e.Erased.Under, Remains: sum[:]}},
	)
}
