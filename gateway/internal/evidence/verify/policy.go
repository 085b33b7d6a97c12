package verify

import (
	"bytes"
	"context"
	"fmt"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// engine is the policy of the package, made once.
type engine struct {
	made *decide.Engine
	err  error
}

// policyVerdict: bundle and overlay are those whose digests the decision has, and
// the registry of the day named that bundle.
func (v *verifier) policyVerdict(ctx context.Context) Verdict {
	ref := v.decision.Policy
	if ref.Bundle == "" {
		return notChecked("no policy decided: this decision records what somebody did")
	}
	if len(v.Bundle) == 0 {
		return notChecked("the bundle that decided is not in the package")
	}
	if ref.Overlay != "" && len(v.Overlay) == 0 {
		return notChecked("the overlay that decided, which is its holder's own, is not in the package")
	}
	if v.makeEngine(ctx); v.engine.err != nil {
		return because("the bundle", v.engine.err)
	}
	if got := v.engine.made.Ref(); got != ref {
		return failed(fmt.Sprintf("the decision was made by bundle %s %s, overlay %q; the package holds %s %s, %q",
			ref.Version, ref.Bundle, ref.Overlay, got.Version, got.Bundle, got.Overlay))
	}
	if named := v.registry.Bundle; named != "" && named != ref.Bundle {
		return failed("the registry of the day named another bundle: " + named)
	}
	if v.Answer != "" && !asks(v.decision.Kind) {
		if a, err := v.message(signedPart(v.Answer)+"~", true); err == nil {
			if answer, err := a.Answer(); err == nil && answer.Policy != (envelope.PolicyRef{}) && answer.Policy != ref {
				return failed("the answer names another policy than the decision")
			}
		}
	}
	return passed("bundle " + ref.Version + ", " + ref.Bundle + overlaid(ref))
}

func overlaid(ref envelope.PolicyRef) string {
	if ref.Overlay == "" {
		return ", and no overlay"
	}
	return ", overlay " + ref.Overlay
}

func (v *verifier) makeEngine(ctx context.Context) {
	if v.engine.made != nil || v.engine.err != nil {
		return
	}
	v.engine.made, v.engine.err = Engine(ctx, v.Bundle, v.Overlay)
}

// Engine makes the policy of two archives; overlay may be empty.
func Engine(ctx context.Context, bundle, overlay []byte) (*decide.Engine, error) {
	b, err := decide.ReadArchive(bundle)
	if err != nil {
		return nil, err
	}
	var o decide.Options
	if len(overlay) > 0 {
		if o.Overlay, err = decide.ReadArchive(overlay); err != nil {
			return nil, err
		}
	}
	return decide.New(ctx, b, o)
}

// replayVerdict decides again, and holds the answer against what is decided.
func (v *verifier) replayVerdict(ctx context.Context) Verdict {
	switch {
	case !Replayable(v.decision):
		return notChecked("no policy decided here, so there is nothing to replay")
	case len(v.Bundle) == 0, v.decision.Policy.Overlay != "" && len(v.Overlay) == 0:
		return notChecked("the bundle that decided, or its overlay, is not in the package")
	}
	if v.makeEngine(ctx); v.engine.err != nil {
		return notChecked("the bundle in the package cannot be used")
	}
	v.result.Differences = Replay(ctx, v.engine.made, v.decision)
	if n := len(v.result.Differences); n > 0 {
		return failed(fmt.Sprintf("the policy decides otherwise in %d places, first at %s", n, v.result.Differences[0].Where))
	}
	if v.decision.Kind == ledger.KindExported {
		return passed("decided again, bit for bit the same: the handing out of evidence")
	}
	for i, r := range v.decision.Records {
		set := v.engine.made.Replay(ctx, r.Input).Set
		if !set.Withheld && v.Answer != "" && !bytes.Contains(payloadOf(v.Answer), set.Answer) {
			return failed(fmt.Sprintf("the answer does not say of record %d what the policy decides", i+1))
		}
	}
	return passed(fmt.Sprintf("decided again, bit for bit the same: the question and %d records", len(v.decision.Records)))
}
