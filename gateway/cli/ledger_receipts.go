package cli

import (
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// receiptEntry is one receipt as it is printed.
type receiptEntry struct {
	Decision string     `json:"decision"` // of this ledger: it recorded the answer
	Holder   string     `json:"holder"`
	Theirs   string     `json:"their_decision"`
	Leaf     string     `json:"their_leaf"`
	At       time.Time  `json:"at"`
	State    string     `json:"state"` // waiting, have, overdue, bad
	Problem  string     `json:"problem,omitempty"`
	Tries    int        `json:"tries"`
	Next     *time.Time `json:"next,omitempty"`
	// Of one that is here.
	Index      *uint64  `json:"index,omitempty"`
	Size       uint64   `json:"size,omitempty"`
	Proof      []string `json:"proof,omitempty"`      // base64; of a single receipt
	Checkpoint string   `json:"checkpoint,omitempty"` // of a single receipt
}

func receiptOf(r ledger.HolderReceipt) receiptEntry {
	e := receiptEntry{
		Decision: r.Decision, Holder: r.Holder, Theirs: r.Theirs, Leaf: envelope.Base64(r.Leaf[:]),
		At: r.At, State: r.State, Problem: r.Problem, Tries: r.Tries,
	}
	if !r.Next.IsZero() {
		e.Next = &r.Next
	}
	if r.State != ledger.ReceiptHave {
		return e
	}
	e.Index, e.Size = &r.Index, r.Size
	if len(r.Checkpoint) > 0 {
		e.Checkpoint = string(r.Checkpoint)
		for hash := range slices.Chunk(r.Path, 32) {
			e.Proof = append(e.Proof, base64.StdEncoding.EncodeToString(hash))
		}
	}
	return e
}

func (a *app) ledgerReceiptsCommand() *cobra.Command {
	q := ledger.ReceiptQuery{Limit: 50}
	cmd := &cobra.Command{
		Use: "receipts [DECISION]", Short: "List which holders have proven that their answers are in their logs",
		Long: "receipts lists the answers that came, the newest first, and whether their holder has proven that its decision is\n" +
			"in its transparency log: waiting (not asked for yet, or not published yet), have, overdue (a complaint is in this\n" +
			"ledger), bad (what came does not hold; a complaint is in this ledger). With the id of a decision of kind received\n" +
			"it prints that one with its proof and checkpoint. It exits with 3 if any that it lists is overdue or bad.",
		Example: "  homeward ledger receipts --state overdue\n  homeward ledger receipts --holder gov-ua -o json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			states := []string{"", ledger.ReceiptWaiting, ledger.ReceiptHave, ledger.ReceiptOverdue, ledger.ReceiptBad}
			if !slices.Contains(states, q.State) {
				return usage("--state %s: expected waiting, have, overdue or bad", q.State)
			}
			if err := limited(q.Limit); err != nil {
				return err
			}
			return a.withStore(cmd.Context(), func(s ledger.Store) error {
				if len(args) == 1 {
					r, err := s.Receipt(cmd.Context(), args[0])
					if err != nil {
						return err
					}
					return a.receipts([]ledger.HolderReceipt{r}, nil)
				}
				found, err := s.Receipts(cmd.Context(), q)
				if err != nil {
					return err
				}
				counts, err := s.ReceiptCounts(cmd.Context())
				if err != nil {
					return err
				}
				return a.receipts(found, counts)
			})
		},
	}
	cmd.Flags().StringVar(&q.State, "state", "", "only those that are waiting, have, overdue or bad")
	cmd.Flags().StringVar(&q.Holder, "holder", "", "only those of one participant")
	cmd.Flags().IntVar(&q.Limit, "limit", q.Limit, "how many")
	return cmd
}

func (a *app) receipts(found []ledger.HolderReceipt, counts map[string]int) error {
	entries, wrong := []receiptEntry{}, false
	for _, r := range found {
		entries = append(entries, receiptOf(r))
		wrong = wrong || r.State == ledger.ReceiptOverdue || r.State == ledger.ReceiptBad
	}
	out := map[string]any{"receipts": entries}
	if counts != nil {
		out["open"] = counts
	}
	return a.judged(!wrong, out, func(p *printer) {
		if len(entries) == 0 {
			p.line("no receipt is owed")
			return
		}
		var rows [][]string
		for _, e := range entries {
			place := ""
			if e.Index != nil {
				place = strconv.FormatUint(*e.Index, 10) + " of " + strconv.FormatUint(e.Size, 10)
			}
			rows = append(rows, []string{e.At.Format("2006-01-02 15:04:05"), e.Holder, e.State, place, e.Problem, e.Decision})
		}
		p.table("", []string{"ANSWERED (UTC)", "HOLDER", "RECEIPT", "IN ITS LOG", "PROBLEM", "DECISION"}, rows, inColumn(2, receiptColour))
	})
}

func receiptColour(state string) colour {
	switch state {
	case ledger.ReceiptHave:
		return green
	case ledger.ReceiptWaiting:
		return yellow
	}
	return red
}
