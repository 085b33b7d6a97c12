package decide

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/schemas/catalog"
)

// selfTest tries a bundle before it decides anything: it must have a word of the
// right form on a good question, and must say no to those below. A bundle may be
// stricter than the one in this program, so no sample demands a release.
func (e *Engine) selfTest(ctx context.Context) error {
	var errs []error
	for _, s := range samples() {
		errs = append(errs, e.try(ctx, s))
	}
	errs = append(errs, e.tryPlan(ctx), e.tryDeliver(ctx), e.tryReport(ctx), e.tryExport(ctx), ctx.Err())
	return errors.Join(errs...)
}

// sample is a question and a record, and what must come of them.
type sample struct {
	name    string
	facts   Facts
	record  recordFacts
	refused bool // the question is not let in
	closed  bool // nothing is read for it
	kept    bool // nothing of the record is released
}

func samples() []sample {
	origin := Party{ID: "a", Kind: "government", AuthorityOfOrigin: true}
	partner := Party{ID: "b", Kind: "government"}
	icrc, ngo, icc := Party{ID: "c", Kind: "icrc"}, Party{ID: "d", Kind: "ngo"}, Party{ID: "e", Kind: "icc"}
	mediator := Party{ID: "f", Kind: "mediator"}
	ask := func(purpose string, by, at Party, change func(*Facts)) Facts {
		f := Facts{Requester: by, Holder: at, Agreement: Yes, Query: envelope.Query{
			Purpose: purpose, Officer: envelope.Officer{Role: "case_officer"},
			Criteria: map[string]string{"family": "Приклад", "born": "2014"},
		}}
		if change != nil {
			change(&f)
		}
		return f
	}
	open := recordFacts{
		matched: catalog.Original, count: 1, age: child, locationProtected: No, publicity: No, litigation: No,
		captor: No, hold: No, safe: No, denyDetails: No, icrc: No, own: allOwn(),
	}
	for i := range groups() {
		open.disclosed[i] = [2]Tri{No, No}
	}
	held, denied, unmatched, many, foreign := open, open, open, open, open
	held.hold, denied.denyDetails, unmatched.matched, many.count = Unknown, Unknown, "", MaxRecords+1
	foreign.own = ownership{}
	return []sample{
		{name: "a good question of the authority of origin", facts: ask("RETURN", origin, icrc, nil), record: open},
		{name: "a good question of the ICRC", facts: ask("TRACE", icrc, origin, nil), record: open},
		{name: "no facts", refused: true, kept: true},
		{name: "a prohibited party", facts: ask("TRACE", icrc, origin, func(f *Facts) { f.Requester.Prohibited = true }), record: open, refused: true, kept: true},
		{name: "no agreement", facts: ask("TRACE", icrc, origin, func(f *Facts) { f.Agreement = Unknown }), record: open, refused: true, kept: true},
		{name: "no such purpose", facts: ask("CRIMINAL", origin, icrc, nil), record: open, refused: true, kept: true},
		{name: "a name alone", facts: ask("TRACE", icrc, origin, func(f *Facts) { f.Query.Criteria = map[string]string{"family": "Приклад"} }), record: open, refused: true, kept: true},
		{name: "no case link", facts: ask("RETURN", partner, origin, nil), record: open, closed: true, kept: true},
		{name: "a match", facts: ask("MATCH", partner, origin, nil), record: open, kept: true},
		{name: "a child that was found", facts: ask("FOUND", partner, origin, func(f *Facts) { f.Attested, f.Query.Need = Yes, "medication" }), record: open, kept: true},
		{name: "care without consent", facts: ask("CARE", ngo, origin, nil), record: open, kept: true},
		{name: "no referral", facts: ask("ACCOUNTABILITY", icc, origin, func(f *Facts) { f.Query.Officer.Role = "investigator" }), record: open, closed: true, kept: true},
		{name: "a question of a mediator", facts: ask("RETURN", mediator, origin, nil), record: open, refused: true, kept: true},
		{name: "what may be the ICRC's", facts: ask("RETURN", origin, origin, nil), record: foreign, kept: true},
		{name: "a child that may be on hold", facts: ask("RETURN", origin, icrc, nil), record: held, kept: true},
		{name: "details that may be denied", facts: ask("TRACE", icrc, origin, nil), record: denied, kept: true},
		{name: "no identity that matched", facts: ask("TRACE", icrc, origin, nil), record: unmatched, kept: true},
		{name: "more records than an answer may have", facts: ask("TRACE", icrc, origin, nil), record: many, kept: true},
	}
}

func (e *Engine) try(ctx context.Context, s sample) error {
	criteria, _ := wireCriteria(s.facts.Query.Criteria)
	by, wildcard := given(criteria)
	question := newPrefix(questionInput(s.facts, by, wildcard))
	a, set := e.admitted(ctx, question, by), e.newSet(ctx, s.record.input(question.bytes), s.record.matched)
	switch {
	case a.failure != "" || set.Failure != "":
		if said := e.overlay.fault(ctx, s.record.input(question.bytes)); said != "" {
			return fmt.Errorf("%s: %s", s.name, said)
		}
		return fmt.Errorf("%s: no decision: %s%s", s.name, a.failure, set.Failure)
	case s.refused && a.refusal == "":
		return fmt.Errorf("%s: let in", s.name)
	case (s.refused || s.closed) && len(a.mask) > 0:
		return fmt.Errorf("%s: something may be read", s.name)
	case s.kept && !set.Withheld:
		return fmt.Errorf("%s: something is released", s.name)
	}
	return nil
}

// tryPlan asks about the authority of origin, on whom there must be a word, and
// about a holder that no lead names.
func (e *Engine) tryPlan(ctx context.Context) error {
	in := PlanInput{Purpose: "RETURN", Officer: envelope.Officer{Role: "case_officer"}, Requester: Party{ID: "a", Kind: "government"}}
	for _, h := range []Party{{ID: "b", Kind: "government", AuthorityOfOrigin: true}, {ID: "c", Kind: "government"}} {
		result, failure := e.plan.eval(ctx, planInput(in, PlanHolder{Party: h, Agreement: Yes}))
		asked, ok := result["asked"].(bool)
		switch {
		case failure != "" || !ok:
			return fmt.Errorf("whom to ask: no decision: %s", failure)
		case asked && !h.AuthorityOfOrigin:
			return errors.New("a holder that no lead names is asked")
		}
	}
	return nil
}

// tryReport submits a sighting under no agreement: there must be a word, and it must
// be no. With one it must be taken in.
func (e *Engine) tryReport(ctx context.Context) error {
	r := Report{Event: envelope.EventSubmitted, Requester: Party{ID: "b", Kind: "ngo"}, Holder: Party{ID: "a", Kind: "government", AuthorityOfOrigin: true}}
	for _, agreement := range []Tri{No, Yes} {
		r.Agreement = agreement
		word, err := e.Report(ctx, r)
		switch {
		case err != nil || word.Refusal == reasonUndecided:
			return fmt.Errorf("sightings: no decision: %w", err)
		case (word.Refusal == "") != (agreement == Yes):
			return errors.New("a sighting is taken in without an agreement, or refused with one")
		}
	}
	return nil
}

// tryDeliver brings a name after a photo: there must be a word on what is
// withheld, and the name must be.
func (e *Engine) tryDeliver(ctx context.Context) error {
	d := Delivery{
		Purpose: "RETURN", Requester: Party{ID: "b", Kind: "government"}, Arriving: []string{"names_birth"},
		Received: Disclosed{Groups: []string{"photo/original"}},
	}
	result, failure := e.deliver.eval(ctx, d.input())
	withhold, ok := stringsOf(result["withhold"])
	switch {
	case failure != "" || !ok:
		return fmt.Errorf("what is delivered: no decision: %s", failure)
	case !slices.Contains(withhold, "names_birth"):
		return errors.New("a name is delivered after a photo")
	}
	return nil
}

// tryExport hands out what may be the ICRC's, and then by an officer who reviews
// nothing: no value may leave. A bundle from before there were rules on evidence has
// no word, and hands out nothing; what it decided is still replayed.
func (e *Engine) tryExport(ctx context.Context) error {
	x := Export{
		Exporter: Party{ID: "a", Kind: "government", AuthorityOfOrigin: true}, Officer: envelope.Officer{Role: "legal_reviewer"},
		Side: SideHolder, HolderKind: "government", Values: []ExportValue{{Message: "answer", Path: "name.family"}},
	}
	for _, role := range []string{"legal_reviewer", "case_officer"} {
		x.Officer.Role = role
		word, err := e.Export(ctx, x)
		switch {
		case err != nil:
			return err
		case word.Failure != "" && word.Failure != failedUndefined:
			return fmt.Errorf("evidence: no decision: %s", word.Failure)
		case word.Refusal == "" && (role == "case_officer" || word.Reasons[0] == ""):
			return errors.New("evidence leaves that may not: what may be the ICRC's, or by an officer who reviews nothing")
		}
	}
	return nil
}
