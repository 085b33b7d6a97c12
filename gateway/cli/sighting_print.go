package cli

import (
	"strconv"
	"strings"

	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

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

// submittedSighting draws what a submitter may know.
func (p *printer) submittedSighting(s *homewardv1.SubmittedSighting) {
	p.line(p.paint(bold, s.GetId()) + ": " + s.GetState() + ", submitted " + s.GetSubmittedAt() + ", closes " + s.GetClosesAt() + inUkrainian(s.GetState()))
	if s.GetErasedAt() != "" {
		p.line("  what it said was erased " + s.GetErasedAt() + "  /  зміст стерто")
	}
	if s.GetQuestion() != "" {
		p.line("  asked / питають  " + unlinked(s.GetQuestion()))
	}
	for _, d := range s.GetDeliveries() {
		c := green
		if d.GetState() != "delivered" {
			c = yellow
		}
		p.line("  " + pad(d.GetRecipient(), 10) + "  " + p.paint(c, d.GetState()) + ", " + d.GetAt() + inUkrainian(d.GetState()))
		if r := d.GetReceipt(); r != nil {
			p.line("    reference  " + printable(r.GetReference()["en"]) + "  /  " + printable(r.GetReference()["uk"]))
			p.line("    received   " + r.GetReceivedAt() + ", ledger leaf " + r.GetLeaf())
			for _, f := range r.GetFeedback() {
				p.line("    missing    " + feedbackText(f))
			}
		}
		p.refusedDelivery(d.GetProblem())
	}
}

// refusedDelivery says why a recipient did not take a report: as it says so, and in Ukrainian.
func (p *printer) refusedDelivery(why *homewardv1.Problem) {
	if why == nil {
		return
	}
	p.line("    " + printable(why.GetTitle()) + ": " + printable(why.GetRemedy()))
	if uk, ok := problem.Text(problem.Code(why.GetCode()), "uk"); ok {
		p.line("    " + uk.Title + ": " + uk.Remedy)
	}
}

// inUkrainian says a state once more, for whoever reports from the field.
func inUkrainian(state string) string {
	text := map[string]string{
		"received": "прийнято", "withdrawn": "відкликано", "needs_info": "чогось бракує", "closed": "закрито",
		"waiting": "чекає: надсилаємо, доки не дійде", "delivered": "доставлено", "refused": "не прийнято", "stopped": "не надіслано: відкликано",
	}[state]
	if text == "" {
		return ""
	}
	return "  /  " + text
}

// feedbackText says in both languages what would make a report worth more. A word
// that is not known is shown as it is.
func feedbackText(word string) string {
	return or(map[string]string{
		"low_resolution": "the picture is too small to recognise a face / знімок замалий, щоб упізнати обличчя",
		"no_date":        "when it was seen / коли бачили",
		"no_place":       "where it was seen / де бачили",
		"no_hash":        "a capture of the page, with its hash / збережена копія сторінки та її геш",
	}[word], printable(word))
}
