package exchange

import (
	"encoding/json"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Methods of the federation, as the Sender knows them.
const (
	MethodQuery   = "query"
	MethodCollect = "collect"
	MethodNotify  = "notify"
	MethodReport  = "report"
)

// failed is the answer of a holder that gave none: its status says how, never
// that there is no match.
func failed(holder string, err error) *homewardv1.HolderAnswer {
	p := problem.Of(err)
	status := homewardv1.Status_STATUS_INVALID
	switch p.Code {
	case problem.CodeUnreachable:
		status = homewardv1.Status_STATUS_UNREACHABLE
	case problem.CodeTimedOut:
		status = homewardv1.Status_STATUS_TIMED_OUT
	case problem.CodeNotAccepted:
		status = homewardv1.Status_STATUS_REFUSED
	}
	return &homewardv1.HolderAnswer{Holder: holder, Status: status, Problem: wire(p)}
}

func statusWord(s homewardv1.Status) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "STATUS_"))
}

func wire(p *problem.Error) *homewardv1.Problem {
	d := p.Document("en")
	return &homewardv1.Problem{
		Type: d.Type, Title: d.Title, Status: int32(d.Status), Detail: d.Detail,
		Code: string(d.Code), Remedy: d.Remedy,
	}
}

// delivered shows a verified and recorded answer to the agency.
func delivered(holder, evidence string, a envelope.Answer) *homewardv1.HolderAnswer {
	out := &homewardv1.HolderAnswer{
		Holder: holder, DecisionId: a.Decision, Leaf: a.Leaf, Links: a.Links, Evidence: evidence,
		Status: homewardv1.Status(homewardv1.Status_value["STATUS_"+strings.ToUpper(a.Status)]),
	}
	if a.PendingUntil != 0 {
		out.PendingUntil = time.Unix(a.PendingUntil, 0).UTC().Format(time.RFC3339)
	}
	if a.Advice != nil {
		out.Advice = &homewardv1.Advice{Contact: a.Advice.Contact, Text: a.Advice.Text}
	}
	if a.Problem != nil {
		out.Problem = wire(&problem.Error{Code: problem.Code(a.Problem.Code), Remedy: a.Problem.Remedy})
		out.Problem.Detail, out.Problem.DecisionId = a.Problem.Detail, a.Decision
	}
	for _, r := range a.Records {
		record := &homewardv1.RecordAnswer{Obligations: r.Obligations}
		for _, f := range r.Fields {
			record.Fields = append(record.Fields, fieldAnswer(f, r.Values))
		}
		out.Records = append(out.Records, record)
	}
	return out
}

func fieldAnswer(f envelope.AnswerField, values map[string]json.RawMessage) *homewardv1.FieldAnswer {
	out := &homewardv1.FieldAnswer{
		Path: f.Path, Identity: f.Identity, GeneralisedTo: f.To, Basis: f.Basis,
		Verdict: homewardv1.Verdict(homewardv1.Verdict_value["VERDICT_"+strings.ToUpper(f.Verdict)]),
	}
	if raw, ok := values[valueName(f)]; ok {
		v := &structpb.Value{}
		if err := v.UnmarshalJSON(raw); err == nil {
			out.Value = v
		}
	}
	return out
}
