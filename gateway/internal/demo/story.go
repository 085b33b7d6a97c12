package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Story is what the demo shows, on a running federation.
type Story struct {
	*Running
	started time.Time
	link    string // the case link that gov-ua issued
}

// officer is who acts in the demo: a pseudonym and a role.
func officer() *homewardv1.Officer {
	return &homewardv1.Officer{Id: "demo-officer-17", Role: "case_officer"}
}

func (s *Story) ask() *homewardv1.AskRequest {
	return &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_RETURN, Officer: officer(),
		Basis: "GDPR 6(1)(e)", Case: "DEMO-2026-001", Links: []string{s.link},
	}
}

// Tell runs the whole story and reports it. emit gets each answer of the first
// question as it comes. What does not hold is named in Report.Failed.
func (s *Story) Tell(ctx context.Context, emit func(Answer)) (*Report, error) {
	r := &Report{
		Synthetic: "every child in this document is invented", Failed: []string{},
		Query: Query{Requester: Requester, Purpose: "RETURN"},
	}
	for _, m := range s.Members {
		r.Participants = append(r.Participants, Participant{
			ID: m.id, Role: m.role, Records: m.Records.Records, Source: m.source(), Address: m.Federation,
		})
	}
	evidence, err := s.linked(ctx, r, emit)
	if err != nil {
		return nil, err
	}
	query := s.wire.last(Origin)
	for _, step := range []func() error{
		func() error { return s.unlinked(ctx, r) },
		func() error { return s.tampered(ctx, r, query) },
		func() error { return s.replayed(ctx, r, query) },
		func() error { return s.recorded(ctx, r, evidence) },
		func() error { return s.sighted(ctx, r) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	r.Seconds.Total = time.Since(s.started).Seconds()
	r.Failed = append(r.Failed, r.check()...)
	return r, nil
}

// linked asks RETURN for one child with the case link, and returns gov-ua's signed answer.
func (s *Story) linked(ctx context.Context, r *Report, emit func(Answer)) (string, error) {
	token, err := s.gateways[Origin].Exchange().IssueLink(ctx, exchange.LinkRequest{
		Child: s.Child.IDs[Origin], Recipient: Requester, Purpose: "RETURN",
		Until: time.Now().Add(30 * 24 * time.Hour), Leads: []string{"unicef", "icrc", Slow, Down},
		Officer: envelope.Officer{ID: "demo-officer-ua", Role: "case_officer"},
	})
	if err != nil {
		return "", fmt.Errorf("case link: %w", err)
	}
	s.link = token.Token
	if err := s.writeLink(token.Token); err != nil {
		return "", err
	}
	asked, evidence := time.Now(), ""
	resp, err := s.gateways[Requester].Exchange().Ask(ctx, exchange.Client{}, s.ask(), func(a *homewardv1.HolderAnswer) error {
		answer := AnswerOf(a)
		answer.AfterMS = time.Since(asked).Milliseconds()
		if answer.Status == "answered" && r.Seconds.FirstAnswer == 0 {
			r.Seconds.FirstAnswer = time.Since(s.started).Seconds()
		}
		if a.GetHolder() == Origin {
			evidence = a.GetEvidence()
		}
		r.Answers = append(r.Answers, answer)
		emit(answer)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("linked question: %w", err)
	}
	r.Query.ID = resp.GetQueryId()
	return evidence, nil
}

// unlinked asks for the same child without the link, and for a child nobody
// knows, and compares what gov-ua signed.
func (s *Story) unlinked(ctx context.Context, r *Report) error {
	var payloads [2][]byte
	child := s.Child.Original
	for i, c := range []*homewardv1.Criteria{
		{Given: child.Given, Family: child.Family, Born: child.Born},
		{Given: "Ніхто", Family: "Невідомий", Born: "2013-05-05"},
	} {
		req := s.ask()
		req.Links, req.Criteria = nil, c
		resp, err := s.gateways[Requester].Exchange().Ask(ctx, exchange.Client{}, req, nil)
		if err != nil {
			return fmt.Errorf("unlinked question: %w", err)
		}
		for _, a := range resp.GetAnswers() {
			if i == 0 {
				r.Unlinked.Answers = append(r.Unlinked.Answers, AnswerOf(a))
			}
			if a.GetHolder() != Origin {
				continue
			}
			if payloads[i], err = withoutRandomFields(a.GetEvidence()); err != nil {
				return err
			}
			if i == 0 {
				r.Unlinked.Reason, err = s.reason(ctx, a.GetDecisionId())
			}
			if err != nil {
				return err
			}
		}
	}
	r.Unlinked.SameAsUnknown = len(payloads[0]) > 0 && bytes.Equal(payloads[0], payloads[1])
	return nil
}

// withoutRandomFields is the signed payload less what differs in any two answers.
func withoutRandomFields(sdjwt string) ([]byte, error) {
	payload, err := signedPayload(sdjwt)
	if err != nil {
		return nil, err
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(payload, &m); err != nil {
		return nil, err
	}
	for _, name := range []string{"jti", "iat", "exp", "irt", "qh", "decision", "leaf"} {
		delete(m, name)
	}
	return json.Marshal(m)
}

// reason reads from gov-ua's own ledger why it answered as it did.
func (s *Story) reason(ctx context.Context, decision string) (string, error) {
	row, err := s.gateways[Origin].Store().Decision(ctx, decision)
	if err != nil {
		return "", err
	}
	var content struct {
		Reason string `json:"reason"`
	}
	err = json.Unmarshal(row.Content, &content)
	return content.Reason, err
}

// tampered sends the question again with one byte flipped, past gov-pl's own gateway.
func (s *Story) tampered(ctx context.Context, r *Report, query string) error {
	i := len(query) - 10
	flipped := []byte(query)
	if flipped[i] = 'A'; query[i] == 'A' {
		flipped[i] = 'B'
	}
	_, err := s.send(ctx, string(flipped))
	r.Tampered = refusal(err)
	if ua := s.gateways[Origin].Exchange(); err != nil { // its sender is told nothing; its receiver may know
		for _, f := range envelope.Diagnose(flipped, ua.SealKeys, ua.Registry, time.Now()).Findings {
			r.Tampered.Problem.Diagnosis = fmt.Sprintf("%s at %s: expected %s, found %s", f.Code, f.Where, f.Expected, f.Found)
			break
		}
	}
	return nil
}

// replayed sends the very same question a second time.
func (s *Story) replayed(ctx context.Context, r *Report, query string) error {
	reply, err := s.send(ctx, query)
	if err != nil {
		r.Replayed = Refused{Refused: false, Problem: problemFrom(err)}
		return nil
	}
	answer, err := s.gateways[Requester].Exchange().Inspect(Origin, reply)
	if err != nil {
		return err
	}
	if p := answer.Problem; p != nil {
		r.Replayed = Refused{
			Refused: answer.Status == "refused" && p.Code == string(ledger.CodeReplayed),
			Problem: &Problem{Code: p.Code, Detail: p.Detail, Remedy: p.Remedy},
		}
	}
	return nil
}

func (s *Story) send(ctx context.Context, sealed string) (string, error) {
	peer, ok := s.gateways[Requester].Exchange().Registry.Participant(Origin)
	if !ok {
		return "", fmt.Errorf("%s is not in the registry", Origin)
	}
	return s.wire.Sender.Send(ctx, peer, exchange.MethodQuery, sealed)
}

// recorded reads gov-ua's decision, recomputes its leaf from the stored row, and
// finds the same leaf in the signed answer.
func (s *Story) recorded(ctx context.Context, r *Report, evidence string) error {
	payload, err := signedPayload(evidence)
	if err != nil {
		return err
	}
	var signed struct{ Decision, Leaf string }
	if err := json.Unmarshal(payload, &signed); err != nil {
		return err
	}
	r.Ledger = Ledger{Holder: Origin, Decision: signed.Decision, Leaf: signed.Leaf}
	row, err := s.gateways[Origin].Store().Decision(ctx, signed.Decision)
	if err != nil {
		return err
	}
	leaf := ledger.Leaf(row.Salt, row.Content)
	r.Ledger.Recorded = true
	r.Ledger.Verified = envelope.Base64(leaf[:]) == signed.Leaf && bytes.Equal(leaf[:], row.Leaf)
	r.Ledger.Content = row.Content
	return nil
}

// refusal is what a message's receiver made of it: one that did not arrive was not refused.
func refusal(err error) Refused {
	return Refused{Refused: errors.Is(err, problem.New(problem.CodeNotAccepted, "")), Problem: problemFrom(err)}
}

func problemFrom(err error) *Problem {
	p := problem.Of(err)
	if p == nil {
		return nil
	}
	d := p.Document(problem.Languages()[0])
	return &Problem{Code: string(d.Code), Detail: strings.TrimSuffix(d.Title+": "+d.Detail, ": "), Remedy: d.Remedy}
}
