package decide

import (
	"context"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
)

// overlay is a holder's own policy, asked beside the coalition's about the same
// input. It is written in words that can only take away: which fields are
// withheld, which are generalised further, whether the question is refused or
// waits for a person. No word of it gives anything.
type overlay struct {
	release *entry
	admit   *entry // nil if the overlay says nothing of questions
}

// prepareOverlay compiles the overlay beside the bundle; neither sees the other.
func (e *Engine) prepareOverlay(ctx context.Context, o Options) error {
	b := o.Overlay
	if err := b.check(RootOverlay); err != nil {
		return err
	}
	e.ref.Overlay = b.Digest
	e.overlay = &overlay{}
	compiler, store, err := b.compiled()
	if err == nil {
		e.overlay.release, err = newEntry(ctx, "data.overlay.release.decision", compiler, store, o.Timeout)
	}
	if err == nil && len(compiler.GetRulesWithPrefix(ast.MustParseRef("data.overlay.admit"))) > 0 {
		e.overlay.admit, err = newEntry(ctx, "data.overlay.admit.decision", compiler, store, o.Timeout)
	}
	if err != nil {
		return problem.Wrap(CodeBundle, "overlay "+b.Version, err)
	}
	return nil
}

// question is an admission after the overlay's word on it. No word is a refusal.
func (o *overlay) question(ctx context.Context, input []byte, a *admission) *admission {
	if o == nil || o.admit == nil || a.refusal != "" {
		return a
	}
	result, failure := o.admit.eval(ctx, input)
	if failure != "" {
		return &admission{refusal: reasonUndecided, failure: failure}
	}
	refuse, pending, ok := readOverlayQuestion(result)
	switch {
	case !ok:
		return &admission{refusal: reasonUndecided, failure: failedType}
	case refuse:
		return &admission{refusal: reasonLocal}
	case pending:
		waits := *a
		waits.pending = true
		return &waits
	}
	return a
}

// reasonLocal: this holder's overlay says so.
const reasonLocal = "SUP_LOCAL"

// readOverlayQuestion reads {"refuse": bool, "pending": bool}; what is left out is false.
func readOverlayQuestion(result map[string]any) (refuse, pending, ok bool) {
	for name, value := range result {
		b, isBool := value.(bool)
		switch {
		case isBool && name == "refuse":
			refuse = b
		case isBool && name == "pending":
			pending = b
		default:
			return false, false, false
		}
	}
	return refuse, pending, true
}

// record makes a set stricter by the overlay's word on the record. It returns ""
// or why there is no word, and then nothing of the set may be used.
func (o *overlay) record(ctx context.Context, input []byte, set *Set) (failure string) {
	if o == nil {
		return ""
	}
	result, failure := o.release.eval(ctx, input)
	if failure != "" {
		return failure
	}
	w, ok := readOverlayWord(result)
	if !ok {
		return failedType
	}
	for i := range set.Verdicts {
		set.Verdicts[i] = w.stricter(set.Verdicts[i])
	}
	return ""
}

// overlayWord is what an overlay says of one record, by path and identity.
type overlayWord struct {
	withhold   map[slot]bool
	generalise map[slot]string
}

// readOverlayWord reads {"withhold": [name, …], "generalise": {path: to, …}}; either
// may be left out. A name is a path, a column, or "*" for all; "#imposed" behind it
// means one identity alone. A name that the schema does not have, or a
// generalisation that its path does not, is a mistake and no word.
func readOverlayWord(result map[string]any) (overlayWord, bool) {
	w := overlayWord{make(map[slot]bool), make(map[slot]string)}
	for part, value := range result {
		ok := false
		switch part {
		case "withhold":
			ok = w.readWithhold(value)
		case "generalise":
			ok = w.readGeneralise(value)
		}
		if !ok {
			return overlayWord{}, false
		}
	}
	return w, true
}

func (w overlayWord) readWithhold(value any) bool {
	names, ok := stringsOf(value)
	for _, name := range names {
		meant := meantBy(name)
		for _, s := range meant {
			w.withhold[s] = true
		}
		ok = ok && len(meant) > 0
	}
	return ok
}

func (w overlayWord) readGeneralise(value any) bool {
	lines, ok := value.(map[string]any)
	for name, to := range lines {
		to, isText := to.(string)
		path, _, _ := strings.Cut(name, "#")
		f, isPath := catalog.ByPath(path)
		meant := meantBy(name)
		if ok = ok && isText && isPath && len(meant) > 0 && slices.Contains(f.Generalise, to); !ok {
			return false
		}
		for _, s := range meant {
			if before, said := w.generalise[s]; !said || deeper(f, to, before) {
				w.generalise[s] = to
			}
		}
	}
	return ok
}

// meantBy lists what a name of an overlay stands for.
func meantBy(name string) []slot {
	what, identity, one := strings.Cut(name, "#")
	var out []slot
	for s := range slots() {
		f, _ := catalog.ByPath(s.path)
		column := f.Group
		if s.path == catalog.PathKind {
			column = "kind" // as the rules of the coalition see it
		}
		if (what == "*" || what == s.path || what == column) && (!one || identity == s.identity) {
			out = append(out, s)
		}
	}
	return out
}

// stricter is the stricter of a verdict and the overlay's word on its leaf:
// withheld, then generalised, the further down the schema's list the stricter,
// then released. Where the overlay changes nothing the coalition's word stands.
func (w overlayWord) stricter(v Verdict) Verdict {
	at := slot{v.Path, v.Identity}
	to, less := w.generalise[at]
	f, _ := catalog.ByPath(v.Path)
	switch {
	case v.Verdict == withheld:
		return v
	case w.withhold[at]:
		return Verdict{Path: v.Path, Identity: v.Identity, Verdict: withheld, Reasons: []string{reasonLocal}}
	case less && (v.Verdict == released || deeper(f, to, v.To)):
		v.Verdict, v.To, v.Reasons = generalised, to, []string{reasonLocal}
	}
	return v
}

// deeper says whether one generalisation of a field says less than another. The
// schema lists them so, but for one: of a document's number it lists the last two
// digits after "exists", which says least of all.
func deeper(f catalog.Field, to, than string) bool {
	if to == "exists" || than == "exists" {
		return to == "exists" && than != "exists"
	}
	return slices.Index(f.Generalise, to) > slices.Index(f.Generalise, than)
}
