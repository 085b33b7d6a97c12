package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

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
	var until, officer, role string
	cmd := &cobra.Command{
		Use: "place", Short: "Put a child on hold", Args: cobra.NoArgs,
		Example: "  homeward hold place --child ua-syn-000000 --why 'threat to the family' --officer o-7",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if until != "" {
				end, err := lastDay("--until", until)
				if err != nil {
					return err
				}
				r.Until = end.Format(time.RFC3339)
			}
			r.Officer = person(officer, role)
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				h, err := exchange.Casework{Exchange: x}.PlaceHold(cmd.Context(), &r)
				if err != nil {
					return err
				}
				return a.hold(h)
			})
		},
	}
	cmd.Flags().StringVar(&r.Child, "child", "", "record id in one's own case system")
	cmd.Flags().StringVar(&r.Why, "why", "", "reason, for the record; it stays in this gateway")
	cmd.Flags().StringVar(&until, "until", "", "last day, e.g. 2027-02-20 (default: until it is lifted)")
	decider(cmd, &officer, &role)
	for _, name := range []string{"child", "why"} {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that is not there
	}
	return cmd
}

func (a *app) holdLiftCommand() *cobra.Command {
	var child, officer, role string
	cmd := &cobra.Command{
		Use: "lift", Short: "End a hold, and tell everybody who was told of it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				h, err := exchange.Casework{Exchange: x}.LiftHold(cmd.Context(), &homewardv1.LiftHoldRequest{Child: child, Officer: person(officer, role)})
				if err != nil {
					return err
				}
				return a.hold(h)
			})
		},
	}
	cmd.Flags().StringVar(&child, "child", "", "record id in one's own case system")
	decider(cmd, &officer, &role)
	_ = cmd.MarkFlagRequired("child") // fails only for a flag that is not there
	return cmd
}

// decider adds the flags that say who decides.
func decider(cmd *cobra.Command, officer, role *string) {
	cmd.Flags().StringVar(officer, "officer", "", "pseudonym of the officer who decides, for the record")
	cmd.Flags().StringVar(role, "role", "case_officer", "role of that officer")
	_ = cmd.MarkFlagRequired("officer") // fails only for a flag that is not there
}

func (a *app) holdListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "list", Short: "List holds, and who has acknowledged them", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				r, err := exchange.Casework{Exchange: x}.ListHolds(cmd.Context(), &homewardv1.ListHoldsRequest{All: all})
				if err != nil {
					return err
				}
				return a.proto(r, func(p *printer) {
					if len(r.GetHolds()) == 0 {
						p.line("nobody is on hold")
					}
					for _, h := range r.GetHolds() {
						p.hold(h)
					}
				})
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that were lifted or have ended")
	return cmd
}

func (a *app) hold(h *homewardv1.Hold) error { return a.proto(h, func(p *printer) { p.hold(h) }) }

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

// proto shows a message as JSON, or as it is drawn.
func (a *app) proto(m proto.Message, draw func(p *printer)) error {
	shown, err := protoJSON(m)
	if err != nil {
		return err
	}
	return a.show(shown, draw)
}

func or(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}
