package receipts

import (
	"crypto/ed25519"
	"os"
	"testing"
	"time"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/tlog"
)

// The holder's log is put back and goes on as its second generation. What is left of it
// is proven under that one, old receipts hold as they were, and what was lost is
// complained of in time.
func TestNextGeneration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kept := w.answer()
	w.publish()
	w.round(time.Minute)
	old := w.want(kept, ledger.ReceiptHave, "")
	saved := t.TempDir()
	must(t, os.CopyFS(saved, os.DirFS(w.dir)))
	from, err := w.log.Published()
	must(t, err)
	w.publish()
	lost := w.received("lost", [32]byte{1}) // its decision is in no log any more
	w.round(time.Minute)                    // and 64 entries are seen
	end, err := w.log.Published()
	must(t, err)

	next, again := w.generation(saved, 2), w.answer()
	first := w.log
	w.log, w.sequencer.Log = next, next
	w.publish()
	w.round(time.Minute)
	w.want(again, ledger.ReceiptWaiting, checkpoint.CodeGeneration) // the registry here says nothing of it yet
	w.breaks = []checkpoint.Break{{End: end.Head, From: from.Head, Proven: true}}
	w.log = first
	w.round(time.Minute)
	w.want(again, ledger.ReceiptWaiting, checkpoint.CodeGeneration) // nor the holder's
	w.log = next
	w.round(time.Minute)
	r := w.want(again, ledger.ReceiptHave, "")
	c, err := checkpoint.Read(r.Checkpoint)
	must(t, err)
	if c.Origin != "homeward.example/gov-ua/ledger/2" || c.Size != 64 {
		t.Errorf("proven under %s, %d entries", c.Origin, c.Size)
	}
	if still := w.want(kept, ledger.ReceiptHave, ""); string(still.Checkpoint) != string(old.Checkpoint) {
		t.Error("an old receipt has another checkpoint")
	}
	w.round(within)
	w.round(within)
	w.want(lost, ledger.ReceiptOverdue, problem.CodeNotFound)
	if len(w.complains) != 1 || w.forks != 0 {
		t.Errorf("complaints %v, %d forks", w.complains, w.forks)
	}
}

// A registry that ends the log before what was seen of it, or that continues what no
// quorum cosigned, makes nobody believe the next generation.
func TestRegistryThatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end    uint64
		proven bool
		code   problem.Code
	}{
		"an earlier end":       {33, true, checkpoint.CodeBreak},
		"what nobody cosigned": {64, false, checkpoint.CodeCheckpoint},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.publish()
			from, err := w.log.Published()
			must(t, err)
			saved := t.TempDir()
			must(t, os.CopyFS(saved, os.DirFS(w.dir)))
			w.publish()
			w.answer()
			w.round(time.Minute)
			end, err := w.log.Published()
			must(t, err)
			w.breaks = []checkpoint.Break{{End: checkpoint.Head{Size: c.end, Root: end.Root}, From: from.Head, Proven: c.proven}}
			w.log = w.generation(saved, 2)
			w.sequencer.Log = w.log
			id := w.answer()
			w.publish()
			w.round(time.Minute)
			w.want(id, ledger.ReceiptWaiting, c.code)
			w.round(within)
			w.want(id, ledger.ReceiptOverdue, c.code)
		})
	}
}

// generation opens a folder as a generation of the holder's log.
func (w *world) generation(dir string, n int) *tlog.Log {
	w.t.Helper()
	o := tlog.Options{Dir: dir, Origin: checkpoint.Generation("gov-ua", n), PadKey: make([]byte, 32)}
	var err error
	o.Signer, err = checkpoint.NewSigner(o.Origin, w.private)
	must(w.t, err)
	for i := 1; i <= n; i++ {
		o.Verifier, err = checkpoint.NewVerifier(checkpoint.Generation("gov-ua", i), w.private.Public().(ed25519.PublicKey))
		must(w.t, err)
		o.Earlier = append(o.Earlier, o.Verifier)
	}
	log, err := tlog.Open(w.t.Context(), o)
	must(w.t, err)
	w.t.Cleanup(func() { log.Close() })
	return log
}
