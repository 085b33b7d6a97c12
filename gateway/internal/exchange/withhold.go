package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// arriving are the groups of which an answer brings a value. Where the answer does
// not say whose identity a value is, it is the one that was asked by; to this
// ledger either counts alike.
func arriving(a envelope.Answer) []string {
	var groups []string
	for _, r := range a.Records {
		for _, f := range r.Fields {
			if _, came := r.Values[valueName(f)]; !came {
				continue
			}
			field, known := catalog.ByPath(f.Path)
			if !known {
				continue // withhold shows no value of it either
			}
			identity := f.Identity
			if identity == "" {
				identity = catalog.Original
			}
			groups = append(groups, field.Group+"/"+identity)
		}
	}
	return decide.Union(groups, nil)
}

// valueName is how a field's value is named among the disclosures.
func valueName(f envelope.AnswerField) string {
	if f.Identity == catalog.Imposed {
		return f.Path + "#" + catalog.Imposed
	}
	return f.Path
}

// withhold takes the columns out of an answer that would join photo and name with
// what came before, from this holder or another. What is left is what the agency
// sees; the ledger says which columns it does not. Of a field that this version does
// not know nobody here can tell whether it is a photo: its verdict is shown alone.
func withhold(a envelope.Answer, columns []string) envelope.Answer {
	records := make([]envelope.AnswerRecord, len(a.Records))
	for i, r := range a.Records {
		fields, values := slices.Clone(r.Fields), make(map[string]json.RawMessage, len(r.Values))
		for j, f := range fields {
			field, known := catalog.ByPath(f.Path)
			switch value, came := r.Values[valueName(f)]; {
			case known && slices.Contains(columns, field.Group):
				fields[j] = envelope.AnswerField{Path: f.Path, Identity: f.Identity, Verdict: envelope.VerdictWithheld}
			case known && came:
				values[valueName(f)] = value
			}
		}
		records[i] = envelope.AnswerRecord{Fields: fields, Obligations: r.Obligations, Values: values}
	}
	a.Records = records
	return a
}

// evidence is the answer as it was signed, without the values that are not shown here.
func evidence(sdjwt string, came, shown envelope.Answer) (string, error) {
	kept, all := make(map[string]bool), true
	for i, r := range shown.Records {
		for name := range r.Values {
			kept[name] = true
		}
		all = all && len(r.Values) == len(came.Records[i].Values)
	}
	if all {
		return sdjwt, nil
	}
	return envelope.Present(sdjwt, func(d envelope.Disclosure) bool { return d.Name == "" || kept[d.Name] })
}

// took records an answer and shows it: what it obliges to is kept with it, and what
// it may not be joined with is taken out. Two holders that answer at the same moment
// are taken one after the other, since each changes what was received.
func (x *Exchange) took(ctx context.Context, m sentMessage, v envelope.Verified, a envelope.Answer) (*homewardv1.HolderAnswer, error) {
	moved := problem.New(ledger.CodeMoved, "")
	var used []ledger.Matter
	if m.pushed != "" {
		var err error
		if a, used, err = x.cameWith(m, a); err != nil {
			return nil, err
		}
	}
	for range maxDecisions {
		decision, extra := x.receiving(m, v, a)
		extra.Matters = slices.Clone(used)
		withheld, err := x.apart(ctx, m, a, &extra)
		if err != nil {
			return nil, err
		}
		decision.WithheldHere = withheld
		if err := x.oblige(&extra, m, a); err != nil {
			return nil, err
		}
		_, err = x.Ledger.RecordSaid(ctx, []byte(v.SDJWT()), decision, extra, func(draft ledger.Draft) (*ledger.Kept, error) {
			said, err := x.kept.Keep(draft.ID(), ledger.Exchanged{Query: m.said.Query, Again: m.said.Again, Answer: kept(v)})
			if err == nil {
				said.Question, err = digest(a.QueryHash)
			}
			return said, err
		})
		if errors.Is(err, moved) {
			continue
		}
		if err != nil {
			return nil, err
		}
		shown := withhold(a, withheld)
		token, err := evidence(v.SDJWT(), a, shown)
		if err != nil {
			return nil, err
		}
		return delivered(m.to, token, shown), nil
	}
	return nil, problem.New(problem.CodeUnavailable, "what was received keeps moving")
}
