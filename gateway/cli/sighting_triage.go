package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (a *app) sightingListCommand() *cobra.Command {
	var r homewardv1.ListSightingsRequest
	cmd := &cobra.Command{
		Use: "list", Short: "List the sightings that came here, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := limited(r.GetLimit()); err != nil {
				return err
			}
			return called(a, cmd, exchange.Casework.ListSightings, &r, func(p *printer, resp *homewardv1.ListSightingsResponse) {
				p.sightings(resp.GetSightings())
				p.more("homeward sighting list"+stateFlag(r.GetState()), resp.GetNext())
			})
		},
	}
	cmd.Flags().StringVar(&r.State, "state", "", "only those in this state, e.g. received (default: all)")
	cmd.Flags().Int32Var(&r.Limit, "limit", 100, "how many")
	cmd.Flags().StringVar(&r.Page, "page", "", "go on where the page before ended, as it says")
	return cmd
}

func stateFlag(state string) string {
	if state == "" {
		return ""
	}
	return " --state " + printable(state)
}

func (p *printer) sightings(list []*homewardv1.TriagedSighting) {
	var rows [][]string
	for _, s := range list {
		state := s.GetState()
		if s.GetQuarantined() {
			state += ", quarantined"
		}
		if s.GetOutcome() != "" {
			state += ", " + s.GetOutcome()
		}
		if s.GetClosing() != nil {
			state += ", " + s.GetClosing().GetOutcome() + " to be confirmed"
		}
		if s.GetErasedAt() != "" {
			state += ", erased"
		}
		rows = append(rows, []string{
			s.GetReceivedAt(), s.GetId(), state, s.GetReliability() + strconv.Itoa(int(s.GetCredibility())),
			or(s.GetSubmitter(), s.GetSharedBy()+" (shared)"), s.GetReference()["en"], s.GetSighting().GetSourceType(), or(s.GetChild(), "-"),
		})
	}
	p.table("", []string{"RECEIVED", "SIGHTING", "STATE", "GRADE", "FROM", "REFERENCE", "SOURCE", "CHILD"}, rows, nil)
}

func (a *app) sightingShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show a sighting, and once it was triaged its candidates with the reasons", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return called(a, cmd, exchange.Casework.TriagedSighting, args[0], (*printer).triagedSighting)
		},
	}
}

func (a *app) sightingReviewCommand() *cobra.Command {
	var r homewardv1.ReviewSightingRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "review ID", Short: "Record what a person decided: a status, grades, the child", Args: cobra.ExactArgs(1),
		Long: "review takes a sighting from received over triaged (which compares it with one's records) and under_review to possible,\n" +
			"probable, confirmed and actioned, or to rejected, needs_info or duplicate_of. needs_info asks the submitter, and only\n" +
			"before anything was compared; later it stays here, and the output says so. confirmed needs two independent sources and people of two organisations (share).",
		Example: "  homeward sighting review $SEEN --state triaged --officer o-7\n" +
			"  homeward sighting review $SEEN --state possible --child ua-syn-000000 --reliability C --credibility 3 --officer o-7",
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return called(a, cmd, exchange.Casework.ReviewSighting, &r, (*printer).triagedSighting)
		},
	}
	cmd.Flags().StringVar(&r.State, "state", "", "triaged, rejected, needs_info, under_review, possible, probable, confirmed, actioned, duplicate_of")
	cmd.Flags().StringVar(&r.Reliability, "reliability", "", "of the source, A to F")
	cmd.Flags().Int32Var(&r.Credibility, "credibility", 0, "of what it says, 1 to 6")
	cmd.Flags().StringVar(&r.Child, "child", "", "record id in one's own case system")
	cmd.Flags().StringVar(&r.DuplicateOf, "duplicate-of", "", "the other sighting")
	cmd.Flags().StringVar(&r.Note, "note", "", "for the record; with needs_info, what is asked")
	decider(cmd, &officer)
	return cmd
}

func (a *app) sightingShareCommand() *cobra.Command {
	var r homewardv1.ShareSightingRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "share ID", Short: "Show a sighting to the people of a second organisation, without who reported it", Args: cobra.ExactArgs(1),
		Example: "  homeward sighting share $SEEN --participant unicef --why 'a second look' --officer o-7",
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return called(a, cmd, exchange.Casework.ShareSighting, &r, (*printer).triagedSighting)
		},
	}
	cmd.Flags().StringVar(&r.Participant, "participant", "", "the second organisation")
	cmd.Flags().StringVar(&r.Why, "why", "", "what it is asked; it is told")
	decider(cmd, &officer)
	required(cmd, "participant")
	return cmd
}

func (a *app) sightingMergeCommand() *cobra.Command {
	var r homewardv1.MergeSightingRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "merge ID", Short: "Link a sighting to another of the same event", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return called(a, cmd, exchange.Casework.MergeSighting, &r, (*printer).triagedSighting)
		},
	}
	cmd.Flags().StringVar(&r.Into, "into", "", "the other sighting")
	cmd.Flags().StringVar(&r.Note, "note", "", "for the record")
	decider(cmd, &officer)
	required(cmd, "into")
	return cmd
}

func (a *app) sightingSplitCommand() *cobra.Command {
	var r homewardv1.SplitSightingRequest
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "split ID", Short: "Take the link away that merge made", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Id, r.Officer = args[0], person(officer)
			return called(a, cmd, exchange.Casework.SplitSighting, &r, (*printer).triagedSighting)
		},
	}
	cmd.Flags().StringVar(&r.Note, "note", "", "for the record")
	decider(cmd, &officer)
	return cmd
}

func (a *app) sightingQuarantineCommand() *cobra.Command {
	var participant, why string
	var officer envelope.Officer
	var lift bool
	cmd := &cobra.Command{
		Use: "quarantine", Short: "Count what a submitter reports as no source, or count it again", Args: cobra.NoArgs,
		Long: "quarantine is for a submitter that floods or lies. Its reports are still taken in, with the same receipt; they are\n" +
			"marked, and count as no source. A submitter that floods is put into quarantine by the gateway itself.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				s, err := x.Quarantine(cmd.Context(), participant, !lift, why, officer)
				if err != nil {
					return err
				}
				return a.show(map[string]any{"participant": s.Submitter, "quarantined": s.Quarantined, "why": s.Why}, func(p *printer) {
					state := "is heard"
					if s.Quarantined {
						state = "is in quarantine"
					}
					p.line(s.Submitter + " " + state)
				})
			})
		},
	}
	cmd.Flags().StringVar(&participant, "participant", "", "the submitter")
	cmd.Flags().StringVar(&why, "why", "", "reason, for the record")
	cmd.Flags().BoolVar(&lift, "lift", false, "end it")
	decider(cmd, &officer)
	required(cmd, "participant")
	return cmd
}

// triagedSighting draws a sighting for its holder's people.
func (p *printer) triagedSighting(s *homewardv1.TriagedSighting) {
	p.sightings([]*homewardv1.TriagedSighting{s})
	p.seen(s.GetSighting())
	if s.GetState() == "needs_info" && !s.GetAsked() {
		p.line("  " + p.paint(yellow, "the submitter was not asked") + ": the sighting had been compared with records, and a question would tell what came of it. The note stays here.")
	}
	for _, l := range []struct{ name, text string }{
		{"merged", strings.Join(append(s.GetMerged(), s.GetMergedInto()), " ")}, {"same source", strings.Join(s.GetSameSource(), " ")},
		{"shared with", strings.Join(s.GetSharedWith(), ", ")}, {"sources", strconv.Itoa(int(s.GetSources()))},
	} {
		if strings.TrimSpace(l.text) != "" && l.text != "0" {
			p.line("  " + pad(l.name, 12) + "  " + printable(strings.TrimSpace(l.text)))
		}
	}
	for _, c := range s.GetCandidates() {
		p.line("  " + p.paint(bold, c.GetBand()) + "  " + printable(c.GetRecordId()) + "  " + strconv.FormatFloat(c.GetProbability()*100, 'f', 1, 64) + " %")
		for _, f := range c.GetFeatures() {
			p.line("    " + weight(f.GetWeight()) + "  " + pad(f.GetName(), 14) + "  " + printable(f.GetReason()))
		}
	}
	for _, t := range s.GetSteps() {
		p.line("  " + p.paint(grey, t.GetAt()) + "  " + t.GetOrganisation() + " " + printable(t.GetOfficer().GetId()) + ": " + printable(t.GetAct()) + "  " + unlinked(t.GetNote()))
	}
}

func weight(w float64) string {
	text := strconv.FormatFloat(w, 'f', 1, 64)
	if w >= 0 {
		text = "+" + text
	}
	return strings.Repeat(" ", max(0, 6-len(text))) + text
}

// seen draws a report. Addresses are shown so that no terminal makes a link of them.
func (p *printer) seen(s *homewardv1.Sighting) {
	name := s.GetClaimedIdentity()
	who := strings.Join(strings.Fields(name.GetFull()+" "+name.GetFamily()+" "+name.GetGiven()+" "+name.GetPatronymic()+" "+name.GetBorn()), " ")
	d := s.GetChildDescription()
	if d.GetAge() > 0 {
		who += ", " + strconv.Itoa(int(d.GetAge())) + " years"
	}
	var siblings []string
	for _, b := range s.GetSiblings() {
		one := b.GetGiven()
		if b.GetAge() > 0 {
			one += " " + strconv.Itoa(int(b.GetAge()))
		}
		siblings = append(siblings, one)
	}
	l := s.GetPlace()
	place := strings.Join(strings.Fields(l.GetCountry()+" "+l.GetRegion()+" "+l.GetDistrict()+" "+l.GetSettlement()+" "+l.GetFacility()), " ")
	for _, line := range []struct{ name, text string }{
		{"shown as", who}, {"siblings", strings.Join(siblings, ", ")}, {"described", d.GetText()}, {"seen", s.GetObservedAt()}, {"at", place},
		{"address", defanged(s.GetUrl())}, {"archived", defanged(s.GetArchiveUrl())}, {"capture", s.GetContentSha256()},
	} {
		if line.text != "" {
			p.line("  " + pad(line.name, 12) + "  " + unlinked(line.text))
		}
	}
}

// unlinked is text in which no terminal finds a link, whoever wrote one into it.
func unlinked(text string) string {
	return printable(strings.NewReplacer("://", "[:]//", "www.", "www[.]", "WWW.", "WWW[.]", "mailto:", "mailto[:]").Replace(text))
}

// defanged writes an address as text that nothing takes for a link: whoever visits it
// tells its owner what is evidence.
func defanged(url string) string {
	url = strings.NewReplacer("://", "[:]//", ".", "[.]", "@", "[at]").Replace(url)
	if rest, ok := strings.CutPrefix(url, "http"); ok {
		return "hxxp" + rest
	}
	return url
}
