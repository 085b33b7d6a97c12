package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/store"
)

// looking adds the flags of who is shown decisions.
func looking(cmd *cobra.Command, by *ledger.Reviewer) {
	cmd.Flags().StringVar(&by.ID, "reviewer", "", "pseudonym of who looks; the look is recorded")
	cmd.Flags().StringVar(&by.Role, "role", ledger.RoleLegalReviewer, "role of who looks: reviewer or legal_reviewer")
	cmd.Flags().StringVar(&by.Mandate, "mandate", "", "on what ground: an order, a rule, a case")
}

// reading opens the ledger for a reviewer. Whoever names none, or no ground, is
// refused before anything is opened.
func (a *app) reading(ctx context.Context, by ledger.Reviewer, do func(ledger.Reader) error) error {
	if err := by.MayLook(); err != nil {
		return err
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{Driver: c.Store.Driver, DSN: c.Store.DSN.Reveal(), Replica: c.Store.Replica})
	if err != nil {
		return err
	}
	defer s.Close()
	return do(ledger.Reader{Ledger: ledger.New(s, time.Now), Store: s, Self: c.Participant})
}
