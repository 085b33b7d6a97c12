package minimize

import (
	"reflect"
	"slices"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Problems of this gateway, never of a caller: nothing is released.
const (
	// CodeVerdict: a verdict that does not fit the schema: another path, identity
	// or word, a generalisation that the leaf does not list, one out of order or given twice.
	CodeVerdict problem.Code = "verdict_unknown"
	// CodeKey: the key of the pseudonyms is missing or too short.
	CodeKey problem.Code = "pseudonym_key"
)

// usualSize is what most disclosures take before they are encoded.
const usualSize = 96

// subject is one record under the verdicts on it.
type subject struct {
	decide.RecordVerdicts
	keys     Keys
	question question
	child    reflect.Value // the struct
	original parts
	imposed  parts
}

// parts of an assertion that are released themselves, for an identity.
type parts struct{ kind, provenance bool }

// apply makes the disclosures of one record, in the order of the verdicts.
func apply(r decide.RecordVerdicts, k Keys, q question) ([]envelope.Disclosure, error) {
	if len(k.Pseudonym) < minKey {
		return nil, problem.New(CodeKey, "pseudonym key")
	}
	if r.Matched != catalog.Original && r.Matched != catalog.Imposed {
		return nil, problem.New(CodeVerdict, "identity that matched")
	}
	if r.Record.Child == nil {
		r.Record.Child = new(homewardv1.ChildRecord)
	}
	s := subject{RecordVerdicts: r, keys: k, question: q, child: reflect.ValueOf(r.Record.Child).Elem()}
	s.original, s.imposed = s.released(catalog.Original), s.released(catalog.Imposed)
	n := given(r.Set)
	out := envelope.NewDisclosing(n, n*usualSize)
	rest := slots()
	for at := range r.Set.Verdicts {
		v, i := &r.Set.Verdicts[at], 0
		for i < len(rest) && (rest[i].identity != v.Identity || rest[i].path != v.Path) {
			i++
		}
		if i == len(rest) || !fits(rest[i].leaf, v) {
			return nil, problem.New(CodeVerdict, "verdict on "+v.Path)
		}
		f := rest[i].leaf
		rest = rest[i+1:]
		if v.Verdict == envelope.VerdictWithheld || !s.shows(f, v.Identity) {
			continue
		}
		if b, ok := s.value(out.Name(s.name(v)), f, v); ok {
			out.Add(b)
		}
	}
	return out.Disclosures(), nil
}

// given counts the verdicts by which something may be disclosed.
func given(s *decide.Set) (n int) {
	for i := range s.Verdicts {
		if s.Verdicts[i].Verdict != envelope.VerdictWithheld {
			n++
		}
	}
	return n
}

func fits(f *leaf, v *decide.Verdict) bool {
	switch v.Verdict {
	case envelope.VerdictWithheld:
		return true
	case envelope.VerdictReleased:
		return v.To == ""
	case envelope.VerdictGeneralised:
		return slices.Contains(f.Generalise, v.To)
	}
	return false
}

// shows holds never 7 a second time, after the policy: an answer shows the
// identity that was asked by, no other, unless the recipient may see both.
func (s *subject) shows(f *leaf, identity string) bool {
	return s.Set.Both || identity == s.Matched || f.neutral
}

// name of a disclosure. Of a recipient who may see both identities the imposed one is marked.
func (s *subject) name(v *decide.Verdict) string {
	if s.Set.Both && v.Identity == catalog.Imposed {
		return v.Path + "#" + catalog.Imposed
	}
	return v.Path
}

// released says which parts of an assertion are released for an identity.
func (s *subject) released(identity string) (p parts) {
	// The two assertion paths are the catalogue's last.
	for i := len(s.Set.Verdicts) - 1; i >= 0; i-- {
		v := &s.Set.Verdicts[i]
		if v.Path != catalog.PathKind && v.Path != catalog.PathProvenance {
			break
		}
		if v.Identity == identity && v.Verdict == envelope.VerdictReleased {
			p.kind = p.kind || v.Path == catalog.PathKind
			p.provenance = p.provenance || v.Path == catalog.PathProvenance
		}
	}
	return p
}

func (s *subject) parts(identity string) parts {
	if identity == catalog.Imposed {
		return s.imposed
	}
	return s.original
}

func (s *subject) value(dst []byte, f *leaf, v *decide.Verdict) ([]byte, bool) {
	if len(f.steps) == 0 {
		return dst, false // the parts of assertions are written with their attribute
	}
	if v.Verdict == envelope.VerdictReleased {
		return s.release(dst, f, v.Identity)
	}
	return s.generalise(dst, f, v.To, v.Identity)
}
