package cli

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/ledger"
)

// searchFlags are what a reviewer searches by.
type searchFlags struct {
	ledger.Query
	by                       ledger.Reviewer
	from, to, record, export string
}

func (a *app) ledgerSearchCommand() *cobra.Command {
	var f searchFlags
	cmd := &cobra.Command{
		Use: "search", Short: "Find decisions by who, for what, and what was said of which field", Args: cobra.NoArgs,
		Long: "search lists what this gateway decided as a holder and asked as a requester, the newest first, a page at a time;\n" +
			"--page goes on where the last page ended. --export writes all pages as CSV or JSON lines. Each page is recorded in\n" +
			"the ledger, with who was shown it and on what ground, before it is shown.",
		Example: "  homeward ledger search --requester gov-pl --field physical.photo --reason SUP_LINKAGE --reviewer legal-3 --mandate 'order 17/26'\n" +
			"  homeward ledger search --purpose RETURN --from 2026-11-01 --export csv --reviewer legal-3 --mandate 'order 17/26'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.complete(&f); err != nil {
				return err
			}
			return a.reading(cmd.Context(), f.by, func(r ledger.Reader) error {
				if f.export != "" {
					return a.exportFound(cmd.Context(), r, f)
				}
				p, err := searchOn(cmd.Context(), r, f.by, f.Query)
				if err != nil {
					return err
				}
				return a.found(p)
			})
		},
	}
	looking(cmd, &f.by)
	fl := cmd.Flags()
	for _, w := range []struct {
		to          *string
		name, usage string
	}{
		{&f.from, "from", "at this time or later: 2026-11-01, or as in RFC 3339"},
		{&f.to, "to", "before this time; a day counts whole"},
		{&f.Kind, "kind", "asked, answered, received, linked, approved, …"},
		{&f.Requester, "requester", "participant who asked"},
		{&f.Officer, "officer", "pseudonym of the officer"},
		{&f.Holder, "holder", "participant who was asked"},
		{&f.Purpose, "purpose", "e.g. RETURN"},
		{&f.Basis, "basis", "legal basis that the requester declared"},
		{&f.Outcome, "outcome", "answered, refused, pending, sent, …"},
		{&f.Field, "field", "path of a field that was decided, e.g. physical.photo"},
		{&f.Verdict, "verdict", "released, generalised or withheld, of --field or of any"},
		{&f.Reason, "reason", "exact code, e.g. SUP_LINKAGE, of --field; else of any field or of the decision"},
		{&f.record, "child", "record id in one's own case system"},
		{&f.Child, "pseudonym", "keyed pseudonym of a child, as a decision shows it"},
		{&f.Page, "page", "where the page before ended"},
		{&f.export, "export", "csv or jsonl: all pages, to standard output"},
	} {
		fl.StringVar(w.to, w.name, "", w.usage)
	}
	fl.BoolVar(&f.BreakGlass, "break-glass", false, "only those about break-glass")
	fl.IntVar(&f.Limit, "limit", 50, "decisions a page, at most 200")
	return cmd
}

// complete reads times, and makes a record id the pseudonym that the ledger knows.
func (a *app) complete(f *searchFlags) (err error) {
	switch {
	case f.Limit < 1 || f.Limit > ledger.MaxPage:
		return usage("--limit %d: expected 1 to %d", f.Limit, ledger.MaxPage)
	case f.export != "" && f.export != "csv" && f.export != "jsonl":
		return usage("--export %s: only csv and jsonl are known", f.export)
	case f.record != "" && f.Child != "":
		return usage("--child and --pseudonym name the same thing: give one")
	}
	f.Purpose = strings.ToUpper(f.Purpose)
	if f.From, f.To, err = stretch(f.from, f.to); err != nil {
		return err
	}
	if f.record != "" {
		f.Child, err = a.pseudonym(f.record)
	}
	return err
}

// pseudonym is what the ledger calls a record of one's own case system.
func (a *app) pseudonym(record string) (string, error) {
	c, err := a.config()
	if err != nil {
		return "", err
	}
	secret, err := keyring.ReadSecret(c.Keys.Secret)
	if err != nil {
		return "", err
	}
	key, err := secret.Derive("subjects")
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(record))
	return envelope.Base64(mac.Sum(nil)), nil
}

// searchOn is one page with something on it, if there is anything: what a page may
// look at is bounded, so one may be empty although more follow.
func searchOn(ctx context.Context, r ledger.Reader, by ledger.Reviewer, q ledger.Query) (ledger.Page, error) {
	for {
		p, err := r.Search(ctx, by, q)
		if err != nil || len(p.Found) > 0 || p.Next == "" {
			return p, err
		}
		q.Page = p.Next
	}
}

func (a *app) found(p ledger.Page) error {
	if p.Found == nil {
		p.Found = []ledger.Found{}
	}
	return a.show(map[string]any{"decisions": p.Found, "next": p.Next}, func(w *printer) {
		var rows [][]string
		for _, f := range p.Found {
			said := strings.TrimSpace(f.Outcome + " " + f.Reason)
			if f.BreakGlass {
				said += ", break-glass"
			}
			if f.Erased != "" {
				said += ", erased under " + f.Erased
			}
			rows = append(rows, []string{f.At.Format("2006-01-02 15:04:05"), f.Kind, f.Requester, f.Officer.ID, f.Holder, f.Purpose, f.ID, said})
		}
		w.table("", []string{"AT (UTC)", "KIND", "REQUESTER", "OFFICER", "HOLDER", "PURPOSE", "DECISION", "OUTCOME"}, rows, nil)
		if p.Next != "" {
			w.line("more: --page " + p.Next)
		}
	})
}

// exportFound writes all pages.
func (a *app) exportFound(ctx context.Context, r ledger.Reader, f searchFlags) error {
	write, flush := func(f ledger.Found) error { return a.jsonLine(f) }, func() error { return nil }
	if f.export == "csv" {
		write, flush = foundCSV(a)
	}
	q := f.Query
	q.Limit = ledger.MaxPage
	for {
		p, err := r.Search(ctx, f.by, q)
		if err != nil {
			return err
		}
		for _, found := range p.Found {
			if err := write(found); err != nil {
				return err
			}
		}
		if q.Page = p.Next; q.Page == "" {
			return flush()
		}
	}
}

func foundCSV(a *app) (write func(ledger.Found) error, flush func() error) {
	w := csv.NewWriter(a.out)
	_ = w.Write([]string{"id", "at", "kind", "requester", "officer", "role", "holder", "purpose", "basis", "outcome", "reason", "break_glass", "log_index", "erased"}) // Flush tells
	return func(f ledger.Found) error {
		row := []string{
			f.ID, f.At.Format(time.RFC3339Nano), f.Kind, f.Requester, f.Officer.ID, f.Officer.Role, f.Holder, f.Purpose, f.Basis,
			f.Outcome, f.Reason, strconv.FormatBool(f.BreakGlass), strconv.FormatInt(f.LogIndex, 10), f.Erased,
		}
		for i, cell := range row {
			row[i] = inert(cell)
		}
		return w.Write(row)
	}, func() error { w.Flush(); return w.Error() }
}

// inert keeps a spreadsheet from taking what another participant wrote for a formula.
func inert(cell string) string {
	if cell != "" && cell != "-1" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
