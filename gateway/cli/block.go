package cli

import (
	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/ledger"
)

func (a *app) blockCommand() *cobra.Command {
	var why string
	cmd := &cobra.Command{
		Use: "block [PARTICIPANT]", Short: "Refuse a participant at this gateway, within a second",
		Long: "block refuses everything from and to a participant, at this gateway alone, until unblock. The running\n" +
			"gateway follows within a second. Without PARTICIPANT it lists who is blocked.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withStore(cmd.Context(), func(s ledger.Store) error {
				if len(args) == 1 {
					if err := a.known(args[0]); err != nil {
						return err
					}
					if err := s.Block(cmd.Context(), args[0], why, a.now()); err != nil {
						return err
					}
				}
				return a.blocked(cmd, s)
			})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "reason, for the record")
	return cmd
}

func (a *app) unblockCommand() *cobra.Command {
	return &cobra.Command{
		Use: "unblock PARTICIPANT", Short: "Take a block back", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withStore(cmd.Context(), func(s ledger.Store) error {
				if err := s.Unblock(cmd.Context(), args[0]); err != nil {
					return err
				}
				return a.blocked(cmd, s)
			})
		},
	}
}

// known refuses a name that the registry does not have: a block with a typing
// error in it would block nobody, and look as if it had.
func (a *app) known(participant string) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	r, err := a.registry(c.Registry.File, c.Registry.Key)
	if err != nil {
		return err
	}
	return participantOf(r, participant)
}

func (a *app) blocked(cmd *cobra.Command, s ledger.Store) error {
	ids, err := s.Blocked(cmd.Context())
	if err != nil {
		return err
	}
	if ids == nil {
		ids = []string{}
	}
	return a.show(map[string]any{"blocked": ids}, func(p *printer) {
		if len(ids) == 0 {
			p.line("nobody is blocked")
		}
		for _, id := range ids {
			p.line(p.paint(red, "blocked") + "  " + id)
		}
	})
}
