package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/reconcile"
)

// settled is how old an exchange is before both sides must have recorded it.
const settled = 3 * time.Minute

func (a *app) ledgerReconcileCommand() *cobra.Command {
	var with, from, to string
	cmd := &cobra.Command{
		Use: "reconcile", Short: "Find exchanges of which one of two ledgers has no record", Args: cobra.NoArgs,
		Long: "reconcile compares this ledger with that of another participant: the exchanges between the two, in both\n" +
			"directions. What is sent, signed and sealed, are digests of questions and answers and nothing else; both ledgers\n" +
			"record that it was done. here: this ledger has no record; there: the other has none; lost: a question was sent,\n" +
			"and neither side has an answer, as when it never arrived. It exits with 3 if a record is missing here or there.",
		Example: "  homeward ledger reconcile --with gov-ua\n  homeward ledger reconcile --with gov-ua --from 2026-11-01 --to 2026-11-08 -o json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			now := a.now().UTC()
			begin, end, err := stretch(from, to)
			if err != nil {
				return err
			}
			if begin.IsZero() {
				begin = time.UnixMicro(1).UTC()
			}
			if end.IsZero() {
				end = now.Add(-settled)
			}
			if !begin.Before(end) || end.After(now) {
				return usage("--from %s --to %s: expected a stretch of time that is over", begin.Format(time.RFC3339), end.Format(time.RFC3339))
			}
			return a.reconcile(cmd.Context(), with, begin, end)
		},
	}
	cmd.Flags().StringVar(&with, "with", "", "participant id")
	cmd.Flags().StringVar(&from, "from", "", "only what was recorded from then on: 2026-11-01 or RFC 3339 (default: the beginning)")
	cmd.Flags().StringVar(&to, "to", "", "only what was recorded before (default: three minutes ago)")
	required(cmd, "with")
	return cmd
}

func (a *app) reconcile(ctx context.Context, with string, from, to time.Time) error {
	return a.withGateway(ctx, func(g *gateway.Gateway) error {
		found, err := g.Reconcile(ctx, with, from, to)
		if err != nil {
			return err
		}
		return a.reconciled(found, with, from, to)
	})
}

func (a *app) reconciled(found []reconcile.Finding, with string, from, to time.Time) error {
	counts := map[string]int{reconcile.Here: 0, reconcile.There: 0, reconcile.Lost: 0}
	for _, f := range found {
		counts[f.Missing]++
	}
	if found == nil {
		found = []reconcile.Finding{}
	}
	shown := map[string]any{"with": with, "from": from, "to": to, "missing": counts, "exchanges": found}
	return a.judged(counts[reconcile.Here]+counts[reconcile.There] == 0, shown, func(p *printer) {
		p.line(fmt.Sprintf("%s until %s with %s: %d missing here, %d missing there, %d lost on the way",
			from.Format(time.DateTime), to.Format(time.DateTime), with, counts[reconcile.Here], counts[reconcile.There], counts[reconcile.Lost]))
		if len(found) == 0 {
			return
		}
		var rows [][]string
		for _, f := range found {
			at := ""
			if f.At != nil {
				at = f.At.Format(time.DateTime)
			}
			rows = append(rows, []string{f.Missing, f.Part, f.Role, at, f.Question, f.Decision})
		}
		p.table("", []string{"MISSING", "WHAT", "WE WERE", "AT (UTC)", "QUESTION (SHA-256)", "DECISION"}, rows, inColumn(0, missingColour))
	})
}

func missingColour(missing string) colour {
	if missing == reconcile.Lost {
		return yellow
	}
	return red
}
