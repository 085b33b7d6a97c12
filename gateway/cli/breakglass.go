package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

type approvalFlags struct {
	request   exchange.ApprovalRequest
	link, out string
}

func (a *app) breakGlassCommand() *cobra.Command {
	c := &cobra.Command{Use: "break-glass", Short: "Approve that an officer asks by break-glass"}
	c.AddCommand(a.breakGlassApproveCommand())
	return c
}

func (a *app) breakGlassApproveCommand() *cobra.Command {
	f := approvalFlags{request: exchange.ApprovalRequest{Criteria: &homewardv1.Criteria{}}}
	cmd := &cobra.Command{
		Use: "approve", Short: "Sign the approval of one question by break-glass, for some hours",
		Long: "approve is for a supervisor of the organisation that asks, or of the authority of origin, and never for the\n" +
			"officer who asks. It signs the statement that the officer sends with the question (homeward query --approval).\n" +
			"The question, the columns and the justification must be the same, word for word. The holder approves as well\n" +
			"(homeward pending approve) unless the authority of origin already has.",
		Example: "  homeward break-glass approve --holder gov-ua --purpose return --link case.link --columns documents --why 'Travel document for the flight of 3 May' --for 6h --officer s-1 --out case.approval",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.breakGlassApprove(cmd.Context(), f) },
	}
	fl, r := cmd.Flags(), &f.request
	fl.StringVar(&r.Holder, "holder", "", "who holds the record")
	fl.StringVar(&r.Requester, "participant", "", "who asks (default oneself)")
	fl.StringVar(&r.Purpose, "purpose", "", "for which purpose")
	fl.StringVar(&f.link, "link", "", "file with the case link, if the question has one")
	criteriaFlags(fl, r.Criteria)
	fl.StringSliceVar(&r.Columns, "columns", nil, "columns, with commas, e.g. documents")
	fl.StringVar(&r.Why, "why", "", "the justification")
	fl.DurationVar(&r.For, "for", 6*time.Hour, "for how long: 1h to 12h")
	fl.StringVar(&r.Officer.ID, "officer", "", "pseudonym of the person who approves")
	fl.StringVar(&r.Officer.Role, "role", "supervisor", "supervisor or duty_officer")
	fl.StringVar(&r.Asking, "asking", "", "pseudonym of the one officer who may ask with it, who is not the one who approves (default: any)")
	fl.StringVar(&f.out, "out", "", "file to write the approval to; it is printed if left out")
	required(cmd, "holder", "purpose", "columns", "why", "officer")
	return cmd
}

func (a *app) breakGlassApprove(ctx context.Context, f approvalFlags) error {
	r := f.request
	r.Purpose = strings.ToUpper(r.Purpose)
	if f.link != "" {
		var err error
		if r.Link, err = readToken(f.link); err != nil {
			return err
		}
	}
	return a.acting(ctx, func(x *exchange.Exchange) error {
		s, err := x.IssueApproval(ctx, r)
		if err != nil {
			return err
		}
		return a.issued("Approval", s, f.out)
	})
}
