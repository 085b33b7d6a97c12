package decide

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
)

// CodeInput refuses a text that is no input of the policy.
const CodeInput problem.Code = "policy_input"

// Explainer says why one policy decides as it does, field by field. It is for
// people: it evaluates more than a decision does, and keeps nothing.
type Explainer struct {
	engine *Engine
	rules  []*Rule
	parts  map[string]*entry // packages of the policy as documents, by name
	texts  map[string]map[string]map[string]string
}

// NewExplainer compiles a bundle as New does.
func NewExplainer(ctx context.Context, b Bundle, o Options) (*Explainer, error) {
	e, err := New(ctx, b, o)
	if err != nil {
		return nil, err
	}
	x := &Explainer{engine: e, parts: make(map[string]*entry)}
	if x.rules, err = Rules(b); err != nil {
		return nil, err
	}
	var data struct {
		Homeward struct {
			Texts map[string]map[string]map[string]string
		}
	}
	if err := json.Unmarshal(b.Data, &data); err != nil {
		return nil, problem.Wrap(CodeBundle, "texts", err)
	}
	x.texts = data.Homeward.Texts
	compiler, store, err := b.compiled()
	if err != nil {
		return nil, problem.Wrap(CodeBundle, "bundle "+b.Version, err)
	}
	for _, name := range []string{"matrix", "question", "release"} {
		if x.parts[name], err = newEntry(ctx, "data.homeward."+name, compiler, store, AuthorsTimeout); err != nil {
			return nil, problem.Wrap(CodeBundle, "bundle "+b.Version, err)
		}
	}
	return x, nil
}

// Explanation of one decision.
type Explanation struct {
	Policy    envelope.PolicyRef `json:"policy"`
	Purpose   string             `json:"purpose"`
	Recipient string             `json:"recipient,omitempty"` // as the matrix calls it
	// Question says in one sentence whether the question is let in.
	Question string `json:"question"`
	Refusal  string `json:"refusal,omitempty"` // reason code
	Pending  bool   `json:"pending,omitempty"`
	// Imagined: the input has no record, so one that protects nothing stands in.
	Imagined bool               `json:"imagined,omitempty"`
	Fields   []FieldExplanation `json:"fields"`
}

// FieldExplanation is the verdict on one path and identity, and why.
type FieldExplanation struct {
	Verdict
	Column string `json:"column"` // of the matrix
	// Sentence says all of it in the language that was asked for.
	Sentence string `json:"sentence"`
	// Rules that make the verdict what it is.
	Rules []RuleRef `json:"rules"`
	// More is what would have to be true for More than this; empty if nothing would do.
	More        []string `json:"more,omitempty"`
	MoreVerdict string   `json:"more_verdict,omitempty"` // "released", "generalised month"

	facts []*fact
}

// RuleRef names a rule to a reader.
type RuleRef struct {
	Title string `json:"title"`
	Place string `json:"place"` // file:line
	Basis string `json:"basis"` // articles
	Says  string `json:"says"`  // in the language that was asked for
}

// Explain evaluates an input of the policy, as Set.Input or Admitted.Input have
// it, and explains every verdict in a language ("en", "uk"). Only fields that
// keep returns true for are explained; nil keeps all. What is no input is CodeInput.
func (x *Explainer) Explain(ctx context.Context, input []byte, lang string, keep func(Verdict) bool) (Explanation, error) {
	s, imagined, err := x.situation(ctx, input)
	if err != nil {
		return Explanation{}, err
	}
	word := x.engine.Replay(ctx, s.input)
	if word.Failure+word.Set.Failure != "" {
		return Explanation{}, problem.New(CodeInput, "no decision: "+word.Failure+" "+word.Set.Failure)
	}
	t, err := languageOf(lang)
	if err != nil {
		return Explanation{}, err
	}
	t.policy = x.texts
	out := Explanation{
		Policy: x.engine.ref, Purpose: s.text("purpose"), Recipient: s.recipient(),
		Refusal: word.Refusal, Pending: word.Pending, Imagined: imagined, Fields: []FieldExplanation{},
	}
	out.Question = x.questionSentence(t, s, word)
	more, err := x.counterfactuals(ctx, s, word.Set.Verdicts, keep)
	if err != nil {
		return Explanation{}, err
	}
	for _, v := range word.Set.Verdicts {
		if keep != nil && !keep(v) {
			continue
		}
		f := FieldExplanation{Verdict: v, Column: ColumnOf(v.Path), Rules: x.rulesOf(t, s, v)}
		if m, ok := more[slot{v.Path, v.Identity}]; ok {
			f.facts, f.MoreVerdict, f.More = m.facts, m.becomes.says(), t.conditions(m.facts)
		}
		f.Sentence = t.sentence(&f)
		out.Fields = append(out.Fields, f)
	}
	return out, ctx.Err()
}

// situation is an input and what the packages of the policy say of it, as documents.
type situation struct {
	input []byte
	doc   map[string]any
	parts map[string]map[string]any
}

func (x *Explainer) situation(ctx context.Context, input []byte) (*situation, bool, error) {
	s := &situation{input: input, parts: make(map[string]map[string]any)}
	if err := json.Unmarshal(input, &s.doc); err != nil {
		return nil, false, problem.Wrap(CodeInput, "input", err)
	}
	if s.doc == nil || s.text("purpose") == "" {
		return nil, false, problem.New(CodeInput, "purpose")
	}
	_, has := s.doc["record"]
	if !has {
		s.input = imagine([]byte(strings.TrimSpace(string(input))))
		if err := json.Unmarshal(s.input, &s.doc); err != nil {
			return nil, false, problem.Wrap(CodeInput, "input", err)
		}
	}
	for name, part := range x.parts {
		doc, failure := part.eval(ctx, s.input)
		if failure != "" {
			return nil, false, problem.New(CodeInput, "no decision: "+failure)
		}
		s.parts[name] = doc
	}
	return s, !has, nil
}

// text of a member of the input.
func (s *situation) text(name string) string {
	v, _ := s.doc[name].(string)
	return v
}

// recipient as the matrix calls the requester; its kind where the matrix has no word for it.
func (s *situation) recipient() string {
	if r, ok := s.parts["matrix"]["recipient"].(string); ok {
		return r
	}
	r, _ := dig(s.doc, "requester", "kind").(string)
	return r
}

// dig follows names into a document; nil if there is nothing.
func dig(doc any, names ...string) any {
	for _, name := range names {
		m, _ := doc.(map[string]any)
		doc = m[name]
	}
	return doc
}

// contains says whether a set or list of a document has a text.
func contains(list any, text string) bool {
	values, _ := list.([]any)
	return slices.Contains(values, any(text))
}

// ColumnOf is the column of a path as the rules see it.
func ColumnOf(path string) string {
	if path == catalog.PathKind {
		return columnKind
	}
	f, _ := catalog.ByPath(path)
	return f.Group
}

// Ref names the policy that explains.
func (x *Explainer) Ref() envelope.PolicyRef { return x.engine.ref }
