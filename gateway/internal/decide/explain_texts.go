package decide

import (
	"cmp"
	"embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"homeward.example/gateway/internal/problem"
)

//go:embed texts
var textFiles embed.FS

// ExplainLanguages are those that decisions are explained in.
func ExplainLanguages() []string { return []string{"en", "uk"} }

// texts are the sentences of one language. A test holds that each has the same
// keys and the same places to fill in.
type texts struct {
	lang string
	by   map[string]string
	// policy has what the bundle itself says of a reason, of what would be more, and
	// of a word of the matrix: by table, name and language.
	policy map[string]map[string]map[string]string
}

// tables of the texts of a bundle.
const (
	textReason = "reason"
	textTitle  = "title" // by the rule's own, which is English
	textMore   = "more"
	textWord   = "word"
)

// clause is a text of the bundle, to go on a sentence with; empty if it has none.
func (t *texts) clause(table, name string) string {
	return lowerFirst(strings.TrimRight(t.policy[table][name][t.lang], "."))
}

func languageOf(lang string) (*texts, error) {
	if !slices.Contains(ExplainLanguages(), lang) {
		return nil, problem.Mismatch(CodeInput, "language", strings.Join(ExplainLanguages(), " or "), lang)
	}
	raw, err := textFiles.ReadFile("texts/" + lang + ".json")
	t := &texts{lang: lang}
	if err == nil {
		err = json.Unmarshal(raw, &t.by)
	}
	if err != nil {
		return nil, problem.Wrap(CodeInput, "texts of "+lang, err)
	}
	return t, nil
}

// say fills a text in: pairs of names and values. An identity is named in the language.
func (t *texts) say(key string, pairs ...string) string {
	text := t.by[key]
	for i := 0; i+1 < len(pairs); i += 2 {
		value := pairs[i+1]
		if pairs[i] == "identity" {
			value = t.named("identity", value)
		}
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", value)
	}
	return text
}

// named is a word of the schema or the matrix in this language, or as it stands.
func (t *texts) named(kind, word string) string {
	if s, ok := t.by[kind+"."+word]; ok {
		return s
	}
	return word
}

// Sentence in which a field is explained: the verdict, under which rules, and what
// would have to be true for more.
func (t *texts) sentence(f *FieldExplanation) string {
	var b strings.Builder
	b.WriteString(t.say(f.Verdict.Verdict, "to", t.named("to", f.To)))
	for i, under := range t.unders(f) {
		if i > 0 {
			b.WriteString(t.say("and"))
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(under)
	}
	b.WriteString(".")
	if more := t.more(f); more != "" {
		b.WriteString(" " + more)
	}
	return b.String()
}

// unders says each rule with its place and articles, and that the holder's own take
// away; the reason code where no rule was found.
func (t *texts) unders(f *FieldExplanation) []string {
	var out []string
	for _, r := range f.Rules {
		out = append(out, t.under(r))
	}
	if len(out) > 0 {
		if said := t.clause(textReason, reasonLocal); said != "" && slices.Contains(f.Reasons, reasonLocal) {
			out = append(out, said)
		}
		return out
	}
	for _, code := range f.Reasons {
		said := t.say("code", "code", code)
		if known := t.clause(textReason, code); known != "" {
			said += ": " + known
		}
		out = append(out, said)
	}
	return out
}

func (t *texts) under(r RuleRef) string {
	return t.say("under", "title", cmp.Or(t.policy[textTitle][r.Title][t.lang], r.Title), "place", strings.Trim(r.Place+"; "+t.articles(r.Basis), "; "), "says", lowerFirst(strings.TrimRight(r.Says, ".")))
}

// articles are a legal basis with its sources as this language calls them.
func (t *texts) articles(basis string) string {
	const source = "source."
	for _, key := range slices.Backward(slices.Sorted(maps.Keys(t.by))) { // the longer of two that begin alike first
		if name, ok := strings.CutPrefix(key, source); ok {
			basis = strings.ReplaceAll(basis, name, t.by[key])
		}
	}
	return basis
}

// more says what would release more.
func (t *texts) more(f *FieldExplanation) string {
	switch {
	case f.Verdict.Verdict == released:
		return ""
	case f.MoreVerdict == "" && slices.Contains(f.Reasons, reasonLocal) && t.policy[textMore][reasonLocal][t.lang] != "":
		return t.policy[textMore][reasonLocal][t.lang] // the overlay is the holder's to change
	case f.MoreVerdict == "" && f.Verdict.Verdict == withheld:
		return t.say("more.none")
	case f.MoreVerdict == "":
		return t.say("more.less")
	}
	verdict, to, _ := strings.Cut(f.MoreVerdict, " ")
	return t.say("more.one", "verdict", t.say("more."+verdict, "to", t.named("to", to)), "conditions", t.list(f.More))
}

// conditions are facts as clauses behind "if".
func (t *texts) conditions(facts []*fact) []string {
	var out []string
	for _, f := range slices.Backward(facts) { // the ones that people give come last in facts
		text := t.say("if."+f.text, "column", t.named("column", f.name), "identity", f.name, "name", t.named(f.text, f.name))
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

func (t *texts) list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + t.say("list.last") + items[last]
}

// lowerFirst makes a sentence a clause, unless it begins with an acronym.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && !unicode.IsUpper(r[1]) {
		return string(unicode.ToLower(r[0])) + string(r[1:])
	}
	return s
}

// cell says what the matrix says of the column of a field.
func (t *texts) cell(s *situation, v Verdict) string {
	column := ColumnOf(v.Path)
	if dig(s.parts["question"], "opens", column) == "generalised" {
		switch {
		case v.Verdict == released:
			return t.say("cell.official")
		case v.Verdict == withheld && slices.Contains(v.Reasons, "SUP_PURPOSE"):
			return t.say("cell.nothing")
		}
	}
	word, _ := dig(s.parts["matrix"], "row", "cells", column).(string)
	if said := t.clause(textWord, word); said != "" {
		return said
	}
	return t.say("cell.other", "word", word)
}

// questionSentence says whether the question is let in.
func (x *Explainer) questionSentence(t *texts, s *situation, w Word) string {
	switch {
	case w.Refusal != "":
		under := t.clause(textReason, w.Refusal)
		if r := x.refuser(s, w.Refusal); r != nil {
			under = t.under(RuleRef{r.Name(), r.Place(), r.Basis, r.Said(t.lang)})
		}
		return strings.TrimSpace(t.say("question.refused", "code", w.Refusal, "under", under) + " " + t.policy[textMore][w.Refusal][t.lang])
	case w.Pending:
		return t.say("question.pending")
	case w.Reason != "":
		return strings.TrimSpace(t.say("question.closed", "code", w.Reason) + " " + t.policy[textMore][w.Reason][t.lang])
	}
	return t.say("question.admitted")
}

// ExplainWords are the texts around an explanation in a language: "imagined" says
// that it stands without a record; those of "head." are heads of a page. Pairs
// of names and values fill a text in.
func ExplainWords(lang string) (func(key string, pairs ...string) string, error) {
	t, err := languageOf(lang)
	if err != nil {
		return nil, err
	}
	return t.say, nil
}
