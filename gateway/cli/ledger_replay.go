package cli

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/evidence"
	"homeward.example/gateway/internal/ledger"
)

func (a *app) ledgerReplayCommand() *cobra.Command {
	var since string
	cmd := &cobra.Command{
		Use: "replay", Short: "Decide every decision again, by its own policy and input, and compare",
		Long: "replay takes each decision with the bundle and the overlay that made it and the input that was recorded with it,\n" +
			"decides again, and compares bit for bit. Decisions that record what was sent, received or done are counted apart, and\n" +
			"so are those of which what the policy saw was erased, by what they were erased under.\n\n" +
			"Exit codes: 0 all are equal, 3 one came out otherwise or cannot be replayed, 1 the ledger cannot be read.",
		Example: "  homeward ledger replay --since 2026-11-01",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := sinceTime(since)
			if err != nil {
				return err
			}
			var r evidence.Replayed
			err = a.withStore(cmd.Context(), func(s ledger.Store) error {
				r, err = evidence.Replay(cmd.Context(), s, from)
				return err
			})
			if err != nil {
				return failure(err)
			}
			return a.judged(r.Same(), r, func(p *printer) { p.replayed(r) })
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "a day (2026-11-01) or a time (2026-11-01T12:00:00Z); from the first one without")
	return cmd
}

// sinceTime reads a day or a time; the zero time for nothing.
func sinceTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usage("--since %s: expected a day (2026-11-01) or a time (2026-11-01T12:00:00Z)", s)
}

func (p *printer) replayed(r evidence.Replayed) {
	verdict := p.paint(green, "all the same")
	if !r.Same() {
		verdict = p.paint(red, "NOT the same")
	}
	p.line(fmt.Sprintf("%d decisions decided again, %d equal bit for bit: %s; %d more record what was sent, received or done",
		r.Decisions, r.Equal, verdict, r.Others))
	for _, under := range slices.Sorted(maps.Keys(r.Erased)) {
		p.line(fmt.Sprintf("%d erased under %s: what the policy saw is gone, so they are not decided again", r.Erased[under], printable(under)))
	}
	for _, u := range r.Unreadable {
		p.line("  " + u.Decision + ": " + p.paint(red, "cannot be replayed: "+u.Why))
	}
	for _, d := range r.Different {
		for _, one := range d.Differences {
			p.line("  " + d.Decision + ", " + one.Where + ": recorded " + one.Recorded + ", replayed " + one.Replayed)
		}
	}
}
