package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

type impactFlags struct {
	bundle, inputs string
	last, workers  int
}

func (a *app) policyImpactCommand() *cobra.Command {
	var f impactFlags
	cmd := &cobra.Command{
		Use: "impact", Short: "Replay past decisions under another policy and say what flips",
		Long: "impact decides the last questions that this gateway answered once more, on the inputs that its ledger\n" +
			"keeps, under another policy. What would newly leave comes first. Nothing is sent or recorded.\n\n" +
			"It exits with 3 if anything more would leave: a field that was withheld, or one that was generalised further;\n" +
			"with 0 if nothing more would; with 1 if it could not be told.",
		Example: "  homeward policy impact --bundle changed --last 10000\n" +
			"  homeward policy impact --bundle policies --inputs inputs.jsonl",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			loosens, err := a.impact(cmd.Context(), f)
			if err == nil && loosens {
				return errRefused
			}
			return failure(err) // 3 would say that something more leaves
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.bundle, "bundle", "", "the other policy: a folder or a bundle")
	fl.IntVar(&f.last, "last", 10000, "how many decisions of the ledger, the newest first")
	fl.StringVar(&f.inputs, "inputs", "", "instead of the ledger: a file with one input of the policy a line, decided today by the policy in force")
	fl.IntVar(&f.workers, "workers", runtime.NumCPU(), "how many decisions are made at the same time")
	required(cmd, "bundle")
	return cmd
}

// impact prints what flips, and says whether anything more would leave.
func (a *app) impact(ctx context.Context, f impactFlags) (loosens bool, err error) {
	if f.last < 1 {
		return false, usage("--last %d: expected 1 or more", f.last)
	}
	b, err := policyOf([]string{f.bundle})
	if err != nil {
		return false, err
	}
	inForce, overlay, err := a.inForce(f.inputs == "")
	if err != nil {
		return false, err
	}
	today, err := decide.New(ctx, inForce, a.authors(overlay))
	if err != nil {
		return false, err
	}
	next, err := decide.New(ctx, b, a.authors(overlay))
	if err != nil {
		return false, err
	}
	var i decide.Impact
	if f.inputs != "" {
		i, err = a.impactOnInputs(ctx, f, today, next)
	} else {
		i, err = a.impactOnLedger(ctx, f, today, next)
	}
	if err != nil {
		return false, err
	}
	shown := map[string]any{"old": today.Ref(), "new": namedPolicy(b), "loosens": i.Loosens(), "impact": i}
	return i.Loosens(), a.show(shown, func(p *printer) { p.impact(i) })
}

func (a *app) impactOnInputs(ctx context.Context, f impactFlags, today, next *decide.Engine) (decide.Impact, error) {
	file, err := os.Open(f.inputs)
	if err != nil {
		return decide.Impact{}, err
	}
	defer file.Close()
	i, err := decide.ImpactOf(ctx, today, next, inputLines(f.inputs, file), f.workers)
	if err == nil && i.Replayed == 0 { // nothing flips of nothing: whoever asks would take it for an answer
		err = problem.Mismatch(decide.CodeInput, f.inputs, "one input of the policy a line", "none")
	}
	return i, err
}

func (a *app) impactOnLedger(ctx context.Context, f impactFlags, today, next *decide.Engine) (decide.Impact, error) {
	var i decide.Impact
	err := a.withStore(ctx, func(s ledger.Store) (err error) {
		i, err = decide.ImpactOf(ctx, today, next, pastDecisions(ctx, s, f.last), f.workers)
		return err
	})
	return i, err
}

// ledgerPage is how many rows are read at once.
const ledgerPage = 500

// pastDecisions are the newest answers of a ledger that a policy decided, at most n.
func pastDecisions(ctx context.Context, s ledger.Store, n int) iter.Seq2[decide.Recorded, error] {
	return func(yield func(decide.Recorded, error) bool) {
		for before := int64(0); ; {
			rows, err := s.Decisions(ctx, before, ledgerPage)
			if err != nil {
				yield(decide.Recorded{}, err)
				return
			}
			for _, row := range rows {
				before = row.Seq
				d, err := pastDecision(row)
				if err != nil && !yield(d, err) {
					return
				}
				if len(d.Input) == 0 {
					continue // no policy had a word on it
				}
				if n--; n < 0 || !yield(d, nil) {
					return
				}
			}
			if len(rows) < ledgerPage {
				return
			}
		}
	}
}

// pastDecision reads a row. One that the policy did not decide has no input.
func pastDecision(row ledger.Row) (decide.Recorded, error) {
	if row.Kind != ledger.KindAnswered && row.Kind != ledger.KindCollected {
		return decide.Recorded{}, nil
	}
	d, err := ledger.ParseDecision(row.Content)
	if err != nil {
		return decide.Recorded{}, err
	}
	out := decide.Recorded{
		ID: d.ID, Requester: d.Requester, Purpose: d.Purpose, Input: d.Input,
		Refused: d.Outcome == envelope.StatusRefused, Pending: d.Outcome == envelope.StatusPending,
	}
	for _, r := range d.Records {
		out.Records = append(out.Records, decide.RecordedSet{Input: r.Input, Verdicts: r.Verdicts})
	}
	return out, nil
}

// inputLines reads one input of the policy a line.
func inputLines(name string, r io.Reader) iter.Seq2[decide.Recorded, error] {
	return func(yield func(decide.Recorded, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		for n := 1; lines.Scan(); n++ {
			if len(lines.Bytes()) == 0 {
				continue
			}
			d, err := inputLine(name, n, lines.Bytes())
			if !yield(d, err) || err != nil {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(decide.Recorded{}, fmt.Errorf("%s: %w", name, err))
		}
	}
}

func inputLine(name string, n int, line []byte) (decide.Recorded, error) {
	var in struct {
		Purpose   string
		Requester struct{ ID, Kind string }
		Record    map[string]json.RawMessage
	}
	place := fmt.Sprintf("%s:%d", name, n)
	if err := json.Unmarshal(line, &in); err != nil {
		return decide.Recorded{}, problem.Wrap(decide.CodeInput, place, err)
	}
	d := decide.Recorded{ID: place, Requester: in.Requester.ID, Purpose: in.Purpose, Alone: true, Input: append([]byte(nil), line...)}
	if d.Requester == "" {
		d.Requester = in.Requester.Kind
	}
	if in.Record != nil {
		d.Records = []decide.RecordedSet{{Input: d.Input}}
	}
	return d, nil
}
