package decide_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/proof"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
)

var update = flag.Bool("update", false, "write testdata/explain from what is explained")

func explainer(tb testing.TB, b decide.Bundle) *decide.Explainer {
	tb.Helper()
	x, err := decide.NewExplainer(tb.Context(), b, decide.Options{Timeout: decide.AuthorsTimeout})
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// inputOf is the input of the policy that a case describes.
func inputOf(tb testing.TB, source string) []byte {
	tb.Helper()
	c, err := proof.ReadCase([]byte(source))
	if err != nil {
		tb.Fatal(err)
	}
	input, err := c.Input()
	if err != nil {
		tb.Fatal(err)
	}
	return input
}

// lineNumber changes with every line that an author adds to a rule's file.
var lineNumber = regexp.MustCompile(`\.rego:\d+`)

// What people read, in both languages. `go test -run TestExplainProse -update` writes it.
func TestExplainProse(t *testing.T) {
	t.Parallel()
	x := explainer(t, embedded(t))
	for _, c := range []struct{ name, source string }{
		{"link", `{question: {purpose: RETURN, requester: partner, holder: origin, link_to: record}, record: {flags: {captor_risk: unknown}}}`},
		{"no-link", `{question: {purpose: RETURN, requester: partner, holder: origin}}`},
		{"refused", `{question: {purpose: TRACE, requester: icrc, holder: origin, agreement: "no"}}`},
		{"hold", `{question: {purpose: RETURN, requester: origin, holder: unicef}, record: {flags: {hold_by_origin: "yes"}}}`},
		{"found", `{question: {purpose: FOUND, requester: partner, holder: origin, attested: "yes", need: medication}}`},
		{"care", `{question: {purpose: CARE, requester: ngo, holder: origin}, record: {consent: {for_services: unknown}}}`},
		{"fields", `{question: {purpose: TRACE, requester: unicef, holder: origin, fields: [name.given]}}`},
		{"icrc-origin", `{question: {purpose: TRACE, requester: unicef, holder: origin}, record: {icrc: [all]}}`},
	} {
		for _, lang := range decide.ExplainLanguages() {
			t.Run(c.name+"/"+lang, func(t *testing.T) {
				t.Parallel()
				e, err := x.Explain(t.Context(), inputOf(t, c.source), lang, goldenFields)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, "testdata/explain/"+c.name+"."+lang+".txt", proseOf(e))
			})
		}
	}
}

func goldenFields(v decide.Verdict) bool {
	return slices.Contains([]string{
		"record.record_id", "name.family", "documents.national_id", "family.members.phone", "physical.photo",
		"physical.health_group", "current.location", "evidence.custody", "flags.captor_risk",
	}, v.Path)
}

func proseOf(e decide.Explanation) string {
	var b strings.Builder
	b.WriteString(e.Question + "\n")
	for _, f := range e.Fields {
		b.WriteString("\n" + f.Path + " " + f.Identity + "\n  " + f.Sentence + "\n")
	}
	return lineNumber.ReplaceAllString(b.String(), ".rego:N")
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-update writes it): -want +got\n%s", file, d)
	}
}

// An explanation is what the policy says: the verdicts are those of the decision,
// what is said to release more does, and nothing of it could be left out.
func TestExplainIsRight(t *testing.T) {
	t.Parallel()
	x, e := explainer(t, embedded(t)), engineOf(t, embedded(t))
	dice := proof.NewDice(2)
	improved := 0
	for range 6 {
		input := dice.Draw().Input()
		got, err := x.Explain(t.Context(), input, "en", goldenFields)
		if err != nil {
			t.Fatal(err)
		}
		word := e.Replay(t.Context(), input)
		if got.Refusal != word.Refusal || got.Pending != word.Pending {
			t.Errorf("refusal %q, pending %v; decided %q, %v", got.Refusal, got.Pending, word.Refusal, word.Pending)
		}
		decided := byField(word.Set.Verdicts)
		for _, f := range got.Fields {
			if d := cmp.Diff(decided[f.Path+"#"+f.Identity], f.Verdict); d != "" {
				t.Errorf("%s: -decided +explained\n%s", f.Path, d)
			}
			if len(f.Rules) == 0 || f.Sentence == "" {
				t.Errorf("%s %v: no rule, or nothing said: %q", f.Path, f.Reasons, f.Sentence)
			}
			if f.MoreVerdict != "" {
				improved++
				releasesMore(t, x, input, f)
			}
		}
	}
	if improved < 10 {
		t.Errorf("only %d fields could say more: the contexts are too poor to prove anything", improved)
	}
}

func byField(verdicts []decide.Verdict) map[string]decide.Verdict {
	out := make(map[string]decide.Verdict)
	for _, v := range verdicts {
		out[v.Path+"#"+v.Identity] = v
	}
	return out
}

func releasesMore(t *testing.T, x *decide.Explainer, input []byte, f decide.FieldExplanation) {
	t.Helper()
	all, without, err := x.Supposing(input, f)
	if err != nil {
		t.Fatal(err)
	}
	at := f.Path + "#" + f.Identity
	best := byField(x.Decided(t.Context(), all))[at]
	if said := strings.TrimSpace(best.Verdict + " " + best.To); said != f.MoreVerdict || best.Tells() <= f.Verdict.Tells() {
		t.Errorf("%s: said to become %q, becomes %q (%v)", at, f.MoreVerdict, said, f.More)
	}
	for i, less := range without {
		if byField(x.Decided(t.Context(), less))[at].Tells() >= best.Tells() {
			t.Errorf("%s: %q is not needed (%v)", at, f.More[min(i, len(f.More)-1)], f.More)
		}
	}
}

// A question without a record is explained by one that protects nothing.
func TestExplainWithoutRecord(t *testing.T) {
	t.Parallel()
	x := explainer(t, embedded(t))
	past := recorded(t, engineOf(t, embedded(t)), askedBefore()[3]) // no case link: no record
	e, err := x.Explain(t.Context(), past[0].Input, "en", nil)
	if err != nil || !e.Imagined || len(e.Fields) == 0 {
		t.Fatalf("imagined %v, %d fields, %v", e.Imagined, len(e.Fields), err)
	}
}

// Several rules refuse with one code: what is named is the one that does.
func TestExplainNamesTheRuleThatRefuses(t *testing.T) {
	t.Parallel()
	x := explainer(t, embedded(t))
	for source, title := range map[string]string{
		`{question: {purpose: RETURN, requester: icc, holder: origin}}`:                                            "The purpose fits the recipient and the officer",
		`{question: {purpose: RETURN, requester: mediator, holder: origin, link_to: record}}`:                      "Who may ask",
		`{question: {purpose: FOUND, requester: partner, holder: origin, attested: "no"}}`:                         "A child that was found is with the requester",
		`{question: {purpose: AUDIT, requester: partner, holder: origin, officer: legal_reviewer, mandate: "no"}}`: "A reviewer has a mandate",
	} {
		e, err := x.Explain(t.Context(), inputOf(t, source), "en", func(v decide.Verdict) bool { return v.Path == "record.record_id" })
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(e.Question, "“"+title+"”") || !strings.Contains(e.Fields[0].Sentence, "“"+title+"”") {
			t.Errorf("%s: %s\n%s", source, e.Question, e.Fields[0].Sentence)
		}
	}
}

func TestExplainRefuses(t *testing.T) {
	t.Parallel()
	x := explainer(t, embedded(t))
	for name, c := range map[string]struct{ input, lang string }{
		"no JSON": {"{", "en"}, "a list": {"[]", "en"}, "nothing": {"", "en"}, "no purpose": {"{}", "en"},
		"a language that is not there": {`{"purpose":"TRACE","record":{}}`, "xx"},
	} {
		if _, err := x.Explain(t.Context(), []byte(c.input), c.lang, nil); !errors.Is(err, problem.New(decide.CodeInput, "")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Explain(ctx, inputOf(t, `{question: {purpose: TRACE, requester: icrc, holder: origin}}`), "en", nil); err == nil {
		t.Error("explained although the context had ended")
	}
}

var place = regexp.MustCompile(`\{\w+\}`)

// Each language says the same things, with the same places to fill in.
func TestExplainTexts(t *testing.T) {
	t.Parallel()
	english, err := decide.Texts("en")
	if err != nil {
		t.Fatal(err)
	}
	places := func(s string) string {
		all := place.FindAllString(s, -1)
		slices.Sort(all)
		return strings.Join(all, " ")
	}
	for _, lang := range decide.ExplainLanguages() {
		texts, err := decide.Texts(lang)
		if err != nil {
			t.Fatal(err)
		}
		for key, text := range english {
			if texts[key] == "" || places(texts[key]) != places(text) {
				t.Errorf("%s: %s is %q, in English %q", lang, key, texts[key], text)
			}
		}
		if len(texts) != len(english) {
			t.Errorf("%s has %d texts, English %d", lang, len(texts), len(english))
		}
		for _, key := range neededTexts() {
			if texts[key] == "" {
				t.Errorf("%s: no text %s", lang, key)
			}
		}
	}
}

// neededTexts are those of everything that a rule or the schema can name.
func neededTexts() []string {
	var keys []string
	for _, f := range catalog.Fields() {
		for _, to := range f.Generalise {
			keys = append(keys, "to."+to)
		}
	}
	for _, column := range decide.Columns() {
		keys = append(keys, "column."+column)
	}
	for _, name := range []string{"medication", "disability_aid", "language"} {
		keys = append(keys, "need."+name)
	}
	for _, name := range []string{"case_officer", "investigator", "legal_reviewer"} {
		keys = append(keys, "role."+name)
	}
	for _, name := range []string{"authority_of_origin", "partner_government", "unicef", "icrc", "ngo", "icc", "prosecutor", "mediator", "legal_reviewer"} {
		keys = append(keys, "recipient."+name)
	}
	for _, fact := range decide.FactTexts() {
		keys = append(keys, "if."+fact)
	}
	return keys
}

// What is said to be released by nothing is released in no other context of the
// same purpose and requester, as the registry has it, so far as these are drawn: 300
// with HOMEWARD_SOAK, else 60.
func TestPropertyExplainNothingIsNothing(t *testing.T) {
	t.Parallel()
	x, e := explainer(t, embedded(t)), engineOf(t, embedded(t))
	draws := 60
	if os.Getenv("HOMEWARD_SOAK") != "" {
		draws = 300
	}
	dice := proof.NewDice(8)
	most, explained := make(map[string]int), make(map[string][]byte)
	who := func(c *proof.Context) string {
		return fmt.Sprint(c.Purpose, " ", c.Requester.ID, " ", c.Requester.Kind, " ", c.Requester.Origin)
	}
	for range draws {
		c := dice.Draw()
		for at, v := range byField(e.Replay(t.Context(), c.Input()).Set.Verdicts) {
			most[who(c)+" "+at] = max(most[who(c)+" "+at], v.Tells())
		}
		if len(explained) < 5 {
			explained[who(c)] = c.Input()
		}
	}
	for who, input := range explained {
		got, err := x.Explain(t.Context(), input, "en", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got.Fields {
			if n := most[who+" "+f.Path+"#"+f.Identity]; f.MoreVerdict == "" && n > f.Verdict.Tells() {
				t.Errorf("%s: %s of %s: nothing would release more than %q, and something did", who, f.Path, f.Identity, f.Verdict.Verdict)
			}
		}
	}
}

// What the holder's own rules take away is said to be theirs, beside the rule that
// would have given it.
func TestExplainOverlay(t *testing.T) {
	t.Parallel()
	own := overlayOf(t, `decision := {"withhold": {"name.given"}, "generalise": {"birth.birth_date": "year"}}`, "")
	x, err := decide.NewExplainer(t.Context(), embedded(t), decide.Options{Timeout: decide.AuthorsTimeout, Overlay: own})
	if err != nil {
		t.Fatal(err)
	}
	got, err := x.Explain(t.Context(), inputOf(t, `{question: {purpose: TRACE, requester: unicef, holder: origin}}`), "en", nil)
	if err != nil {
		t.Fatal(err)
	}
	local := map[string]bool{}
	for _, f := range got.Fields {
		local[f.Path+"#"+f.Identity] = strings.Contains(f.Sentence, "own, stricter rules")
	}
	if !local["name.given#original"] || !local["birth.birth_date#original"] || local["name.family#original"] {
		t.Errorf("given %v, born %v, family %v", local["name.given#original"], local["birth.birth_date#original"], local["name.family#original"])
	}
}
