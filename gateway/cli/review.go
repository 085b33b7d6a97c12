package cli

import (
	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) reviewCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "review", Short: "Review each use of break-glass",
		Long: "Each use of break-glass is reviewed within seven days by somebody who did not approve it. While a review of a\n" +
			"participant's use is overdue, that participant cannot ask by break-glass.",
	}
	c.AddCommand(a.reviewListCommand(), a.reviewCloseCommand())
	return c
}

func (a *app) reviewListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "list", Short: "List what waits for its review, what is due first at the top", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				r, err := exchange.Casework{Exchange: x}.ListReviews(cmd.Context(), &homewardv1.ListReviewsRequest{All: all})
				if err != nil {
					return err
				}
				shown, err := protoJSON(r)
				if err != nil {
					return err
				}
				return a.show(shown, func(p *printer) {
					if len(r.GetReviews()) == 0 {
						p.line("nothing waits for a review")
					}
					for _, v := range r.GetReviews() {
						p.review(v)
					}
				})
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that are closed")
	return cmd
}

// review draws one use and what was found of it.
func (p *printer) review(v *homewardv1.Review) {
	state := v.GetState()
	if v.GetOverdue() {
		state = p.paint(red, "overdue")
	}
	p.line(p.paint(bold, v.GetId()) + ": " + state + ", used " + v.GetUsedAt() + ", due " + v.GetDue())
	p.question(v.GetUse())
	if v.GetFinding() != "" {
		p.line("  found      " + v.GetFinding() + ", by " + v.GetReviewer().GetId() + ": " + printable(v.GetNote()))
	}
}

func (a *app) reviewCloseCommand() *cobra.Command {
	var officer, role, finding, note string
	cmd := &cobra.Command{
		Use: "close ID", Short: "Say what the review found", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				v, err := exchange.Casework{Exchange: x}.CloseReview(cmd.Context(), &homewardv1.CloseReviewRequest{
					Id: args[0], Officer: person(officer, role), Finding: finding, Note: note,
				})
				if err != nil {
					return err
				}
				shown, err := protoJSON(v)
				if err != nil {
					return err
				}
				return a.show(shown, func(p *printer) { p.review(v) })
			})
		},
	}
	cmd.Flags().StringVar(&officer, "officer", "", "pseudonym of the reviewer: nobody who approved the use")
	cmd.Flags().StringVar(&role, "role", "reviewer", "reviewer, legal_reviewer or supervisor")
	cmd.Flags().StringVar(&finding, "finding", "", "justified or not_justified")
	cmd.Flags().StringVar(&note, "note", "", "why, for the record")
	for _, name := range []string{"officer", "finding"} {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that is not there
	}
	return cmd
}
