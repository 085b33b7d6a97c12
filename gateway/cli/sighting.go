package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) sightingCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "sighting", Short: "Report that a child was seen, and triage what others report",
		Long: "submit, status and withdraw are for who reports: the report is signed, sealed to each recipient and sent until it is\n" +
			"there, however long that takes. The receipt says that it arrived and what would make it worth more; whether the child\n" +
			"is known it never says. list, show, review, share, merge, split and close are for who receives reports. Nothing ever\n" +
			"opens an address that stands in a report.",
	}
	c.AddCommand(a.sightingSubmitCommand(), a.sightingStatusCommand(), a.sightingWithdrawCommand(),
		a.sightingListCommand(), a.sightingShowCommand(), a.sightingReviewCommand(), a.sightingShareCommand(),
		a.sightingMergeCommand(), a.sightingSplitCommand(), a.sightingQuarantineCommand(),
		a.sightingCloseCommand(), a.sightingConfirmClosingCommand())
	return c
}

func (a *app) sightingSubmitCommand() *cobra.Command {
	var r homewardv1.SubmitSightingsRequest
	var officer envelope.Officer
	var yes bool
	cmd := &cobra.Command{
		Use: "submit FILE.json|FOLDER", Short: "Submit one report, or a folder of them with its screenshots", Args: cobra.ExactArgs(1),
		Long: "submit takes one report as JSON (Sighting in sightings.proto), or a folder. In a folder each picture, page or recording\n" +
			"is one report: NAME.png is described by NAME.json, or else by all.json; a .json of another name is a report without a\n" +
			"capture. Captures are hashed here and stay here: the report has their hash. A capture that stands twice, or that was\n" +
			"submitted before, is shown before anything is sent, and left out, unless --again says otherwise. At a terminal submit\n" +
			"then asks whether to send the rest; with --yes, in a script, and with -o json (the document lists the duplicates) it\n" +
			"sends the rest without asking. Whoever is not sure that a report went out submits it again: it is sent once.\n" +
			"By default a report goes to the authority of origin.",
		Example: "  homeward sighting submit listing.json --officer f-3\n" +
			"  homeward sighting submit screenshots --dry-run --officer f-3\n" +
			"  homeward sighting submit screenshots --to gov-ua --to icrc --officer f-3",
		RunE: func(cmd *cobra.Command, args []string) error {
			list, names, err := readSightings(args[0])
			if err != nil {
				return err
			}
			r.Sightings, r.Officer = list, person(officer)
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error { return a.submit(cmd.Context(), x, &r, names, yes) })
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "send what is no duplicate without asking")
	cmd.Flags().StringArrayVar(&r.Recipients, "to", nil, "a participant that gets it; may be repeated (default: the authority of origin)")
	cmd.Flags().BoolVar(&r.Again, "again", false, "submit duplicates too")
	cmd.Flags().BoolVar(&r.DryRun, "dry-run", false, "check, show duplicates, and submit nothing")
	decider(cmd, &officer)
	return cmd
}

func (a *app) sightingStatusCommand() *cobra.Command {
	var req homewardv1.SightingStatusRequest
	cmd := &cobra.Command{
		Use: "status [ID]", Short: "Show what was submitted here: who has it, and the receipts", Args: cobra.MaximumNArgs(1),
		Long: "status shows of each report received, withdrawn, needs_info (something is missing) or closed, which it is 90 days after\n" +
			"it was submitted, always; and of each recipient whether it waits, was delivered, with the receipt's reference in words,\n" +
			"or was refused and why. Tables say it in English and Ukrainian; -o json says why in the language of HOMEWARD_LANG or LANG.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := limited(req.GetLimit()); err != nil {
				return err
			}
			req.Id = strings.Join(args, "")
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				resp, err := x.SightingStatus(cmd.Context(), &req)
				if err != nil {
					return err
				}
				return a.reported(resp, resp.GetSightings(), func(p *printer) {
					if len(resp.GetSightings()) == 0 {
						p.line("nothing was submitted here / тут нічого не надсилали")
					}
					for _, s := range resp.GetSightings() {
						p.submittedSighting(s)
					}
					p.more("homeward sighting status", resp.GetNext())
				})
			})
		},
	}
	cmd.Flags().Int32Var(&req.Limit, "limit", 100, "how many")
	cmd.Flags().StringVar(&req.Page, "page", "", "go on where the page before ended, as it says")
	return cmd
}

// more says how to see the next page, if there is one.
func (p *printer) more(command, next string) {
	if next != "" {
		p.line("more: " + command + " --page " + printable(next))
	}
}

func (a *app) sightingWithdrawCommand() *cobra.Command {
	var r homewardv1.WithdrawSightingRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "withdraw ID", Short: "Take a report back, at everybody whom it was sent to", Args: cobra.ExactArgs(1),
		Example: "  homeward sighting withdraw $SIGHTING --why 'the witness asked us to' --officer f-3",
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				s, err := x.WithdrawSighting(cmd.Context(), &r)
				if err != nil {
					return err
				}
				return a.reported(s, []*homewardv1.SubmittedSighting{s}, func(p *printer) { p.submittedSighting(s) })
			})
		},
	}
	cmd.Flags().StringVar(&r.Why, "why", "", "reason, for the record; it stays in this gateway")
	decider(cmd, &officer)
	return cmd
}

// reported shows the fate of reports: in a table, which has all languages, or as a
// document in the reader's.
func (a *app) reported(m proto.Message, list []*homewardv1.SubmittedSighting, draw func(*printer)) error {
	if a.output != "table" {
		sightings.InLanguage(a.language(), list...)
	}
	return a.proto(m, draw)
}
