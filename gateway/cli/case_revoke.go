package cli

import (
	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
)

func (a *app) caseRevokeCommand() *cobra.Command {
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "revoke LINK-ID", Short: "Take back a case link that was issued here",
		Long: "revoke makes this gateway answer as if there were no link, within a second, and hand the link out no more.\n" +
			"Holders that the link names as leads cannot know of it yet: they take the link until its last day. So call\n" +
			"them. The id is what case link printed (-o json), or in `homeward ledger list` the decision linked.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				link, err := x.RevokeLink(cmd.Context(), args[0], officer)
				if err != nil {
					return err
				}
				shown := map[string]any{"id": link.ID, "recipient": link.Recipient, "expires": link.Expires.UTC(), "revoked": true}
				return a.show(shown, func(p *printer) {
					p.line("Case link " + link.ID + " for " + link.Recipient + " opens nothing here any more.")
					p.line("Its leads cannot know of it: they take it until " + day(link.Expires) + ".")
				})
			})
		},
	}
	officerFlags(cmd, &officer, "operator")
	return cmd
}
