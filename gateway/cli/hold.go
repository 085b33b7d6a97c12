package cli

import (
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) holdCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "hold", Short: "Hold a child back: nobody who knows of the hold answers anything of the child",
		Long: "hold is for the authority of origin. place answers at once as if nobody knew the child, and tells UNICEF, the\n" +
			"ICRC, whom an agreement lets be asked about any child, and every holder that may know this one: the leads of its\n" +
			"case links, and who told of a hit. They do the same as soon as their gateway has the sealed notice; list shows who has.",
	}
	c.AddCommand(a.holdPlaceCommand(), a.holdLiftCommand(), a.holdListCommand())
	return c
}

func (a *app) holdPlaceCommand() *cobra.Command {
	var r homewardv1.PlaceHoldRequest
	var until string
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "place", Short: "Put a child on hold", Args: cobra.NoArgs,
		Example: "  homeward hold place --child ua-syn-000000 --why 'threat to the family' --officer o-7",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if until != "" {
				end, err := lastDay(until)
				if err != nil {
					return err
				}
				r.Until = end.Format(time.RFC3339)
			}
			r.Officer = person(officer)
			return called(a, cmd, exchange.Casework.PlaceHold, &r, (*printer).hold)
		},
	}
	cmd.Flags().StringVar(&r.Child, "child", "", "record id in one's own case system")
	cmd.Flags().StringVar(&r.Why, "why", "", "reason, for the record; it stays in this gateway")
	cmd.Flags().StringVar(&until, "until", "", "last day, e.g. 2027-02-20 (default: until it is lifted)")
	decider(cmd, &officer)
	required(cmd, "child", "why")
	return cmd
}

func (a *app) holdLiftCommand() *cobra.Command {
	var child string
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "lift", Short: "End a hold, and tell everybody who was told of it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return called(a, cmd, exchange.Casework.LiftHold, &homewardv1.LiftHoldRequest{Child: child, Officer: person(officer)}, (*printer).hold)
		},
	}
	cmd.Flags().StringVar(&child, "child", "", "record id in one's own case system")
	decider(cmd, &officer)
	required(cmd, "child")
	return cmd
}

func (a *app) holdListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "list", Short: "List holds, and who has acknowledged them", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return called(a, cmd, exchange.Casework.ListHolds, &homewardv1.ListHoldsRequest{All: all}, (*printer).holds)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that were lifted or have ended")
	return cmd
}

func (p *printer) holds(r *homewardv1.ListHoldsResponse) {
	if len(r.GetHolds()) == 0 {
		p.line("nobody is on hold")
	}
	for _, h := range r.GetHolds() {
		p.hold(h)
	}
}

// hold draws one hold: at the authority of origin the record, elsewhere its id alone.
func (p *printer) hold(h *homewardv1.Hold) {
	end := "until it is lifted"
	if h.GetUntil() != "" {
		end = "until " + h.GetUntil()
	}
	line := p.paint(bold, printable(or(h.GetChild(), h.GetId()))) + ": " + h.GetState() + " by " + h.GetBy() + ", " + h.GetAt()
	if h.GetState() == "placed" {
		line += ", " + end
	}
	p.line(line)
	if h.GetWhy() != "" {
		p.line("  why   " + printable(h.GetWhy()))
	}
	for _, t := range h.GetTold() {
		what, state := "told", p.paint(yellow, "waiting")
		if t.GetLifted() {
			what = "told of the end"
		}
		if t.GetAcknowledged() {
			state = p.paint(green, "acknowledged")
		}
		p.line("  " + pad(t.GetParticipant(), 12) + "  " + pad(what, 15) + "  " + state + "  " + t.GetAt())
	}
}
