package verify

import (
	"bytes"
	"context"
	"fmt"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// Difference is what a policy says of an input now, and what was recorded.
type Difference struct {
	Where    string `json:"where"` // "question", "record 1"
	Recorded string `json:"recorded"`
	Replayed string `json:"replayed"`
}

// Replayable says whether a policy decided here, so that there is something to replay.
func Replayable(d ledger.Decision) bool { return len(d.Input) > 0 && Decides(d) }

// Decides says whether decisions of this kind are a policy's, whose word is replayed.
func Decides(d ledger.Decision) bool {
	return d.Kind == ledger.KindAnswered || d.Kind == ledger.KindExported
}

// Replay decides again, from the inputs that were recorded, and compares bit for
// bit. None means that all is equal.
func Replay(ctx context.Context, e *decide.Engine, d ledger.Decision) []Difference {
	var out []Difference
	add := func(where, recorded, replayed string) {
		if recorded != replayed {
			out = append(out, Difference{where, recorded, replayed})
		}
	}
	if d.Kind == ledger.KindExported {
		replayExport(e.ReplayExport(ctx, d.Input), d, add)
		return out
	}
	word := e.Replay(ctx, d.Input)
	switch {
	case word.Failure != "" || d.Failure != "" && len(d.Records) == 0:
		add("question, failure", d.Failure, word.Failure)
	case word.Refusal != "":
		add("question", d.Outcome+" "+d.Reason, envelope.StatusRefused+" "+word.Refusal)
	case word.Pending:
		add("question", d.Outcome, envelope.StatusPending)
	default:
		add("question", d.Outcome, envelope.StatusAnswered)
		if word.Reason != "" {
			add("question, reason", d.Reason, word.Reason)
		}
	}
	for i, r := range d.Records {
		set := e.Replay(ctx, r.Input).Set
		where := fmt.Sprintf("record %d", i+1)
		if !bytes.Equal(set.Ledger, r.Verdicts) {
			out = append(out, difference(where, r.Verdicts, set.Ledger))
		}
	}
	return out
}

// replayExport compares the word on handing out evidence.
func replayExport(word decide.Exported, d ledger.Decision, add func(where, recorded, replayed string)) {
	add("export, failure", d.Failure, word.Failure)
	if word.Refusal != "" {
		add("export", d.Outcome+" "+d.Reason, envelope.StatusRefused+" "+word.Refusal)
		return
	}
	add("export", d.Outcome, "exported")
	var recorded []byte
	if len(d.Records) > 0 {
		recorded = d.Records[0].Verdicts
	}
	if len(word.Reasons) > 0 || recorded != nil {
		add("export, values", string(recorded), string(word.Ledger))
	}
}

// difference names the first field of which another thing is said.
func difference(where string, recorded, replayed []byte) Difference {
	was, err := decide.ReadLedger(recorded)
	is, err2 := decide.ReadLedger(replayed)
	if err != nil || err2 != nil || len(was) != len(is) {
		return Difference{where, "another list of verdicts", "a list of verdicts"}
	}
	for i, v := range was {
		if a, b := fmt.Sprint(v), fmt.Sprint(is[i]); a != b {
			return Difference{where + ", " + v.Path, a, b}
		}
	}
	return Difference{where, "the same verdicts in other bytes", "these bytes"}
}
