package witness

import (
	"context"
	"strconv"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Standing is the head that the next checkpoint of a participant's log must continue,
// for who keeps heads of a kind: the newest of its generation or, where there is none
// yet, what is remembered of an earlier one, across the breaks that the registry names
// since (checkpoint.Break.Across, whose errors it gives, with the head that is
// remembered). A registry that names an earlier generation than is remembered is
// checkpoint.CodeGeneration: the log of before would go on as if the later one had never
// been. stored is what SetHead has to replace.
func Standing(ctx context.Context, heads Heads, kind, participant string, breaks []checkpoint.Break) (head ledger.Head, stored uint64, err error) {
	all, err := heads.Heads(ctx, kind)
	if err != nil {
		return head, 0, err
	}
	n := 0
	for _, h := range all {
		if of := checkpoint.GenerationOf(participant, h.Origin); of > n {
			n, head = of, h
		}
	}
	switch named := len(breaks) + 1; {
	case n > named:
		return head, 0, problem.Mismatch(checkpoint.CodeGeneration, "registry", "generation "+strconv.Itoa(n)+", which was seen, or a later one", "generation "+strconv.Itoa(named))
	case n == named:
		return head, head.Size, nil
	case n == 0:
		n = max(len(breaks), 1) // who remembers nothing believes the newest break
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
