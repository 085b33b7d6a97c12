package decide

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A normal run draws a quarter of the cases that rapid would; with HOMEWARD_SOAK it is
// what the command line says.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("HOMEWARD_SOAK") == "" {
		if err := flag.Set("rapid.checks", "25"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// rank orders verdicts: more is never more than a rule meant to give.
func rank(verdict string) int {
	return slices.Index([]string{withheld, generalised, released}, verdict)
}

// The policy of this program, and one whose matrix opens every column in full
// for everybody who has a row, so that the nevers are tried by themselves.
func engines(t testing.TB) map[string]*Engine {
	t.Helper()
	b, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	open := Bundle{Root: b.Root, Modules: make(map[string]string), Data: b.Data, Version: "open"}
	const never = `: "never",`
	opened := 0
	for name, source := range b.Modules {
		open.Modules[name] = source
		if strings.Contains(name, "/matrix/") {
			opened += strings.Count(source, never)
			open.Modules[name] = strings.ReplaceAll(source, never, `: "full",`)
		}
	}
	if opened < 30 {
		t.Fatalf("%d cells of the matrix were opened: it is written in another way", opened)
	}
	open.Digest = open.digest()
	out := make(map[string]*Engine)
	for name, b := range map[string]Bundle{"embedded": b, "open": open} {
		e := &Engine{}
		if err := e.prepare(context.Background(), b, Options{Timeout: time.Minute, CacheSize: 1}); err != nil {
			t.Fatal(err)
		}
		out[name] = e
	}
	return out
}

// result is all that one input permits.
type result struct {
	asked, admitted bool
	paths           map[string]bool
	set             *Set
	shown           map[string]bool // columns that are delivered
}

// failer is what *testing.T and *rapid.T have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func permits(t failer, e *Engine, in map[string]any) result {
	input, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	r := result{paths: make(map[string]bool), shown: make(map[string]bool)}
	plan, _ := e.plan.eval(ctx, input)
	r.asked, _ = plan["asked"].(bool)
	admit, _ := e.admit.eval(ctx, input)
	r.admitted, _ = admit["admitted"].(bool)
	list, _ := admit["paths"].([]any)
	for _, p := range list {
		path, _ := p.(string)
		r.paths[path] = true
	}
	r.set = e.newSet(ctx, input, "")
	deliver, _ := e.deliver.eval(ctx, input)
	withhold, _ := stringsOf(deliver["withhold"])
	arriving, _ := in["arriving"].(map[string]any)
	for column, word := range arriving {
		r.shown[column] = word == "yes" && deliver != nil && !slices.Contains(withhold, column)
	}
	return r
}

// without returns what is permitted when a spot is removed, and when it is unknown.
func (p spot) without(t failer, e *Engine, root map[string]any) []result {
	old := p.in[p.key]
	defer func() { p.in[p.key] = old }()
	delete(p.in, p.key)
	out := []result{permits(t, e, root)}
	p.in[p.key] = "unknown"
	return append(out, permits(t, e, root))
}

// What is removed or becomes unknown never makes more of anything: not of whom
// is asked, not of what is read, not of what is released. Here every leaf and
// every part of the usual inputs, with every value that it may have. With
// HOMEWARD_SOAK that is every spot of every row; else every seventh, other ones in
// the next row, so that the rows together try each leaf twice or more.
func TestPropertyLessKnownIsNeverMoreReleased(t *testing.T) {
	t.Parallel()
	every := 7
	if os.Getenv("HOMEWARD_SOAK") != "" {
		every = 1
	}
	for name, e := range engines(t) {
		for i, in := range scenarios() {
			if name == "open" && i%2 == 1 {
				continue // half of the rows show as well that a never holds by itself
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				asUsual := permits(t, e, in)
				for at, p := range spots(in) {
					if (at+i)%every != 0 {
						continue
					}
					old := p.in[p.key]
					less := p.without(t, e, in)
					for _, value := range p.values() {
						full := asUsual
						if !reflect.DeepEqual(value, old) {
							p.in[p.key] = value
							full = permits(t, e, in)
						}
						for _, l := range less {
							full.allows(t, l, p.key)
						}
					}
					p.in[p.key] = old
				}
			})
		}
	}
}

// The same where several leaves are not as usual.
func TestPropertyLessKnownIsNeverMoreReleasedTogether(t *testing.T) {
	t.Parallel()
	for name, e := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := scenarios()[rapid.IntRange(0, len(scenarios())-1).Draw(t, "scenario")]
				changed := vary(t, in)
				full := permits(t, e, in)
				p := rapid.SampledFrom(append(changed, spots(in)...)).Draw(t, "removed")
				for _, l := range p.without(t, e, in) {
					full.allows(t, l, p.key)
				}
			})
		})
	}
}

// vary gives up to four leaves another value.
func vary(t *rapid.T, in map[string]any) []spot {
	var changed []spot
	for range rapid.IntRange(1, 4).Draw(t, "changes") {
		p := rapid.SampledFrom(spots(in)).Draw(t, "place")
		p.in[p.key] = rapid.SampledFrom(p.values()).Draw(t, "value")
		changed = append(changed, p)
	}
	return changed
}

// allows fails if another result permits what this one does not.
func (r result) allows(t failer, less result, without string) {
	t.Helper()
	if less.asked && !r.asked || less.admitted && !r.admitted {
		t.Fatalf("without %s: asked %v, admitted %v", without, less.asked, less.admitted)
	}
	for p := range less.paths {
		if !r.paths[p] {
			t.Fatalf("without %s: %s is read", without, p)
		}
	}
	for column, shown := range less.shown {
		if shown && !r.shown[column] {
			t.Fatalf("without %s: %s is shown", without, column)
		}
	}
	for i, v := range less.set.Verdicts {
		was := r.set.Verdicts[i]
		if rank(v.Verdict) > rank(was.Verdict) || v.Verdict == generalised && was.Verdict == generalised && v.To != was.To {
			t.Fatalf("without %s: %s of %s is %s %s, was %s %s", without, v.Path, v.Identity, v.Verdict, v.To, was.Verdict, was.To)
		}
	}
	if less.set.Both && !r.set.Both {
		t.Fatalf("without %s: both identities are shown", without)
	}
}

// What is not read cannot be released: a verdict other than withheld is on a path that admission opened.
func TestPropertyReleasedWasAdmitted(t *testing.T) {
	t.Parallel()
	for name, e := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := scenarios()[rapid.IntRange(0, len(scenarios())-1).Draw(t, "scenario")]
				vary(t, in)
				r := permits(t, e, in)
				for _, v := range r.set.Verdicts {
					if v.Verdict != withheld && (!r.admitted || !r.paths[v.Path]) {
						t.Fatalf("%s is %s and was not admitted", v.Path, v.Verdict)
					}
				}
			})
		})
	}
}

// The usual inputs release something, or the tests above would prove nothing.
func TestUsualInputsRelease(t *testing.T) {
	t.Parallel()
	e := engines(t)["open"]
	for _, in := range scenarios() {
		if r := permits(t, e, in); r.set.Withheld || r.set.Failure != "" || len(r.paths) == 0 {
			t.Errorf("%s of %v releases nothing: %s", in["purpose"], in["requester"], r.set.Failure)
		}
	}
}
