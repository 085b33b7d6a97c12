package cli

import (
	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) casePushCommand() *cobra.Command {
	var r homewardv1.PushRequest
	var link string
	var officer envelope.Officer
	var goAheads, approvals, glass []string
	var why string
	cmd := &cobra.Command{
		Use: "push", Short: "Send a transit mediator, who cannot ask, what a child's journey needs",
		Long: "push is for the holder of a record: the recipient of the case link is a mediator, who takes the child home and cannot\n" +
			"ask. Its gateway is told by a sealed notice and collects, with the id that is printed here: homeward query --collect ID.\n" +
			"What it is sent is decided then: the pseudonym by the link, names, the travel document, the guardian and the photo\n" +
			"by go-aheads, one fact by a need, the whereabouts by break-glass, for which two organisations approve: the holder's own\n" +
			"supervisor once the case is pushed (homeward pending), the other by a file. A link that is taken back, and a hold, end it.",
		Example: "  homeward case push --link mediator.link --goahead names.goahead --need medication --officer o-7\n" +
			"  homeward case push --link mediator.link --break-glass current --why 'The convoy leaves tonight' --approval convoy.approval --officer o-7",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if r.Link, err = readToken(link); err != nil {
				return err
			}
			if r.Goaheads, err = readTokens(goAheads); err != nil {
				return err
			}
			if r.Approvals, err = readTokens(approvals); err != nil {
				return err
			}
			if len(glass) > 0 {
				r.BreakGlass = &homewardv1.BreakGlass{Columns: glass, Why: why}
			}
			r.Officer = person(officer)
			return called(a, cmd, exchange.Casework.Push, &r, (*printer).push)
		},
	}
	cmd.Flags().StringVar(&link, "link", "", "file with the case link, whose recipient is the mediator")
	cmd.Flags().StringArrayVar(&goAheads, "goahead", nil, "file with a go-ahead for that link; may be repeated")
	cmd.Flags().StringVar(&r.Need, "need", "", "medication, disability_aid or language")
	cmd.Flags().StringSliceVar(&glass, "break-glass", nil, "columns that two organisations must approve: current; with --why and --approval")
	cmd.Flags().StringVar(&why, "why", "", "why, as the approvers were told")
	cmd.Flags().StringArrayVar(&approvals, "approval", nil, "file with an approval of another organisation (homeward break-glass approve); may be repeated")
	decider(cmd, &officer)
	cmd.MarkFlagsRequiredTogether("break-glass", "why", "approval")
	required(cmd, "link")
	return cmd
}

func (a *app) casePushesCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "pushes", Short: "List the cases that were pushed from here, and those that wait here", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return called(a, cmd, exchange.Casework.ListPushes, &homewardv1.ListPushesRequest{All: all}, (*printer).pushes)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that have ended")
	return cmd
}

func (p *printer) pushes(r *homewardv1.ListPushesResponse) {
	if len(r.GetPushes()) == 0 {
		p.line("nothing was pushed")
	}
	for _, c := range r.GetPushes() {
		p.push(c)
	}
}

// push draws one case.
func (p *printer) push(c *homewardv1.PushedCase) {
	p.line(p.paint(bold, c.GetId()) + ": " + c.GetHolder() + " to " + c.GetRecipient() + ", " + c.GetPurpose() + ", " + c.GetState() + ", until " + c.GetUntil())
}
