package proof

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"homeward.example/gateway/internal/decide"
)

// Bundle tries a policy by the cases that came with it: those are what its
// authors say it decides. A bundle without cases is not proven. The error is
// about the first case that is decided otherwise.
func Bundle(ctx context.Context, b decide.Bundle, e *decide.Engine) error {
	if len(b.Cases) == 0 {
		return errors.New("there are no cases")
	}
	for _, file := range slices.Sorted(maps.Keys(b.Cases)) {
		cases, err := Parse(file, []byte(b.Cases[file]))
		if err != nil {
			return err
		}
		for i := range cases {
			input, err := cases[i].Input()
			if err != nil {
				return fmt.Errorf("%s: %w", cases[i].Name, err)
			}
			if d := cases[i].Differs(cases[i].Decide(ctx, e, input)); d != "" {
				return fmt.Errorf("%s: %s", cases[i].Name, d)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}
