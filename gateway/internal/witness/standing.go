package witness

import (
	"context"
	"errors"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Standing is the head that the next checkpoint of a participant's log must continue,
// for who keeps heads of a kind: the newest of its generation or, where there is none
// yet, what is remembered of an earlier one, across the breaks that the registry names
// since (checkpoint.Break.Across, whose errors it gives, with the head that is
// remembered). stored is what SetHead has to replace.
func Standing(ctx context.Context, heads Heads, kind, participant string, breaks []checkpoint.Break) (head ledger.Head, stored uint64, err error) {
	n := len(breaks) + 1
	for ; n > 0; n-- {
		head, err = heads.Head(ctx, kind, checkpoint.Generation(participant, n))
		if err == nil || !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
			break
		}
	}
	switch {
	case n == 0:
		head, n = ledger.Head{}, max(len(breaks), 1) // who remembers nothing believes the newest break
	case err != nil:
		return head, 0, err
	case n > len(breaks):
		return head, head.Size, nil
	}
	at := checkpoint.Head{Size: head.Size, Root: head.Root}
	for _, b := range breaks[n-1:] {
		if at, err = b.Across(at); err != nil {
			return head, 0, err
		}
	}
	head.Size, head.Root = at.Size, at.Root
	return head, 0, nil
}

// Remembered is the checkpoint of a participant's own log that was cosigned last, for
// that participant; "not_found" if there is none.
func (w *Witness) Remembered(ctx context.Context, participant, origin string) ([]byte, error) {
	if checkpoint.GenerationOf(participant, origin) == 0 {
		return nil, problem.New(problem.CodeNotFound, "log")
	}
	head, err := w.Heads.Head(ctx, ledger.HeadWitnessed, origin)
	return head.Raw, err
}

func (w *Witness) breaks(participant string) []checkpoint.Break {
	if w.Breaks == nil {
		return nil
	}
	return w.Breaks(participant)
}
