package cli

import (
	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
)

func (a *app) caseReleaseCommand() *cobra.Command {
	var to, until, out string
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "release DECISION", Short: "For the ICRC: let what came from it stand in evidence",
		Long: "release is for the ICRC. It signs the statement by which what came from the ICRC may stand in the evidence of one\n" +
			"decision, handed out by one participant (homeward evidence export --release). It opens no question. DECISION is\n" +
			"the holder's id, which both sides of the exchange know.",
		Example: "  homeward case release $DECISION --to gov-ua --until 2027-02-20 --out evidence.release",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			last, err := lastDay(until)
			if err != nil {
				return err
			}
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				s, err := x.IssueRelease(cmd.Context(), exchange.ReleaseRequest{
					Decision: args[0], To: to, Until: last, Officer: officer,
				})
				if err != nil {
					return err
				}
				return a.issued("Release", s, out)
			})
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&to, "to", "", "participant that hands the evidence out")
	fl.StringVar(&until, "until", "", "last day, e.g. 2027-02-20")
	officerFlags(cmd, &officer, "operator")
	fl.StringVar(&out, "out", "", "file to write the release to; it is printed if left out")
	required(cmd, "to", "until")
	return cmd
}
