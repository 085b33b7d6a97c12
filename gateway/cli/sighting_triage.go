package cli

import (
	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) sightingListCommand() *cobra.Command {
	var r homewardv1.ListSightingsRequest
	cmd := &cobra.Command{
		Use: "list", Short: "List the sightings that came here, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := limited(r.GetLimit()); err != nil {
				return err
			}
			return called(a, cmd, exchange.Casework.ListSightings, &r, func(p *printer, resp *homewardv1.ListSightingsResponse) {
				p.sightings(resp.GetSightings())
				p.more("homeward sighting list"+stateFlag(r.GetState()), resp.GetNext())
			})
		},
	}
	cmd.Flags().StringVar(&r.State, "state", "", "only those in this state, e.g. received (default: all)")
	cmd.Flags().Int32Var(&r.Limit, "limit", 100, "how many")
	cmd.Flags().StringVar(&r.Page, "page", "", "go on where the page before ended, as it says")
	return cmd
}

func stateFlag(state string) string {
	if state == "" {
		return ""
	}
	return " --state " + printable(state)
}

func (a *app) sightingShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show a sighting, and once it was triaged its candidates with the reasons", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return called(a, cmd, exchange.Casework.TriagedSighting, args[0], (*printer).triagedSighting)
		},
	}
}

func (a *app) sightingReviewCommand() *cobra.Command {
	var r homewardv1.ReviewSightingRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "review ID", Short: "Record what a person decided: a status, grades, the child", Args: cobra.ExactArgs(1),
		Long: "review takes a sighting from received over triaged (which compares it with one's records) and under_review to possible,\n" +
			"probable, confirmed and actioned, or to rejected, needs_info or duplicate_of. needs_info asks the submitter, and only\n" +
			"before anything was compared; later it stays here, and the output says so. confirmed needs two independent sources and people of two organisations (share).",
		Example: "  homeward sighting review $SEEN --state triaged --officer o-7\n" +
			"  homeward sighting review $SEEN --state possible --child ua-syn-000000 --reliability C --credibility 3 --officer o-7",
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return called(a, cmd, exchange.Casework.ReviewSighting, &r, (*printer).triagedSighting)
		},
	}
	cmd.Flags().StringVar(&r.State, "state", "", "triaged, rejected, needs_info, under_review, possible, probable, confirmed, actioned, duplicate_of")
	cmd.Flags().StringVar(&r.Reliability, "reliability", "", "of the source, A to F")
	cmd.Flags().Int32Var(&r.Credibility, "credibility", 0, "of what it says, 1 to 6")
	cmd.Flags().StringVar(&r.Child, "child", "", "record id in one's own case system")
	cmd.Flags().StringVar(&r.DuplicateOf, "duplicate-of", "", "the other sighting")
	cmd.Flags().StringVar(&r.Note, "note", "", "for the record; with needs_info, what is asked")
	decider(cmd, &officer)
	return cmd
}

func (a *app) sightingShareCommand() *cobra.Command {
	var r homewardv1.ShareSightingRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "share ID", Short: "Show a sighting to the people of a second organisation, without who reported it", Args: cobra.ExactArgs(1),
		Example: "  homeward sighting share $SEEN --participant unicef --why 'a second look' --officer o-7",
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return called(a, cmd, exchange.Casework.ShareSighting, &r, (*printer).triagedSighting)
		},
	}
	cmd.Flags().StringVar(&r.Participant, "participant", "", "the second organisation")
	cmd.Flags().StringVar(&r.Why, "why", "", "what it is asked; it is told")
	decider(cmd, &officer)
	required(cmd, "participant")
	return cmd
}

func (a *app) sightingMergeCommand() *cobra.Command {
	var r homewardv1.MergeSightingRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "merge ID", Short: "Link a sighting to another of the same event", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return called(a, cmd, exchange.Casework.MergeSighting, &r, (*printer).triagedSighting)
		},
	}
	cmd.Flags().StringVar(&r.Into, "into", "", "the other sighting")
	cmd.Flags().StringVar(&r.Note, "note", "", "for the record")
	decider(cmd, &officer)
	required(cmd, "into")
	return cmd
}

func (a *app) sightingSplitCommand() *cobra.Command {
	var r homewardv1.SplitSightingRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "split ID", Short: "Take the link away that merge made", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return called(a, cmd, exchange.Casework.SplitSighting, &r, (*printer).triagedSighting)
		},
	}
	cmd.Flags().StringVar(&r.Note, "note", "", "for the record")
	decider(cmd, &officer)
	return cmd
}

func (a *app) sightingQuarantineCommand() *cobra.Command {
	var participant, why string
	var officer envelope.Officer
	var lift bool
	cmd := &cobra.Command{
		Use: "quarantine", Short: "Count what a submitter reports as no source, or count it again", Args: cobra.NoArgs,
		Long: "quarantine is for a submitter that floods or lies. Its reports are still taken in, with the same receipt; they are\n" +
			"marked, and count as no source. A submitter that floods is put into quarantine by the gateway itself.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				s, err := x.Quarantine(cmd.Context(), participant, !lift, why, officer)
				if err != nil {
					return err
				}
				return a.show(map[string]any{"participant": s.Submitter, "quarantined": s.Quarantined, "why": s.Why}, func(p *printer) {
					state := "is heard"
					if s.Quarantined {
						state = "is in quarantine"
					}
					p.line(s.Submitter + " " + state)
				})
			})
		},
	}
	cmd.Flags().StringVar(&participant, "participant", "", "the submitter")
	cmd.Flags().StringVar(&why, "why", "", "reason, for the record")
	cmd.Flags().BoolVar(&lift, "lift", false, "end it")
	decider(cmd, &officer)
	required(cmd, "participant")
	return cmd
}
