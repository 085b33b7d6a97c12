package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) ledgerEraseCommand() *cobra.Command {
	var child, decision, under string
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "erase", Short: "Ask that what decisions keep of a child be erased; a second officer confirms", Args: cobra.NoArgs,
		Long: "erase asks for the erasure of salts, details, what the policy saw of the child and what was said of it. Nothing is\n" +
			"erased until another officer confirms. What stays says who asked whom for what and under which rule; the leaf and its\n" +
			"proofs hold, and the entry reads \"erased on … under …\". A litigation hold forbids it.",
		Example: "  homeward ledger erase --child ua-syn-000000 --under 'court order 7/2026' --officer o-7",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (child == "") == (decision == "") {
				return usage("name what to erase: --child or --decision")
			}
			if child != "" {
				var err error
				if child, err = a.pseudonym(child); err != nil {
					return err
				}
			}
			return a.erasing(cmd.Context(), func(e ledger.Eraser, _ *exchange.Exchange) (ledger.ErasureRequest, error) {
				return e.Request(cmd.Context(), child, decision, under, officer)
			})
		},
	}
	cmd.Flags().StringVar(&child, "child", "", "record id in one's own case system")
	cmd.Flags().StringVar(&decision, "decision", "", "one decision")
	cmd.Flags().StringVar(&under, "under", "", "the rule or order that demands it, for the record")
	decider(cmd, &officer)
	required(cmd, "under")
	cmd.AddCommand(a.ledgerEraseConfirmCommand(), a.ledgerEraseRefuseCommand(), a.ledgerEraseListCommand())
	return cmd
}

func (a *app) ledgerEraseConfirmCommand() *cobra.Command {
	var officer envelope.Officer
	var children []string
	cmd := &cobra.Command{
		Use: "confirm ID", Short: "Erase what another officer asked for; it cannot be taken back", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.erasing(cmd.Context(), func(e ledger.Eraser, x *exchange.Exchange) (ledger.ErasureRequest, error) {
				held, err := a.recordHeld(cmd.Context(), e, x.Source, args[0], children)
				if err != nil {
					return ledger.ErasureRequest{}, err
				}
				return e.Confirm(cmd.Context(), args[0], officer, held)
			})
		},
	}
	cmd.Flags().StringArrayVar(&children, "child", nil, "record id of a child whom the erasure is about, so that its hold is asked for; once for each")
	decider(cmd, &officer)
	return cmd
}

// recordHeld asks the case system for the litigation hold of each child that is to be
// erased. The ledger knows pseudonyms alone, so who confirms names the children too.
func (a *app) recordHeld(ctx context.Context, e ledger.Eraser, source adapters.Adapter, id string, named []string) (bool, error) {
	keyed, err := e.Children(ctx, id)
	if err != nil || len(keyed) == 0 {
		return false, err
	}
	records := make(map[string]string)
	for _, child := range named {
		p, err := a.pseudonym(child)
		if err != nil {
			return false, err
		}
		records[p] = child
	}
	for _, child := range keyed {
		if records[child] == "" {
			return false, usage("--child: the erasure %s is of another child, or of more; name each by its record id", id)
		}
		if held, err := hasHold(ctx, source, records[child]); held || err != nil {
			return held, err
		}
	}
	return false, nil
}

func hasHold(ctx context.Context, source adapters.Adapter, child string) (bool, error) {
	if source == nil {
		return false, nil
	}
	r, err := source.Get(ctx, child, adapters.Mask{"flags.litigation_hold"})
	if errors.Is(err, adapters.ErrNotFound) {
		return false, nil // what the last decision saw counts
	}
	return r.Child.GetFlags().GetLitigationHold() != homewardv1.Tristate_TRISTATE_FALSE, err
}

func (a *app) ledgerEraseRefuseCommand() *cobra.Command {
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "refuse ID", Short: "End a request without erasing anything", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.erasing(cmd.Context(), func(e ledger.Eraser, _ *exchange.Exchange) (ledger.ErasureRequest, error) {
				return e.Refuse(cmd.Context(), args[0], officer)
			})
		},
	}
	decider(cmd, &officer)
	return cmd
}

func (a *app) ledgerEraseListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "list", Short: "List erasures that wait for a second officer", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd.Context(), func(s ledger.Store) error {
				list, err := ledger.Eraser{Store: s}.List(cmd.Context(), all)
				if err != nil {
					return err
				}
				return a.show(map[string]any{"erasures": list}, func(p *printer) {
					if len(list) == 0 {
						p.line("no erasure waits")
					}
					for _, r := range list {
						p.erasure(r)
					}
				})
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that were confirmed or refused")
	return cmd
}

// erasing takes one step of an erasure, and shows where it stands.
func (a *app) erasing(ctx context.Context, step func(ledger.Eraser, *exchange.Exchange) (ledger.ErasureRequest, error)) error {
	return a.acting(ctx, func(x *exchange.Exchange) error {
		r, err := step(ledger.Eraser{Ledger: x.Ledger, Store: x.Store, Self: x.Self, Policy: x.Engine.Ref(), Now: x.Now, Keeps: x.KeepsDecision}, x)
		if err != nil {
			return err
		}
		return a.show(r, func(p *printer) { p.erasure(r) })
	})
}

func (p *printer) erasure(r ledger.ErasureRequest) {
	p.line(p.paint(bold, r.ID) + ": " + r.State + ", " + r.At.UTC().Format(time.RFC3339) + ", under " + printable(r.Under))
	p.line("  asked by   " + printable(r.Asked.ID))
	switch {
	case r.Decision != "":
		p.line("  of         decision " + r.Decision)
	case r.Child != "":
		p.line("  of         one child, " + r.Child)
	}
	switch r.State {
	case ledger.ErasureRequested:
		p.line("  next       another officer: homeward ledger erase confirm " + r.ID)
	case ledger.ErasureDone:
		p.line(fmt.Sprintf("  erased     %d decisions, confirmed by %s", r.Erased, printable(r.Decided.ID)))
	default:
		p.line("  by         " + printable(r.Decided.ID))
	}
}
