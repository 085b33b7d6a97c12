package gateway

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/api"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/receipts"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/tlog"
	"homeward.example/gateway/internal/witness"
)

// logKeeper is the transparency log of this gateway, and its work as a witness of
// others'. Answers do not wait for it: what is recorded is logged afterwards.
type logKeeper struct {
	g          *Gateway
	generation int // as the registry named it when this process started
	options    tlog.Options
	reader     *tlog.Reader
	witness    *witness.Witness
	own        note.Verifier                  // of what this gateway cosigned
	sequencer  atomic.Pointer[tlog.Sequencer] // while this process writes the log
	prover     receipts.Prover
	collector  receipts.Collector
	forks      budget.Memory // what is recorded of forks
}

// forksRecorded is how many forks of one participant are recorded in an hour: one is
// proof enough, and who signs one signs as many as it likes.
const forksRecorded = 20

func (g *Gateway) openLog(_ context.Context, _ Deps, parts *exchange.Deps) error {
	private, err := logKeyOf(g.config)
	if err != nil {
		return err
	}
	k := &logKeeper{g: g}
	k.forks.Limits = budget.Limits{Participant: forksRecorded, Query: forksRecorded}
	breaks := k.breaks(g.config.Participant)
	k.generation = len(breaks) + 1
	if k.options, err = LogOptions(g.config, k.generation); err != nil {
		return err
	}
	if len(breaks) > 0 {
		k.options.From = breaks[len(breaks)-1].From
	}
	k.options.Cosign, k.reader = k.cosign, tlog.Read(k.options)
	cosigner, err := checkpoint.NewCosigner(checkpoint.WitnessName(g.config.Participant), private, parts.Now)
	if err != nil {
		return err
	}
	if k.own, err = checkpoint.NewCosignatureVerifier(cosigner.Name(), private.Public().(ed25519.PublicKey)); err != nil {
		return err
	}
	k.witness = &witness.Witness{Signer: cosigner, Heads: g.store, Key: k.logKey, Breaks: k.cosigned, Forked: k.forked}
	k.prover = receipts.Prover{Log: k.reader, Entries: g.store.EntriesFor}
	k.collector = receipts.Collector{
		Self: g.config.Participant, Store: g.store, Ledger: g.recorder, Registry: logRegistry{k}, Fetch: g.fetch, Forked: k.forked,
		Complained: func(state string) { g.metrics.Decision(ledger.KindComplaint, state) }, Now: parts.Now, Within: g.config.Ledger.Receipts,
	}
	g.ledgerLog = k
	g.checks = append(g.checks, observe.Check{Name: "log", Run: k.healthy})
	return nil
}

// logKey is the key of a participant's log, as the registry has it now.
func (k *logKeeper) logKey(participant string) (ed25519.PublicKey, bool) {
	key, ok := k.g.registry.LogKey(participant)
	if !ok {
		return nil, false
	}
	public, ok := key.Key.(ed25519.PublicKey)
	return public, ok
}

// logRegistry is what the registry says of logs.
type logRegistry struct{ k *logKeeper }

func (r logRegistry) LogKey(participant string) (ed25519.PublicKey, bool) {
	return r.k.logKey(participant)
}

func (r logRegistry) Breaks(participant string) []checkpoint.Break { return r.k.breaks(participant) }

func (r logRegistry) Witnesses(but string) ([]string, int) { return r.k.g.registry.Witnesses(but) }

// collect looks for the receipts of others: in the process that writes the log,
// since one is enough.
func (k *logKeeper) collect(ctx context.Context) error {
	if k.sequencer.Load() == nil {
		return nil
	}
	return k.collector.Round(ctx)
}

// run writes the log as long as this process is the one that does, until the
// context ends. That the log cannot go on as it is ends the gateway.
func (k *logKeeper) run(ctx context.Context) error {
	interval := k.g.config.Ledger.Checkpoints
	beat := time.NewTicker(interval)
	defer beat.Stop()
	for {
		if err := k.current(); err != nil {
			return err
		}
		lead, err := k.g.store.Lead(ctx)
		if lead {
			err = k.write(ctx, interval)
			if ctx.Err() != nil {
				return nil // stopped in the midst of it: it goes on from there
			}
			if err != nil && !(k.shared() && errors.Is(err, problem.New(tlog.CodeLocked, ""))) {
				return err
			}
		}
		if err != nil && ctx.Err() == nil {
			k.g.log.Warn("the log is not written by this process", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
		}
	}
}

// shared: replicas elect who writes. One that was elected may have to wait until
// the one before has seen that it is not any more.
func (k *logKeeper) shared() bool { return k.g.config.Store.Driver == store.Postgres }

// write writes the log until the context ends or another process leads.
func (k *logKeeper) write(ctx context.Context, interval time.Duration) error {
	n, head, err := LogGeneration(ctx, k.g.store, k.g.config.Participant)
	if err != nil {
		return err
	}
	if n > k.generation {
		return anotherGeneration(n, k.generation)
	}
	o := k.options
	o.Head = tlog.Head{Size: head.Size, Root: head.Root}
	log, err := tlog.Open(ctx, o)
	if err != nil {
		return err
	}
	if err := k.continues(ctx, log); err != nil {
		return errors.Join(err, log.Close())
	}
	s := &tlog.Sequencer{Log: log, Queue: k.g.store, Interval: interval, Logger: k.g.log, Lead: k.lead, Report: func(n int, err error) {
		k.g.metrics.Logged(n, err)
	}}
	k.sequencer.Store(s)
	s.Run(ctx)
	k.sequencer.Store(nil)
	if ctx.Err() == nil {
		return log.Close()
	}
	// What was recorded until now is logged before the process ends.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, err = s.Round(last)
	if err != nil {
		k.g.log.Warn("the last decisions are not in the log yet; the next start adds them", "error", err)
	}
	return log.Close()
}

// continues asks the witnesses for what neither the log nor the store can know: that
// both were put back from an older backup. Nothing is added to such a log.
func (k *logKeeper) continues(ctx context.Context, log *tlog.Log) error {
	published, err := log.Published()
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return nil // the first checkpoint is refused if they remember one
	}
	if err != nil {
		return err
	}
	size, err := log.Size(ctx)
	if err != nil {
		return err
	}
	q, err := k.quorum()
	if err != nil {
		return err
	}
	return q.Remember(ctx, published.Size, size, published.Raw)
}

// healthy: a log that did not publish for longer than the grace is a gateway that
// promises what nobody can check.
func (k *logKeeper) healthy(context.Context) error {
	s := k.sequencer.Load()
	if s == nil {
		return nil // another replica writes it
	}
	since, err := s.Err()
	rolledBack := errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) // no time heals that
	if err == nil || !rolledBack && time.Since(since) < k.g.config.Ledger.Grace {
		return nil
	}
	return err
}

// cosign asks the witnesses whom the registry names; none if it names none.
func (k *logKeeper) cosign(ctx context.Context, old, size uint64, raw []byte) ([]byte, error) {
	q, err := k.quorum()
	if err != nil {
		return nil, err
	}
	return q.Cosign(ctx, old, size, raw)
}

// quorum is whom the registry names now.
func (k *logKeeper) quorum() (witness.Quorum, error) {
	q := witness.Quorum{Prove: k.reader.Consistency,
		Post: func(ctx context.Context, id string, body []byte) (int, []byte, error) {
			ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
			return k.g.fetch(ctx, id, "add-checkpoint", body)
		}}
	var err error
	q.Witnesses, q.Need, err = k.witnesses(k.g.config.Participant)
	return q, err
}

// witnesses are the keys of those who cosign a participant's log, and how many must.
func (k *logKeeper) witnesses(of string) (keys map[string]note.Verifier, need int, err error) {
	ids, need := k.g.registry.Witnesses(of)
	keys = make(map[string]note.Verifier)
	for _, id := range ids {
		public, ok := k.logKey(id)
		if !ok {
			continue // suspended or blocked: it does not count, and the quorum stays
		}
		if keys[id], err = checkpoint.NewCosignatureVerifier(checkpoint.WitnessName(id), public); err != nil {
			return nil, need, err
		}
	}
	return keys, need, nil
}

// handler is what other participants reach below /tlog/.
func (k *logKeeper) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", k.reader.Handler())
	mux.HandleFunc("POST /add-checkpoint", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "body", http.StatusBadRequest)
			return
		}
		line, refusal := k.witness.Add(r.Context(), api.PeerOf(r.Context()), body)
		if refusal != nil {
			w.Header().Set("Content-Type", refusal.Type)
			w.WriteHeader(refusal.Status)
			line = []byte(refusal.Body)
		}
		_, _ = w.Write(line) // who has gone asks again
	})
	mux.HandleFunc("POST /"+witnessedPath, func(w http.ResponseWriter, r *http.Request) {
		origin, err := io.ReadAll(r.Body)
		var head []byte
		if err == nil {
			head, err = k.witness.Remembered(r.Context(), api.PeerOf(r.Context()), string(origin))
		}
		writeProof(w, "text/plain; charset=utf-8", head, err)
	})
	mux.HandleFunc("POST /"+receipts.Path, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			body, err = k.prover.Prove(r.Context(), api.PeerOf(r.Context()), body)
		}
		writeProof(w, "application/json", body, err)
	})
	mux.HandleFunc("POST /"+reconcilePath, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		sealed := ""
		if err == nil {
			sealed, err = k.g.exchange.Reconciled(r.Context(), api.PeerOf(r.Context()), string(body))
		}
		if err != nil { // as for any message: it is told nothing
			k.g.metrics.Refused(problem.Of(err).Code)
			http.Error(w, "not accepted", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/jose")
		_, _ = io.WriteString(w, sealed)
	})
	mux.HandleFunc("GET /inclusion/{decision}", func(w http.ResponseWriter, r *http.Request) {
		proof, err := k.inclusion(r.Context(), api.PeerOf(r.Context()), r.PathValue("decision"))
		var body []byte
		if err == nil {
			body, err = json.Marshal(proof)
		}
		writeProof(w, "application/json", body, err)
	})
	return mux
}

func writeProof(w http.ResponseWriter, contentType string, body []byte, err error) {
	if err == nil {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(body) // who has gone asks again
		return
	}
	status := http.StatusServiceUnavailable
	switch problem.Of(err).Code {
	case problem.CodeNotFound:
		status = http.StatusNotFound
	case problem.CodeInvalidRequest:
		status = http.StatusBadRequest
	}
	http.Error(w, http.StatusText(status), status)
}

// inclusion proves a decision to the participant that it was made on, and to nobody else.
func (k *logKeeper) inclusion(ctx context.Context, peer, decision string) (checkpoint.Proof, error) {
	entries, err := k.g.store.EntriesFor(ctx, peer, []string{decision})
	if err != nil {
		return checkpoint.Proof{}, err
	}
	entry, ok := entries[decision]
	if !ok || peer == "" {
		return checkpoint.Proof{}, problem.New(problem.CodeNotFound, "decision")
	}
	return k.reader.Prove(ctx, entry.Index)
}

// forked records that a log showed two histories, by the checkpoints that it signed. Past
// the bound of an hour it is counted alone.
func (k *logKeeper) forked(ctx context.Context, participant string, have, other []byte) {
	k.g.metrics.Fork()
	proof := []byte(string(have) + "\n" + string(other))
	if k.forks.Spend(ctx, budget.Request{Participant: participant, Size: len(proof), Now: time.Now()}) != nil {
		return
	}
	k.g.log.Error("a log has forked", "participant", participant)
	_, err := k.g.recorder.Record(ctx, proof, ledger.Decision{
		Kind: ledger.KindForked, Holder: participant, Requester: k.g.config.Participant, Peer: participant, Outcome: "reported",
	}, ledger.Commit{Row: ledger.Row{Details: proof}})
	if err != nil {
		k.g.log.Error("the fork is not recorded", "participant", participant, "error", err)
	}
}
