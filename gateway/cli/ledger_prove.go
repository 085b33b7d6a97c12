package cli

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/audit"
	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/tlog"
)

func (a *app) ledgerProveCommand() *cobra.Command {
	var from, to, out, check, key string
	var hide bool
	var by ledger.Reviewer
	cmd := &cobra.Command{
		Use: "prove", Short: "Prove that nothing was left out of a time, or check such a proof offline", Args: cobra.NoArgs,
		Long: "prove shows every entry of the log from one time to another: each is a decision, an erased one, or padding, and all\n" +
			"of them together are in a published checkpoint, so that one which is left out is missed. --check needs no gateway and\n" +
			"no network, only the log's key; it exits with 3 if the proof does not hold, or does not show all.\n" +
			"Who gets the proof is recorded first. If decisions of that time still wait for the next checkpoint nothing is\n" +
			"written: try again ten seconds later, or with an earlier --to.\n" +
			"Whoever has the proof can tell padding from decisions in the whole log, unless --hide-padding.",
		Example: "  homeward ledger prove --from 2026-11-01 --to 2099-12-31 --out november.proof --reviewer legal-3 --mandate 'order 17/26'\n" +
			"  homeward ledger prove --check november.proof",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if check != "" {
				return a.checkProof(check, key)
			}
			begin, end, err := stretch(from, to)
			if err != nil {
				return err
			}
			if from == "" || to == "" || out == "" {
				return usage("name the time and the file: --from, --to and --out")
			}
			if err := by.MayLook(); err != nil {
				return err
			}
			return a.auditing(cmd.Context(), func(l audit.Ledger, o tlog.Options) error {
				if hide {
					o.PadKey = nil
				}
				p, err := l.Prove(cmd.Context(), begin, end, o.PadKey)
				if err != nil {
					return err
				}
				return a.proven(cmd.Context(), l, p, o.Verifier, by, out)
			})
		},
	}
	looking(cmd, &by)
	cmd.Flags().StringVar(&from, "from", "", "at this time or later: 2026-11-01, or as in RFC 3339")
	cmd.Flags().StringVar(&to, "to", "", "before this time; a day counts whole")
	cmd.Flags().StringVar(&out, "out", "", "file for the proof; it holds the decisions themselves")
	cmd.Flags().BoolVar(&hide, "hide-padding", false, "leave out the key that tells padding from decisions: the proof is then not complete")
	cmd.Flags().StringVar(&check, "check", "", "file of a proof to check")
	cmd.Flags().StringVar(&key, "key", "", "with --check: the log's key as a JWK, if it is not that of the configuration")
	return cmd
}

// proven writes a proof once it is recorded who gets the decisions in it. One that
// decisions are still waiting for is not written: it would be incomplete for ever.
func (a *app) proven(ctx context.Context, l audit.Ledger, p audit.Proof, key note.Verifier, by ledger.Reviewer, out string) error {
	if p.Waiting > 0 {
		return a.verdict(p, key)
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := reader(l.Store, c.Participant).Looked(ctx, by, ledger.Look{What: "prove", From: p.From, To: p.To, Found: len(p.Entries)}); err != nil {
		return err
	}
	if err := os.WriteFile(out, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return a.verdict(p, key)
}

func (a *app) checkProof(file, keyFile string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var p audit.Proof
	if err := json.Unmarshal(raw, &p); err != nil {
		return problem.Wrap(checkpoint.CodeProof, file, err)
	}
	if keyFile == "" {
		o, err := a.logOptions(checkpoint.Number(p.Origin))
		if err != nil {
			return err
		}
		return a.verdict(p, o.Verifier)
	}
	key, err := keyring.ReadPublic(keyFile)
	if err != nil {
		return err
	}
	public, ok := key.Key.(ed25519.PublicKey)
	if !ok {
		return problem.Mismatch(tlog.CodeKey, "--key", "an EdDSA key", key.Alg)
	}
	v, err := checkpoint.NewVerifier(p.Origin, public)
	if err != nil {
		return err
	}
	return a.verdict(p, v)
}

func (a *app) verdict(p audit.Proof, key note.Verifier) error {
	v, err := audit.Verify(p, key)
	if err != nil {
		return err
	}
	return a.judged(v.Complete, v, func(w *printer) {
		w.line(fmt.Sprintf("entries %d to %d of the %d that %s has published", v.First, v.End, v.Size, printable(v.Origin)))
		w.line(fmt.Sprintf("%d decisions from %s to %s, %d of them erased; %d entries are padding", v.Decisions,
			p.From.Format(time.RFC3339), p.To.Format(time.RFC3339), v.Erased, v.Padding))
		for what, short := range map[string]bool{"the range does not reach the beginning": !v.Before, "the range does not reach the end": !v.After} {
			if short {
				w.line(w.paint(red, what))
			}
		}
		if len(v.NotShown) > 0 {
			w.line(w.paint(red, fmt.Sprintf("%d entries are not shown, the first of them %d", len(v.NotShown), v.NotShown[0])))
		}
		if v.Waiting > 0 {
			w.line(w.paint(yellow, fmt.Sprintf("%d decisions of that time wait for the next checkpoint; nothing was written", v.Waiting)))
		}
		if v.Complete {
			w.line(w.paint(green, "complete: nothing was left out"))
		}
	})
}
