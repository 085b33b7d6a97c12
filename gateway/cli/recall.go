package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) recallCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "recall", Short: "Call back what was released of a child, from everybody who received it",
		Long: "issue searches the whole ledger for who received a value of this record, and sends each a signed recall that\n" +
			"names the answers. Their gateway makes due what these oblige to, and acknowledges. list shows who has, who waits,\n" +
			"and who is overdue: held after a day, erased after three, corrected after seven, returned after fourteen.",
	}
	c.AddCommand(a.recallIssueCommand(), a.recallListCommand())
	return c
}

func (a *app) recallIssueCommand() *cobra.Command {
	var r homewardv1.IssueRecallRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "issue", Short: "Recall one record", Args: cobra.NoArgs,
		Example: "  homeward recall issue --child ua-syn-000000 --kind corrected --why 'birth date was wrong' --officer o-7",
		RunE: func(cmd *cobra.Command, _ []string) error {
			r.Officer = person(officer)
			return called(a, cmd, exchange.Casework.IssueRecall, &r, (*printer).recalls)
		},
	}
	cmd.Flags().StringVar(&r.Child, "child", "", "record id in one's own case system; the record itself may be gone")
	cmd.Flags().StringVar(&r.Kind, "kind", "", "corrected, returned, held or erased")
	cmd.Flags().StringVar(&r.Why, "why", "", "reason, for the record; it stays in this gateway")
	decider(cmd, &officer)
	required(cmd, "child", "kind", "why")
	return cmd
}

func (a *app) recallListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List who has acknowledged, who waits, who is overdue", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return called(a, cmd, exchange.Casework.ListRecalls, &homewardv1.ListRecallsRequest{}, (*printer).recalls)
		},
	}
}

func (p *printer) recalls(list *homewardv1.ListRecallsResponse) {
	if len(list.GetRecalls()) == 0 {
		p.line("nothing was recalled")
		return
	}
	var rows [][]string
	for _, r := range list.GetRecalls() {
		rows = append(rows, []string{r.GetAt(), r.GetRecipient(), r.GetKind(), r.GetState(), r.GetDue(), strconv.Itoa(len(r.GetDecisions())), r.GetChild()})
	}
	p.table("", []string{"AT", "RECIPIENT", "KIND", "STATE", "DUE", "ANSWERS", "RECORD"}, rows, states)
}

// states colours a word that says how something stands.
func states(_ int, cell string) colour {
	switch cell {
	case "overdue":
		return red
	case "waiting", "open":
		return yellow
	case "acknowledged", "done":
		return green
	}
	return ""
}
