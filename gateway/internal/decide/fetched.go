package decide

import (
	"homeward.example/adapters"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
)

const (
	// CodeAdapterOverreach: an adapter returned what the mask does not admit.
	// Nothing of it is used. A fault of this gateway's source, never of a caller.
	CodeAdapterOverreach problem.Code = "adapter_overreach"
	// CodeRecordVersion: an adapter returned a record without a version.
	CodeRecordVersion problem.Code = "record_version_missing"
	// CodeTooMany: more than MaxRecords records could be shown (never 8).
	CodeTooMany problem.Code = "too_many_matches"
)

// MaxRecords of one answer (never 8). The policy states it once more.
const MaxRecords = 5

// Match says which identity of a record the criteria match; false for none, or
// for a mixture of both (never 7).
type Match = func(adapters.Criteria, adapters.Record) (identity string, ok bool)

// Fetched checks what an adapter returned for a question, and keeps the records
// that match: at the issuer of a link the record that the link names, anywhere
// else those whose identity match compares.
//
// It does not count them where something could be released: only what is left
// after every record was decided may be counted (Decide), since the number would
// tell of children who are hidden. Where nothing could be (MATCH), more than
// MaxRecords is as if there were none.
func (a Admitted) Fetched(records []adapters.Record, match Match) (Fetched, error) {
	f := Fetched{admitted: a}
	word := a.word()
	for _, r := range records {
		if err := word.check(r); err != nil {
			return Fetched{admitted: a}, err
		}
		if identity, ok := a.matches(r, match); ok {
			f.records = append(f.records, fetchedRecord{r, identity})
		}
	}
	if word.opens || len(f.records) <= MaxRecords {
		return f, nil
	}
	word.reason = reasonBulk
	a.admission = &word
	return Fetched{admitted: a}, nil
}

// check refuses a record that the adapter should not have returned. Where is
// the path, which is no value.
func (w admission) check(r adapters.Record) error {
	if w.cut == nil || w.refusal != "" || r.Child == nil {
		return problem.New(CodeAdapterOverreach, "a record that was not asked for")
	}
	if r.ID == "" || r.Version == "" {
		return problem.New(CodeRecordVersion, "")
	}
	if path := w.cut.Outside(r.Child); path != "" {
		return problem.New(CodeAdapterOverreach, path)
	}
	return nil
}

// matches computes the identity by which a record was asked for.
func (a Admitted) matches(r adapters.Record, match Match) (string, bool) {
	if id := a.facts.LinkRecord; id != "" && a.facts.Link == Yes {
		return a.facts.LinkIdentity, r.ID == id && isIdentity(a.facts.LinkIdentity)
	}
	if match == nil {
		return "", false
	}
	identity, ok := match(a.criteria, r)
	return identity, ok && isIdentity(identity)
}

func isIdentity(s string) bool { return s == catalog.Original || s == catalog.Imposed }

// Admitted is the question.
func (f Fetched) Admitted() Admitted { return f.admitted }

// Records that matched, in the source's order, as they may be read for the question.
func (f Fetched) Records() []adapters.Record {
	out := make([]adapters.Record, len(f.records))
	for i, r := range f.records {
		out[i] = r.record
	}
	return out
}
