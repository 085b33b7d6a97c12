package cli

import (
	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
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
			return called(a, cmd, exchange.Casework.ListReviews, &homewardv1.ListReviewsRequest{All: all}, (*printer).reviews)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that are closed")
	return cmd
}

func (p *printer) reviews(r *homewardv1.ListReviewsResponse) {
	if len(r.GetReviews()) == 0 {
		p.line("nothing waits for a review")
	}
	for _, v := range r.GetReviews() {
		p.review(v)
	}
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
	var finding, note string
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "close ID", Short: "Say what the review found", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return called(a, cmd, exchange.Casework.CloseReview, &homewardv1.CloseReviewRequest{
				Id: args[0], Officer: person(officer), Finding: finding, Note: note,
			}, (*printer).review)
		},
	}
	cmd.Flags().StringVar(&officer.ID, "officer", "", "pseudonym of the reviewer: nobody who approved the use")
	cmd.Flags().StringVar(&officer.Role, "role", "reviewer", "reviewer, legal_reviewer or supervisor")
	cmd.Flags().StringVar(&finding, "finding", "", "justified or not_justified")
	cmd.Flags().StringVar(&note, "note", "", "why, for the record")
	required(cmd, "officer", "finding")
	return cmd
}
