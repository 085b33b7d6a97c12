package decide_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/decide/proof"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
)

// overlayOf is an overlay of rules below overlay.release, and of admission if there are any.
func overlayOf(tb testing.TB, release, admit string) decide.Bundle {
	tb.Helper()
	tree := fstest.MapFS{
		"overlay/data.json":    {Data: []byte(`{"version":"1"}`)},
		"overlay/release.rego": {Data: []byte("package overlay.release\n\n" + release)},
	}
	if admit != "" {
		tree["overlay/admit.rego"] = &fstest.MapFile{Data: []byte("package overlay.admit\n\n" + admit)}
	}
	b, err := decide.LoadOverlay(tree)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func exampleOverlay(tb testing.TB) decide.Bundle {
	tb.Helper()
	b, err := decide.LoadOverlay(os.DirFS("../../../policies/overlay-example"))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// strictness of a verdict: released 0, then the schema's list of generalisations,
// then that there is a value at all, then withheld.
func strictness(f catalog.Field, verdict, to string) int {
	switch verdict {
	case "released":
		return 0
	case "generalised":
		if to == "exists" {
			return 999
		}
		return 1 + slices.Index(f.Generalise, to)
	}
	return 1000
}

// saying is a random overlay, as data.
type saying struct {
	Withhold   []string          `json:"withhold"`
	Generalise map[string]string `json:"generalise"`
}

func drawSaying(t *rapid.T) saying {
	fields := catalog.Fields()
	names := append(catalog.Groups(), "kind", "*")
	for _, f := range fields {
		names = append(names, f.Path, f.Path+"#"+f.Identities[0])
	}
	s := saying{Generalise: make(map[string]string)}
	s.Withhold = rapid.SliceOfN(rapid.SampledFrom(names), 0, 4).Draw(t, "withhold")
	for _, f := range rapid.SliceOfN(rapid.SampledFrom(fields), 0, 8).Draw(t, "generalise") {
		if len(f.Generalise) > 0 {
			for _, name := range []string{f.Path, f.Path + "#" + f.Identities[0]} {
				if rapid.Bool().Draw(t, "said") {
					s.Generalise[name] = rapid.SampledFrom(f.Generalise).Draw(t, "to")
				}
			}
		}
	}
	return s
}

// wants is what the overlay makes of one leaf, said a second time.
func (s saying) wants(f catalog.Field, identity string) int {
	column := f.Group
	if f.Path == catalog.PathKind {
		column = "kind"
	}
	for _, name := range []string{"*", column, f.Path, f.Path + "#" + identity} {
		if slices.Contains(s.Withhold, name) {
			return 1000
		}
	}
	less := 0
	for _, name := range []string{f.Path, f.Path + "#" + identity} {
		if to, ok := s.Generalise[name]; ok {
			less = max(less, strictness(f, "generalised", to))
		}
	}
	return less
}

// Whatever the input and the overlay are, each leaf gets the stricter of the two
// words: never more than the coalition's, never more than the overlay's.
func TestPropertyTheStricterWins(t *testing.T) {
	t.Parallel()
	coalition := decidetest.Engine(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawSaying(rt)
		text, err := json.Marshal(s)
		if err != nil {
			rt.Fatal(err)
		}
		both := decide.Overlaid(t, coalition, overlayOf(t, "decision := "+string(text), ""))
		dice := proof.NewDice(rapid.Uint64().Draw(rt, "seed"))
		for range 5 {
			input := dice.Draw().Input()
			alone, got := coalition.Replay(t.Context(), input), both.Replay(t.Context(), input)
			if got.Set.Failure != "" || got.Refusal != alone.Refusal || !slices.Equal(got.Paths, alone.Paths) {
				rt.Fatalf("%q: refusal %q, %q", got.Set.Failure, got.Refusal, alone.Refusal)
			}
			changed := false
			for i, v := range got.Set.Verdicts {
				before := alone.Set.Verdicts[i]
				f, _ := catalog.ByPath(v.Path)
				want := max(strictness(f, before.Verdict, before.To), s.wants(f, v.Identity))
				if strictness(f, v.Verdict, v.To) != want || v.Path != before.Path || v.Identity != before.Identity {
					rt.Fatalf("%+v after %+v and %s", v, before, text)
				}
				if fmt.Sprint(v) != fmt.Sprint(before) {
					changed = true
					if !slices.Equal(v.Reasons, []string{"SUP_LOCAL"}) {
						rt.Fatalf("%+v: reasons", v)
					}
				}
			}
			if alone.Set.Withheld && !got.Set.Withheld || changed == (string(got.Set.Ledger) == string(alone.Set.Ledger)) {
				rt.Fatal("what is recorded is not what was decided")
			}
		}
	})
}

// An overlay that fails, or that has another word than those it may have, withholds
// everything; on a question it refuses.
func TestOverlayThatHasNoWord(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	const nothing = `decision := {}`
	good := decidetest.Question("TRACE", decidetest.ICRC(), decidetest.Origin())
	for name, c := range map[string]struct{ release, admit, failure string }{
		"undefined":             {"decision := {} if false", "", "undefined"},
		"no rule":               {"x := 1", "", "undefined"},
		"an error":              {`decision := {"withhold": [x]} if x := 1 / 0`, "", "error"},
		"a conflict":            {`decision := {"withhold": x} if some x in [["a"], ["b"]]`, "", "error"},
		"a list":                {"decision := []", "", "wrong_type"},
		"an attempt to allow":   {`decision := {"release": ["*"]}`, "", "wrong_type"},
		"allow beside withhold": {`decision := {"withhold": [], "allow": true}`, "", "wrong_type"},
		"no such field":         {`decision := {"withhold": ["name.famly"]}`, "", "wrong_type"},
		"no such identity":      {`decision := {"withhold": ["name.family#both"]}`, "", "wrong_type"},
		"a number":              {`decision := {"withhold": [1]}`, "", "wrong_type"},
		"no list":               {`decision := {"withhold": "photo"}`, "", "wrong_type"},
		"no such cut":           {`decision := {"generalise": {"name.family": "year"}}`, "", "wrong_type"},
		"a column is cut":       {`decision := {"generalise": {"photo": "exists"}}`, "", "wrong_type"},
		"released by a cut":     {`decision := {"generalise": {"name.family": ""}}`, "", "wrong_type"},
		"question: undefined":   {nothing, "decision := {} if false", "undefined"},
		"question: a word":      {nothing, `decision := {"refuse": "no"}`, "wrong_type"},
		"question: another":     {nothing, `decision := {"admit": true}`, "wrong_type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := decide.Overlaid(t, e, overlayOf(t, c.release, c.admit))
			a := decidetest.Admit(t, with, good)
			if c.admit != "" {
				if a.Refusal() != "SUP_LOCAL" || a.Failure() != c.failure || len(a.Mask()) > 0 {
					t.Errorf("refusal %q, failure %q, mask %v", a.Refusal(), a.Failure(), a.Mask())
				}
				return
			}
			set := decidetest.Verdicts(t, with, a, catalog.Original, decidetest.Record("child-1", nil)).Records()[0].Set
			if !set.Withheld || set.Failure != c.failure {
				t.Errorf("withheld %v, failure %q", set.Withheld, set.Failure)
			}
		})
	}
}

func TestOverlayOnQuestions(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	good := decidetest.Question("TRACE", decidetest.ICRC(), decidetest.Origin())
	bad := good
	bad.Agreement = decide.No
	for name, c := range map[string]struct {
		admit   string
		facts   decide.Facts
		refusal string
		pending bool
	}{
		"says nothing":       {"decision := {}", good, "", false},
		"refuses":            {`decision := {"refuse": true}`, good, "SUP_LOCAL", false},
		"waits":              {`decision := {"pending": true}`, good, "", true},
		"both":               {`decision := {"pending": true, "refuse": true}`, good, "SUP_LOCAL", false},
		"lets in a bad one":  {`decision := {"refuse": false}`, bad, "SUP_NO_AGREEMENT", false},
		"waits on a bad one": {`decision := {"pending": true}`, bad, "SUP_NO_AGREEMENT", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := decide.Overlaid(t, e, overlayOf(t, "decision := {}", c.admit))
			for range 2 { // the second one from the cache
				a := decidetest.Admit(t, with, c.facts)
				if a.Refusal() != c.refusal || a.Pending() != c.pending || (c.refusal != "" && len(a.Mask()) > 0) {
					t.Errorf("refusal %q, pending %v, mask %v", a.Refusal(), a.Pending(), a.Mask())
				}
				if a.Policy().Overlay == "" || a.Policy().Bundle != e.Ref().Bundle {
					t.Errorf("policy %+v", a.Policy())
				}
			}
		})
	}
}

func TestOverlaysThatAreRefused(t *testing.T) {
	t.Parallel()
	own, err := decide.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	changed := func(change func(*decide.Bundle)) decide.Bundle {
		b := exampleOverlay(t)
		change(&b)
		return b
	}
	renamed := func(change func(*decide.Bundle)) decide.Bundle {
		b := changed(change)
		b.Digest = decide.Digest(b)
		return b
	}
	for name, b := range map[string]decide.Bundle{
		"a coalition's":     own,
		"another digest":    changed(func(b *decide.Bundle) { b.Digest = own.Digest }),
		"another schema":    changed(func(b *decide.Bundle) { b.Schema = own.Digest }),
		"no version":        changed(func(b *decide.Bundle) { b.Version = "" }),
		"another's package": renamed(func(b *decide.Bundle) { b.Modules["overlay/x.rego"] = "package homeward.release\n\nx := 1" }),
		"an impure rule": renamed(func(b *decide.Bundle) {
			b.Modules["overlay/x.rego"] = "package overlay.x\n\nx := time.now_ns()"
		}),
		"a look at the coalition's": renamed(func(b *decide.Bundle) {
			b.Modules["overlay/release/release.rego"] = "package overlay.release\n\ndecision := {} if data.homeward.version"
		}),
		"no word on a good question": overlayOf(t, `decision := {} if input.purpose == "CARE"`, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := decide.New(t.Context(), own, decide.Options{Overlay: b}); !errors.Is(err, problem.New(decide.CodeBundle, "")) {
				t.Errorf("got %v", err)
			}
		})
	}
	swapped := own
	swapped.Root = decide.RootOverlay
	if _, err := decide.New(t.Context(), swapped, decide.Options{}); err == nil {
		t.Error("an overlay is in the place of the bundle")
	}
}

// The example does what policies/README.md says of it.
func TestExampleOverlay(t *testing.T) {
	t.Parallel()
	b := exampleOverlay(t)
	if n, err := b.Test(t.Context()); err != nil || n < 4 {
		t.Errorf("%d tests, %v", n, err)
	}
	own, err := decide.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	e, err := decide.New(t.Context(), own, decide.Options{Now: decidetest.Now, Overlay: b})
	if err != nil {
		t.Fatal(err)
	}
	if ref := e.Ref(); ref.Overlay != b.Digest || ref.Bundle != own.Digest {
		t.Errorf("policy %+v", ref)
	}
	a := decidetest.Admit(t, e, decidetest.Question("TRACE", decidetest.ICRC(), decidetest.Origin()))
	set := decidetest.Verdicts(t, e, a, catalog.Original, decidetest.Record("child-1", nil)).Records()[0].Set
	for _, v := range set.Verdicts {
		f, _ := catalog.ByPath(v.Path)
		if f.Group == "photo" && v.Verdict != "withheld" || v.Path == "birth.birth_date" && v.Verdict == "released" {
			t.Errorf("%+v", v)
		}
	}
	if strings.Contains(string(set.Answer), "SUP_LOCAL") {
		t.Error("the recipient is told the reason")
	}
	if r := decidetest.Admit(t, e, decidetest.Question("CARE", decidetest.ICRC(), decidetest.Origin())).Refusal(); r == "" {
		t.Error("a question that the holder does not serve is let in")
	}
}

// The author of an overlay is told what is wrong with it, by name.
func TestOverlayFaultsAreNamed(t *testing.T) {
	t.Parallel()
	own, err := decide.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string][2]string{
		`withhold: no field or column is called "name.famly"`:       {`decision := {"withhold": ["name.famly"]}`, ""},
		"withhold: expected a list of names":                        {`decision := {"withhold": "photo"}`, ""},
		`generalise: no field is called "photo"`:                    {`decision := {"generalise": {"photo": "exists"}}`, ""},
		"birth.birth_date cannot become day, but month":             {`decision := {"generalise": {"birth.birth_date": "day"}}`, ""},
		`expected withhold and generalise, found "release"`:         {`decision := {"release": ["photo"]}`, ""},
		"admit: expected refuse and pending, true or false each":    {"decision := {}", `decision := {"allow": true}`},
		"generalise: expected an object, of the path of a field wh": {`decision := {"generalise": ["birth.age"]}`, ""},
	} {
		if _, err := decide.New(t.Context(), own, decide.Options{Overlay: overlayOf(t, c[0], c[1])}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
