package cli

import (
	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) sightingCloseCommand() *cobra.Command {
	var r homewardv1.CloseSightingRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "close ID", Short: "Say that the child is reunified or dead, and ask the authority of origin to confirm it", Args: cobra.ExactArgs(1),
		Long: "close takes a confirmed sighting and closes nothing: the authority of origin is shown it, without who reported, and a\n" +
			"supervisor there confirms or refuses (confirm-closing). Until then the sighting stays confirmed, and open.",
		Example: "  homeward sighting close $SEEN --outcome reunified --note 'with the grandmother since May' --officer o-7",
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return called(a, cmd, exchange.Casework.CloseSighting, &r, (*printer).triagedSighting)
		},
	}
	cmd.Flags().StringVar(&r.Outcome, "outcome", "", "reunified or dead")
	cmd.Flags().StringVar(&r.Note, "note", "", "how it is known; the authority of origin is told")
	decider(cmd, &officer)
	required(cmd, "outcome")
	return cmd
}

func (a *app) sightingConfirmClosingCommand() *cobra.Command {
	var r homewardv1.ConfirmClosingRequest
	var officer envelope.Officer
	var refuse bool
	cmd := &cobra.Command{
		Use: "confirm-closing ID", Short: "The authority of origin's word on what is said to have ended a sighting", Args: cobra.ExactArgs(1),
		Long: "confirm-closing is for a supervisor of the authority of origin, another person than who said it. It needs two independent\n" +
			"sources. The word is signed, recorded, and sent to the holder, whose sighting it closes, or with --refuse keeps open.",
		Example: "  homeward sighting confirm-closing $SEEN --officer s-1 --role supervisor\n" +
			"  homeward sighting confirm-closing $SEEN --refuse --note 'the family has no news' --officer s-1 --role supervisor",
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer, r.Confirmed = args[0], person(officer), !refuse
			return called(a, cmd, exchange.Casework.ConfirmClosing, &r, (*printer).triagedSighting)
		},
	}
	cmd.Flags().BoolVar(&refuse, "refuse", false, "it is not so, or not known well enough")
	cmd.Flags().StringVar(&r.Note, "note", "", "why; the holder is told")
	decider(cmd, &officer)
	return cmd
}
