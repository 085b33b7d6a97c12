package gateway

import (
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	"homeward.example/gateway/internal/witness"
)

// witnessedPath is where a witness says what it remembers of the caller's log, below
// /tlog/ on the federation listener.
const witnessedPath = "witnessed"

// breaks are where the registry in force ends the generations of a participant's log.
func (k *logKeeper) breaks(participant string) []checkpoint.Break {
	ended, _ := k.g.registry.EndedLogs(participant)
	var breaks []checkpoint.Break
	for _, e := range ended {
		b, _ := e.Break() // the registry is valid
		b.Proven = k.proven(participant, []byte(e.Continues))
		breaks = append(breaks, b)
	}
	return breaks
}

// cosigned are breaks for the witness that this gateway is: it cosigns no generation over
// more than it remembers whose start it did not cosign itself.
func (k *logKeeper) cosigned(participant string) []checkpoint.Break {
	breaks := k.breaks(participant)
	ended, _ := k.g.registry.EndedLogs(participant)
	for i := range min(len(breaks), len(ended)) { // the registry may change in between
		breaks[i].Unknown = checkpoint.Cosigners([]byte(ended[i].Continues), []note.Verifier{k.own}) == 0
	}
	return breaks
}

// proven says whether enough witnesses cosigned a checkpoint of a participant's log;
// without any, nobody did.
func (k *logKeeper) proven(participant string, raw []byte) bool {
	keys, need, err := k.witnesses(participant)
	return err == nil && need > 0 && checkpoint.Cosigners(raw, slices.Collect(maps.Values(keys))) >= need
}

// current is nil while the registry names the generation with which this process
// started. Another one is begun by a start.
func (k *logKeeper) current() error {
	ended, ok := k.g.registry.EndedLogs(k.g.config.Participant)
	if n := len(ended) + 1; ok && n != k.generation {
		return anotherGeneration(k.generation, n)
	}
	return nil
}

func anotherGeneration(have, named int) error {
	return problem.Mismatch(checkpoint.CodeGeneration, "registry", "generation "+strconv.Itoa(have), "generation "+strconv.Itoa(named))
}

// lead says whether this process writes the log: no longer once it is of another generation.
func (k *logKeeper) lead(ctx context.Context) (bool, error) {
	if k.current() == nil {
		return k.g.store.Lead(ctx)
	}
	return false, nil // run tells why, and ends
}

// LogHead is a head as it is shown.
type LogHead struct {
	Size uint64 `json:"size"`
	Root string `json:"root,omitempty"` // base64
}

// WitnessHead is what one witness remembers of a log.
type WitnessHead struct {
	Witness string `json:"witness"`
	LogHead
	Problem string `json:"problem,omitempty"` // why it did not say
	head    checkpoint.Head
}

// LogStand is where this gateway's log stands beside what its witnesses remember.
type LogStand struct {
	Participant string        `json:"participant"`
	Generation  int           `json:"generation"` // that the registry names
	Origin      string        `json:"origin"`
	Published   LogHead       `json:"published"` // the newest checkpoint that is here
	Witnesses   []WitnessHead `json:"witnesses"`
	// Lost entries were published and are not here: decisions, and padding.
	Lost uint64 `json:"lost"`
	// EndedLogs is what the registry must say of this participant so that the log can
	// go on; nil if it can go on as it is.
	EndedLogs []trust.EndedLog `json:"ended_logs,omitempty"`
}

// LogStand asks the witnesses of this gateway's log what they remember of it. If fewer say
// so than all who could hide what was published, that is witness.CodeWitnesses. If they
// remember more than is here while a process writes the log, that is tlog.CodeLocked: it
// may be about to publish it.
func (g *Gateway) LogStand(ctx context.Context) (LogStand, error) {
	k := g.ledgerLog
	s := LogStand{Participant: g.config.Participant, Generation: k.generation, Origin: k.options.Origin}
	ended, _ := g.registry.EndedLogs(s.Participant)
	written := k.reader.Idle()
	var err error
	if s.Witnesses, err = k.remembered(ctx); err != nil {
		return s, err
	}
	have, err := k.kept(ended)
	if err != nil {
		return s, err
	}
	s.Published = shown(have.Head)
	end := have.Head
	for _, w := range s.Witnesses {
		if w.head.Size > end.Size {
			end = w.head
		}
	}
	if end, err = k.begun(ctx, end); err != nil {
		return s, err
	}
	k.compare(ctx, s.Witnesses, have.Head, end)
	switch {
	case end.Size == have.Size:
		return s, nil
	case written != nil:
		return s, written
	case have.Size > 0 && !k.proven(s.Participant, have.Raw):
		return s, problem.New(witness.CodeWitnesses, "the newest checkpoint that is here")
	}
	s.Lost = end.Size - have.Size
	s.EndedLogs = append(slices.Clone(ended), trust.EndedLog{
		Origin: s.Origin, Size: end.Size, Root: shown(end).Root, Continues: string(have.Raw),
	})
	return s, nil
}

// compare marks witnesses who remember another log than this one has, or than others do.
func (k *logKeeper) compare(ctx context.Context, witnesses []WitnessHead, have, end checkpoint.Head) {
	for i, w := range witnesses {
		want := end.Root
		if w.head.Size < end.Size {
			root, err := k.reader.Root(ctx, w.head.Size)
			if w.head.Size == 0 || w.head.Size > have.Size || err != nil {
				continue // nothing here to compare it with
			}
			want = root
		}
		if w.head.Size > 0 && w.head.Root != want {
			witnesses[i].Problem = string(witness.CodeFork)
		}
	}
}

// kept is the newest checkpoint whose entries are here, and in the generation that the
// registry names: one of an earlier generation may have more than was continued.
func (k *logKeeper) kept(ended []trust.EndedLog) (checkpoint.Checkpoint, error) {
	have, err := k.reader.Latest()
	if err != nil && !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return have, err
	}
	for n := checkpoint.Number(have.Origin); n <= len(ended); n++ {
		if b, _ := ended[n-1].Break(); b.From.Size < have.Size {
			have = checkpoint.Checkpoint{Head: b.From, Raw: []byte(ended[n-1].Continues)}
		}
	}
	return have, nil
}

// begun is a head, or the newest that this gateway itself, or the registry, knows of the
// generation.
func (k *logKeeper) begun(ctx context.Context, end checkpoint.Head) (checkpoint.Head, error) {
	if k.options.From.Size > end.Size {
		end = k.options.From
	}
	own, err := k.g.store.Head(ctx, ledger.HeadOwn, k.options.Origin)
	switch {
	case errors.Is(err, problem.New(problem.CodeNotFound, "")):
		return end, nil
	case own.Size > end.Size:
		end = checkpoint.Head{Size: own.Size, Root: own.Root}
	}
	return end, err
}

// remembered asks each witness. Of what a quorum cosigned one of any that are as many as
// this wants knows.
func (k *logKeeper) remembered(ctx context.Context) ([]WitnessHead, error) {
	keys, need, err := k.witnesses(k.g.config.Participant)
	if err != nil {
		return nil, err
	}
	heads, said := []WitnessHead{}, 0
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		w := WitnessHead{Witness: id}
		head, err := k.remembers(ctx, id)
		if err != nil {
			w.Problem = string(problem.Of(err).Code)
		} else {
			w.head, w.LogHead, said = head, shown(head), said+1
		}
		heads = append(heads, w)
	}
	if want := len(heads) - need + 1; need > 0 && said < want {
		return heads, problem.Mismatch(witness.CodeWitnesses, "witnesses who say what they remember", "at least "+strconv.Itoa(want), strconv.Itoa(said))
	}
	return heads, nil
}

// remembers is the head that one witness cosigned last, the zero value for none.
func (k *logKeeper) remembers(ctx context.Context, id string) (checkpoint.Head, error) {
	status, raw, err := k.g.fetch(ctx, id, witnessedPath, []byte(k.options.Origin))
	switch {
	case err != nil:
		return checkpoint.Head{}, err
	case status == http.StatusNotFound:
		return checkpoint.Head{}, nil
	case status != http.StatusOK:
		return checkpoint.Head{}, problem.New(problem.CodeUnavailable, id)
	}
	c, err := checkpoint.Parse(raw, k.options.Origin, k.options.Verifier)
	return c.Head, err
}

func shown(h checkpoint.Head) LogHead {
	if h.Size == 0 {
		return LogHead{}
	}
	return LogHead{h.Size, base64.StdEncoding.EncodeToString(h.Root[:])}
}
