package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/proof"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
)

type explainFlags struct {
	input, lang, field, bundle string
	raw                        bool
}

func (a *app) policyExplainCommand() *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use: "explain [DECISION-ID]", Short: "Say why each field is released or withheld, and what would release more",
		Long: "explain takes a decision of this gateway's ledger, or with --input a question and a record that could be: a\n" +
			"file as policies/cases has them, or an input of the policy as the ledger keeps it. It evaluates the input once\n" +
			"more, under the decision's own policy if that is the one in force or the one named with --bundle, and says so\n" +
			"if the result is not what was recorded. What would release more was tried on the policy, not guessed.",
		Example: "  homeward policy explain --input case.yaml\n" +
			"  homeward policy explain --input case.yaml --field physical.photo --lang uk",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (f.input == "") == (len(args) == 0) || f.raw && f.input == "" {
				return usage("expected the id of a decision, or --input")
			}
			keep, err := keeping(f.field)
			if err != nil {
				return err
			}
			if f.lang == "" {
				f.lang = a.language()
			}
			if !slices.Contains(decide.ExplainLanguages(), f.lang) {
				return usage("--lang %s: expected one of %s", f.lang, strings.Join(decide.ExplainLanguages(), ", "))
			}
			if f.input != "" {
				return a.explainInput(cmd.Context(), f, keep)
			}
			return a.explainDecision(cmd.Context(), f, args[0], keep)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.input, "input", "", "file with a question and a record, or an input of the policy; - reads standard input")
	fl.BoolVar(&f.raw, "show-input", false, "print what --input is to the policy, for opa eval, and explain nothing")
	fl.StringVar(&f.lang, "lang", "", "en or uk (default as HOMEWARD_LANG or the system say)")
	fl.StringVar(&f.field, "field", "", "one path or column, e.g. physical.photo, names_birth, name.family#imposed")
	fl.StringVar(&f.bundle, "bundle", "", "policy to explain by: a folder or a bundle (default the one in force)")
	return cmd
}

// keeping is the choice that --field makes; nil chooses all.
func keeping(field string) (func(decide.Verdict) bool, error) {
	if field == "" {
		return nil, nil
	}
	name, identity, one := strings.Cut(field, "#")
	if _, ok := catalog.ByPath(name); !ok && !slices.Contains(decide.Columns(), name) {
		return nil, usage("--field %s: the schema has no such path and the matrix no such column", field)
	}
	return func(v decide.Verdict) bool {
		return (v.Path == name || decide.ColumnOf(v.Path) == name) && (!one || v.Identity == identity)
	}, nil
}

// shownExplanation is one record of a decision, or a question without one.
type shownExplanation struct {
	Matched string `json:"matched,omitempty"` // identity that the record was asked by
	// Differs lists the fields on which the policy that explains says something else than was recorded.
	Differs []difference `json:"differs,omitempty"`
	decide.Explanation
}

type difference struct {
	Field    string `json:"field"`
	Identity string `json:"identity"`
	Recorded string `json:"recorded"`
	Now      string `json:"now"`
}

func (a *app) explainInput(ctx context.Context, f explainFlags, keep func(decide.Verdict) bool) error {
	raw, err := a.readInput(f.input)
	if err != nil {
		return err
	}
	input, err := policyInput(f.input, raw)
	if err != nil {
		return err
	}
	if f.raw {
		_, err = fmt.Fprintf(a.out, "%s\n", input)
		return err
	}
	x, err := a.explainer(ctx, f, false)
	if err != nil {
		return err
	}
	e, err := x.Explain(ctx, input, f.lang, keep)
	if err != nil {
		return err
	}
	say, err := decide.ExplainWords(f.lang)
	if err != nil {
		return err
	}
	shown := shownExplanation{Explanation: e}
	return a.show(shown, func(p *printer) {
		p.line(p.paint(bold, e.Purpose+", "+cmp.Or(say("recipient."+e.Recipient), e.Recipient)) + "  " + p.paint(grey, say("head.policy", "version", e.Policy.Version, "digest", e.Policy.Bundle)))
		p.explanation(say, shown)
	})
}

func (a *app) readInput(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(a.in, 1<<20))
	}
	return os.ReadFile(name)
}

// policyInput reads an input of the policy as it is, or makes one of a case.
func policyInput(name string, raw []byte) ([]byte, error) {
	var in struct{ Purpose json.RawMessage }
	if json.Unmarshal(raw, &in) == nil && in.Purpose != nil {
		return bytes.TrimSpace(raw), nil
	}
	c, err := proof.ReadCase(raw)
	if err != nil {
		return nil, problem.Wrap(decide.CodeInput, name, err)
	}
	if c.Export != nil {
		return nil, problem.Mismatch(decide.CodeInput, name, "a question and a record", "an export: homeward policy test decides it")
	}
	input, err := c.Input()
	if err != nil {
		return nil, problem.Wrap(decide.CodeInput, name, err)
	}
	return input, nil
}

func (a *app) explainer(ctx context.Context, f explainFlags, configured bool) (*decide.Explainer, error) {
	b, overlay, err := a.inForce(configured)
	if err == nil && f.bundle != "" {
		b, err = policyOf([]string{f.bundle})
	}
	if err != nil {
		return nil, err
	}
	return decide.NewExplainer(ctx, b, a.authors(overlay))
}

// shownDecision is a decision of the ledger, explained.
type shownDecision struct {
	Decision string             `json:"decision"`
	At       time.Time          `json:"at"`
	Policy   envelope.PolicyRef `json:"policy"`
	// Same: the policy that explains is the one that decided.
	Same      bool               `json:"same_policy"`
	Explained envelope.PolicyRef `json:"explained_by"`
	Records   []shownExplanation `json:"records"`
}

func (a *app) explainDecision(ctx context.Context, f explainFlags, id string, keep func(decide.Verdict) bool) error {
	d, err := a.pastDecisionOf(ctx, id)
	if err != nil {
		return err
	}
	x, err := a.explainer(ctx, f, true)
	if err != nil {
		return err
	}
	shown := shownDecision{Decision: d.ID, At: d.At.UTC(), Policy: d.Policy, Explained: x.Ref(), Same: x.Ref() == d.Policy}
	records := d.Records
	if len(records) == 0 { // refused, or nobody was found: what the question could have got
		records = []ledger.DecidedRecord{{Input: d.Input}}
	}
	for _, r := range records {
		e, err := x.Explain(ctx, r.Input, f.lang, keep)
		if err != nil {
			return err
		}
		differs, err := differences(d, r, e)
		if err != nil {
			return err
		}
		shown.Records = append(shown.Records, shownExplanation{r.Matched, differs, e})
	}
	say, err := decide.ExplainWords(f.lang)
	if err != nil {
		return err
	}
	return a.show(shown, func(p *printer) { p.explainedDecision(say, d, shown) })
}

func (a *app) pastDecisionOf(ctx context.Context, id string) (d ledger.Decision, err error) {
	err = a.withStore(ctx, func(s ledger.Store) error {
		row, err := s.Decision(ctx, id)
		if err == nil {
			d, err = ledger.ParseDecision(row.Content)
		}
		return err
	})
	if err == nil && (len(d.Input) == 0 || d.Kind == ledger.KindExported) {
		err = problem.New(decide.CodeInput, "a row of kind "+d.Kind+" on which no policy of this gateway decided")
	}
	return d, err
}

// differences compare what was recorded with what the policy that explains says.
func differences(d ledger.Decision, r ledger.DecidedRecord, e decide.Explanation) ([]difference, error) {
	if len(r.Verdicts) == 0 {
		if was := d.Outcome == envelope.StatusRefused; was != (e.Refusal != "") {
			return []difference{{Recorded: strings.TrimSpace(d.Outcome + " " + d.Reason), Now: e.Question}}, nil
		}
		return nil, nil
	}
	verdicts, err := decide.ReadLedger(r.Verdicts)
	if err != nil {
		return nil, problem.Wrap(ledger.CodeLedgerMismatch, "recorded verdicts", err)
	}
	recorded := make(map[string]string)
	for _, v := range verdicts {
		recorded[v.Path+"#"+v.Identity] = said(v)
	}
	var out []difference
	for _, f := range e.Fields {
		if was := recorded[f.Path+"#"+f.Identity]; was != said(f.Verdict) {
			out = append(out, difference{f.Path, f.Identity, was, said(f.Verdict)})
		}
	}
	return out, nil
}

// said is a verdict with its exact reasons.
func said(v decide.Verdict) string {
	return strings.TrimSpace(v.Verdict+" "+v.To) + " (" + strings.Join(v.Reasons, " ") + ")"
}
