package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/audit"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/tlog"
)

func (a *app) ledgerFsckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "fsck", Short: "Check every decision, the whole transparency log, and that the two agree", Args: cobra.NoArgs,
		Long: "fsck recomputes the leaf of every stored decision and every tile of the published log, and looks for decisions that\n" +
			"are not where the log has them, and entries of the log that nobody accounts for. It exits with 3 if anything is wrong.",
		Example: "  homeward ledger fsck",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.auditing(cmd.Context(), func(l audit.Ledger, _ tlog.Options) error {
				return a.checked(cmd.Context(), l)
			})
		},
	}
}

// auditing opens the store and the log of the configuration, beside a gateway that
// may be running.
func (a *app) auditing(ctx context.Context, do func(audit.Ledger, tlog.Options) error) error {
	return a.withStore(ctx, func(s ledger.Store) error {
		c, err := a.config()
		if err != nil {
			return err
		}
		n, _, err := gateway.LogGeneration(ctx, s, c.Participant)
		if err != nil {
			return err
		}
		o, err := a.logOptions(n)
		if err != nil {
			return err
		}
		return do(audit.Ledger{Store: s, Log: tlog.Read(o)}, o)
	})
}

// logOptions say where the log of the configuration is, and by which keys one generation
// of it is read.
func (a *app) logOptions(generation int) (tlog.Options, error) {
	c, err := a.config()
	if err != nil {
		return tlog.Options{}, err
	}
	return gateway.LogOptions(c, generation)
}

// checked checks a ledger, and shows what is wrong with it.
func (a *app) checked(ctx context.Context, l audit.Ledger) error {
	r, err := l.Check(ctx)
	if err != nil {
		return err
	}
	return a.judged(len(r.Faults) == 0, r, func(p *printer) { p.audit(r) })
}

func (p *printer) audit(r audit.Report) {
	p.line(fmt.Sprintf("%d decisions, %d of them erased; %d wait for the next checkpoint", r.Decisions, r.Erased, r.Waiting))
	p.line(fmt.Sprintf("%d entries in the published log, %d of them padding; root %s", r.Entries, r.Padding, r.Root))
	for _, f := range r.Faults {
		p.line(p.paint(red, "WRONG  ") + printable(f.Place+": "+f.What))
	}
	if len(r.Faults) == 0 {
		p.line(p.paint(green, "sound: every decision gives its leaf, and the log and the store agree"))
	}
}
