package decide

import (
	"context"
	"slices"
)

// Supposing is an input in which what a field would need for more is true, and
// the same with each one of these left out.
func (x *Explainer) Supposing(input []byte, f FieldExplanation) (all []byte, without [][]byte, err error) {
	if all, err = supposing(input, f.facts...); err != nil {
		return nil, nil, err
	}
	for i := range f.facts {
		less, err := supposing(input, slices.Concat(f.facts[:i], f.facts[i+1:])...)
		if err != nil {
			return nil, nil, err
		}
		without = append(without, less)
	}
	return all, without, nil
}

// Decided is this policy's word on the record of an input.
func (x *Explainer) Decided(ctx context.Context, input []byte) []Verdict {
	return x.engine.newSet(ctx, input, "").Verdicts
}

// Tells grows with what a verdict lets out.
func (v Verdict) Tells() int { return v.tells() }

// Texts of a language by key.
func Texts(lang string) (map[string]string, error) {
	t, err := languageOf(lang)
	if err != nil {
		return nil, err
	}
	return t.by, nil
}

// FactTexts are the keys of the texts that facts have.
func FactTexts() []string {
	var keys []string
	for _, choice := range append(choices(), facts()) {
		for _, f := range choice {
			if f != nil {
				keys = append(keys, f.text)
			}
		}
	}
	return keys
}
