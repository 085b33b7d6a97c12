package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/proof"
)

// testedPolicy is what the tests of a policy found.
type testedPolicy struct {
	Policy policyName `json:"policy"`
	// Rego tests that passed, and those that did not.
	Rego       int      `json:"rego_passed"`
	RegoFailed []string `json:"rego_failed"`
	// Cases that passed, and those that did not.
	Cases       int          `json:"cases_passed"`
	CasesFailed []failedCase `json:"cases_failed"`
}

type failedCase struct {
	Case        string             `json:"case"`
	Differences []proof.Difference `json:"differences"`
}

func (t testedPolicy) failed() int { return len(t.RegoFailed) + len(t.CasesFailed) }

func (a *app) policyTestCommand() *cobra.Command {
	return &cobra.Command{
		Use: "test [DIR|BUNDLE]", Short: "Run the tests and the cases of a policy",
		Long: "test runs the Rego tests that lie beside the rules and decides every case of cases/*.yaml. Of a case that\n" +
			"fails it shows field by field what was wanted and what was found. Its last line counts. Without an argument it\n" +
			"tests the policy of this program. It exits with 1 if anything fails.",
		Example: "  homeward policy test policies",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := policyOf(args)
			if err != nil {
				return failure(err)
			}
			tested, err := a.testPolicy(cmd.Context(), b)
			if err == nil {
				err = a.show(tested, func(p *printer) { p.tested(tested) })
			}
			if err == nil && tested.failed() > 0 {
				return errFailed
			}
			return failure(err)
		},
	}
}

func (a *app) testPolicy(ctx context.Context, b decide.Bundle) (testedPolicy, error) {
	t := testedPolicy{Policy: namedPolicy(b), RegoFailed: []string{}, CasesFailed: []failedCase{}}
	e, err := decide.New(ctx, b, a.authors(decide.Bundle{}))
	if err != nil {
		return t, err
	}
	var failures error
	if t.Rego, failures = b.Test(ctx); failures != nil {
		t.RegoFailed = strings.Split(failures.Error(), "\n")
	}
	cases := 0
	for _, file := range slices.Sorted(maps.Keys(b.Cases)) {
		all, err := proof.Parse(file, []byte(b.Cases[file]))
		if err != nil {
			return t, err
		}
		for _, c := range all {
			cases++
			input, err := c.Input()
			if err != nil {
				return t, err
			}
			if d := c.Differences(c.Decide(ctx, e, input)); d != nil {
				t.CasesFailed = append(t.CasesFailed, failedCase{c.Name, d})
			}
		}
	}
	t.Cases = cases - len(t.CasesFailed)
	if cases == 0 {
		return t, errors.New("there are no cases: expected cases/*.yaml beside the rules")
	}
	return t, ctx.Err()
}

func (p *printer) tested(t testedPolicy) {
	for _, f := range t.RegoFailed {
		p.line(p.paint(red, "FAILED  ") + f)
	}
	for _, c := range t.CasesFailed {
		p.line(p.paint(red, "FAILED  ") + c.Case)
		var rows [][]string
		for _, d := range c.Differences {
			rows = append(rows, []string{d.Field, d.Wanted, d.Found})
		}
		p.table("  ", []string{"FIELD", "WANTED", "FOUND"}, rows, nil)
	}
	line := fmt.Sprintf("%d failed; passed: %d Rego tests, %d cases", t.failed(), t.Rego, t.Cases)
	if t.failed() > 0 {
		p.line(p.paint(red, line))
	} else {
		p.line(p.paint(green, line))
	}
}
