package cli

import (
	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) obligationsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "obligations", Short: "What received answers oblige to: see it, and confirm that it was done",
		Long: "Every answer comes with obligations that its holder signed; the gateway keeps them. It tells the authority of\n" +
			"origin and gives receipts by itself, and stores no value that it would have to delete. What the agency's own files hold\n" +
			"people delete or return, and confirm with done. Until what is overdue of a child is confirmed, this gateway asks\n" +
			"nothing more of that child with a case link.",
	}
	c.AddCommand(a.obligationsDueCommand(), a.obligationsDoneCommand())
	return c
}

func (a *app) obligationsDueCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "due", Short: "List what must be deleted or returned, what is due first at the top", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return called(a, cmd, exchange.Casework.ListObligations, &homewardv1.ListObligationsRequest{All: all}, (*printer).obligations)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also what has no day, and what is done")
	return cmd
}

func (p *printer) obligations(list *homewardv1.ListObligationsResponse) {
	if len(list.GetObligations()) == 0 {
		p.line("nothing is due")
		return
	}
	var rows [][]string
	for _, o := range list.GetObligations() {
		rows = append(rows, []string{o.GetId(), o.GetState(), o.GetDue(), o.GetText(), o.GetHolder(), or(o.GetCase(), o.GetQueryId())})
	}
	p.table("", []string{"ID", "STATE", "DUE", "WHAT", "HOLDER", "CASE, OR QUESTION"}, rows, states)
}

func (a *app) obligationsDoneCommand() *cobra.Command {
	var r homewardv1.FulfilObligationRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "done ID", Short: "Confirm that an obligation was done, and how", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return called(a, cmd, exchange.Casework.FulfilObligation, &r, func(p *printer, o *homewardv1.Obligation) {
				p.line(p.paint(green, "done") + "  " + o.GetText() + ", " + o.GetHolder())
			})
		},
	}
	cmd.Flags().StringVar(&r.How, "how", "", "what was done, for the record")
	decider(cmd, &officer)
	required(cmd, "how")
	return cmd
}
