package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

func (a *app) ledgerCommand() *cobra.Command {
	c := &cobra.Command{Use: "ledger", Short: "Read this gateway's decisions"}
	c.AddCommand(a.ledgerShowCommand(), a.ledgerListCommand(), a.ledgerReplayCommand(), a.ledgerSearchCommand(), a.ledgerEraseCommand(), a.ledgerFsckCommand(), a.ledgerProveCommand(), a.ledgerBackupCommand(), a.ledgerRestoreCommand(), a.ledgerGenerationCommand(), a.ledgerReceiptsCommand(), a.ledgerReconcileCommand())
	return c
}

// entry is one decision as it is printed. Content is the stored bytes: the leaf
// is over them.
type entry struct {
	ID       string          `json:"id"`
	Seq      int64           `json:"seq"`
	At       time.Time       `json:"at"`
	Kind     string          `json:"kind"`
	Peer     string          `json:"peer"`
	Purpose  string          `json:"purpose"`
	Outcome  string          `json:"outcome"`
	Reason   string          `json:"reason,omitempty"`
	Verified bool            `json:"verified"` // the leaf recomputed from the stored bytes is the stored leaf
	Mismatch string          `json:"mismatch,omitempty"`
	Leaf     string          `json:"leaf"`
	Salt     string          `json:"salt,omitempty"`
	Content  json.RawMessage `json:"content,omitempty"`
	LogIndex int64           `json:"log_index"` // -1 until the transparency log has it
	Erased   *erasedNote     `json:"erased,omitempty"`

	// Imported are the other participant's packages on the same exchange.
	Imported []imported `json:"imported,omitempty"`

	decision ledger.Decision
}

// erasedNote says how the personal part was erased: the leaf cannot be recomputed
// then, and what remains is bound to the decision that recorded it.
type erasedNote struct {
	At       time.Time `json:"at"`
	Under    string    `json:"under"`
	Decision string    `json:"decision"`
}

func (n *erasedNote) String() string {
	return "erased on " + n.At.Format(time.DateOnly) + " under " + n.Under + "; recorded in " + n.Decision
}

func entryOf(r ledger.Row) entry {
	e := entry{
		ID: r.ID, Seq: r.Seq, At: r.At.UTC(), Kind: r.Kind, Peer: r.Peer, Purpose: r.Purpose,
		Leaf: envelope.Base64(r.Leaf), Salt: envelope.Base64(r.Salt),
		LogIndex: r.LogIndex,
	}
	if e.Salt == "" && r.Erased != nil {
		e.Erased = &erasedNote{r.Erased.At, r.Erased.Under, r.Erased.Decision}
	}
	if json.Valid(r.Content) {
		e.Content = r.Content
	}
	if err := ledger.Verify(r); err != nil {
		e.Mismatch = problem.Of(err).Where
	} else {
		e.Verified = true
	}
	if d, err := ledger.ParseDecision(r.Content); err == nil {
		e.decision, e.Outcome, e.Reason = d, d.Outcome, d.Reason
	}
	return e
}

func (a *app) ledgerShowCommand() *cobra.Command {
	var by ledger.Reviewer
	cmd := &cobra.Command{
		Use: "show ID", Short: "Print one decision with its exact reasons, and verify its leaf",
		Long: "show prints a decision, recomputes its leaf from the stored bytes and compares it with the stored one.\n" +
			"It exits with 3 if they differ. That the reviewer was shown it is recorded first.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reading(cmd.Context(), by, func(r ledger.Reader) error { return a.showDecision(cmd.Context(), r, by, args[0]) })
		},
	}
	looking(cmd, &by)
	return cmd
}

func (a *app) showDecision(ctx context.Context, r ledger.Reader, by ledger.Reviewer, id string) error {
	row, err := r.Decision(ctx, by, id)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return a.showImported(ctx, r.Store, id, err)
	}
	if err != nil {
		return err
	}
	e := entryOf(row)
	if e.Imported, err = a.imported(ctx, r.Store, verify.HolderDecision(e.decision)); err != nil {
		return err
	}
	return a.judged(e.Verified, e, e.draw)
}

func (e entry) draw(p *printer) {
	d := e.decision
	verified := p.paint(green, "verified: the stored bytes give this leaf")
	switch {
	case !e.Verified:
		verified = p.paint(red, "NOT verified: "+printable(e.Mismatch))
	case e.Erased != nil:
		verified = p.paint(yellow, e.Erased.String())
	}
	p.line(p.paint(bold, "Decision "+e.ID))
	p.facts("  ", 11, [][2]string{
		{"at", e.At.Format(time.RFC3339)}, {"kind", e.Kind}, {"outcome", strings.TrimSpace(e.Outcome + "  " + e.Reason)},
		{"holder", d.Holder}, {"requester", d.Requester}, {"officer", strings.Trim(d.Officer.ID+", "+d.Officer.Role, ", ")},
		{"purpose", e.Purpose}, {"basis", d.Basis}, {"case", d.Case}, {"concerns", d.Concerns}, {"policy", strings.TrimSpace(d.Policy.Version + "  " + d.Policy.Bundle)},
		{"overlay", d.Policy.Overlay},
		{"obliged to", strings.Join(d.Obligations, ", ")}, {"their id", d.TheirDecision}, {"leaf", e.Leaf},
	})
	p.line("  " + pad("", 11) + verified)
	for i, r := range d.Records {
		p.line("")
		switch d.Kind {
		case ledger.KindLooked:
			p.line("Decisions about one child")
			continue
		case ledger.KindExported:
			p.line("Values of the evidence, kept or left out")
		default:
			p.line(fmt.Sprintf("Record %d of %d, asked by its %s identity", i+1, len(d.Records), printable(r.Matched)))
		}
		verdicts, err := decide.ReadLedger(r.Verdicts)
		if err != nil {
			continue // a received answer names digests alone
		}
		var rows [][]string
		for _, v := range verdicts {
			rows = append(rows, []string{v.Path, v.Identity, verdictText(v.Verdict, v.To), v.Basis, strings.Join(v.Reasons, " ")})
		}
		p.table("  ", []string{"FIELD", "IDENTITY", "VERDICT", "BASIS", "REASONS"}, rows, inColumn(2, verdictColour))
	}
	p.imported(e.Imported)
}

func (a *app) ledgerListCommand() *cobra.Command {
	var limit int
	var before int64
	var by ledger.Reviewer
	cmd := &cobra.Command{
		Use: "list", Short: "List decisions, the newest first, and verify each leaf",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := limited(limit); err != nil {
				return err
			}
			return a.reading(cmd.Context(), by, func(r ledger.Reader) error {
				rows, err := r.Decisions(cmd.Context(), by, before, limit)
				if err != nil {
					return err
				}
				return a.entries(rows)
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "how many")
	looking(cmd, &by)
	cmd.Flags().Int64Var(&before, "before", 0, "only those before this number, for the next page")
	return cmd
}

func (a *app) entries(rows []ledger.Row) error {
	entries, all := []entry{}, true
	for _, r := range rows {
		e := entryOf(r)
		e.Content, e.Salt = nil, "" // show has them
		entries, all = append(entries, e), all && e.Verified
	}
	return a.judged(all, map[string]any{"decisions": entries}, func(p *printer) {
		var cells [][]string
		for _, e := range entries {
			verified := "verified"
			switch {
			case !e.Verified:
				verified = "NOT verified: " + e.Mismatch
			case e.Erased != nil:
				verified = "erased"
			}
			cells = append(cells, []string{
				strconv.FormatInt(e.Seq, 10), e.At.Format("2006-01-02 15:04:05"), e.Kind, e.Peer, e.Purpose,
				strings.TrimSpace(e.Outcome + " " + e.Reason), e.ID, verified,
			})
		}
		p.table("", []string{"NO", "AT (UTC)", "KIND", "PEER", "PURPOSE", "OUTCOME", "DECISION", "LEAF"}, cells, inColumn(7, leafColour))
	})
}

func leafColour(state string) colour {
	switch state {
	case "verified":
		return green
	case "erased":
		return yellow
	}
	return red
}
