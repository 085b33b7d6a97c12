package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) pendingCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "pending", Short: "Decide on questions that wait for a person here (break-glass)",
		Long: "A question by break-glass waits until two people of two organisations approved it, one of them of the holder or\n" +
			"of the authority of origin. approve is the holder's own. Its answer completes when the asker collects it. What nobody\n" +
			"decided within twelve hours of the first approval, or what was refused, is answered without those columns.",
	}
	c.AddCommand(a.pendingListCommand(), a.pendingShowCommand(), a.pendingDecideCommand(true), a.pendingDecideCommand(false))
	return c
}

func (a *app) pendingListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "list", Short: "List what waits, what ends first at the top", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return called(a, cmd, exchange.Casework.ListPending, &homewardv1.ListPendingRequest{All: all}, (*printer).pending)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also what was decided, used, or has expired")
	return cmd
}

func (p *printer) pending(r *homewardv1.ListPendingResponse) {
	if len(r.GetPending()) == 0 {
		p.line("nothing waits for a person")
		return
	}
	var rows [][]string
	for _, q := range r.GetPending() {
		rows = append(rows, []string{q.GetId(), q.GetState(), q.GetRequester(), q.GetPurpose(), strings.Join(q.GetColumns(), ", "), q.GetUntil(), q.GetWhy()})
	}
	p.table("", []string{"ID", "STATE", "WHO ASKS", "PURPOSE", "COLUMNS", "UNTIL", "WHY"}, rows, nil)
}

func (a *app) pendingShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show who asks, for what, why, and who approved so far", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return called(a, cmd, exchange.Casework.GetPending, &homewardv1.GetPendingRequest{Id: args[0]}, (*printer).pendingShown)
		},
	}
}

func (p *printer) pendingShown(q *homewardv1.PendingQuestion) {
	p.question(q)
	p.line(p.paint(grey, "decision "+q.GetDecisionId()))
}

// named is a text behind what it is; nothing if there is none.
func named(what, text string) string {
	if text == "" {
		return ""
	}
	return what + printable(text)
}

// question draws a break-glass question as those see it who decide on it.
func (p *printer) question(q *homewardv1.PendingQuestion) {
	if q.GetId() != "" {
		p.line(p.paint(bold, q.GetId()) + ": " + q.GetState() + ", until " + q.GetUntil())
	}
	p.line("  asked by   " + q.GetRequester() + ", " + q.GetOfficer().GetId() + " (" + q.GetOfficer().GetRole() + "), " + q.GetPurpose() + named(", case ", q.GetCase()))
	p.line("  columns    " + strings.Join(q.GetColumns(), ", "))
	p.line("  why        " + printable(q.GetWhy()))
	for _, g := range q.GetApprovals() {
		p.line("  approved   " + g.GetOrganisation() + ", " + g.GetOfficer().GetId() + " (" + g.GetOfficer().GetRole() + "), " + g.GetAt())
	}
	if q.GetNote() != "" {
		p.line("  note       " + printable(q.GetNote()))
	}
}

func (a *app) pendingDecideCommand(approve bool) *cobra.Command {
	var note string
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "refuse ID", Short: "Let it be answered without the columns", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			decide := func(c exchange.Casework, ctx context.Context, r *homewardv1.DecidePendingRequest) (*homewardv1.PendingQuestion, error) {
				return c.DecidePending(ctx, r, approve)
			}
			return called(a, cmd, decide, &homewardv1.DecidePendingRequest{Id: args[0], Officer: person(officer), Note: note}, (*printer).pendingShown)
		},
	}
	if approve {
		cmd.Use, cmd.Short = "approve ID", "Approve it for the holder"
	}
	cmd.Flags().StringVar(&officer.ID, "officer", "", "pseudonym of the person who decides")
	cmd.Flags().StringVar(&officer.Role, "role", "supervisor", "supervisor or duty_officer")
	cmd.Flags().StringVar(&note, "note", "", "for the record; needed to refuse")
	required(cmd, "officer")
	return cmd
}
