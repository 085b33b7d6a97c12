package cli

import (
	"context"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/exchange"
)

type goAheadFlags struct {
	request                exchange.GoAheadRequest
	link, from, until, out string
}

func (a *app) caseGoAheadCommand() *cobra.Command {
	var f goAheadFlags
	cmd := &cobra.Command{
		Use: "goahead", Short: "Open columns for one child, one recipient, one window",
		Long: "goahead is for the authority of origin: with --link it signs the statement that opens columns (photo, documents,\n" +
			"…; kind opens both identities) for the child of that case link, to its recipient. Run by the ICRC it is the ICRC's\n" +
			"release of all that came from it, and names every column. With --hit it answers a FOUND report of a child who is known\n" +
			"here: the finder collects what it opens. For CARE, current is the recipient's own site, which --site names: the holder\n" +
			"opens it for a child who is there by its own record, and for nobody else.",
		Example: "  homeward case goahead --link case.link --columns photo --until 2027-02-20 --out photo.goahead\n" +
			"  homeward case goahead --link care.link --columns current --site settlement=Kraków --site 'point=ul. Zmyślona 1' --until 2027-02-20 --out site.goahead\n" +
			"  homeward case goahead --hit csQPzrbAGkFqys_YlVBdrA --columns id_min --until 2027-02-20",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.caseGoAhead(cmd.Context(), f) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.link, "link", "", "file with the case link")
	fl.StringVar(&f.request.Hit, "hit", "", "id of the FOUND report that this answers (homeward case hits)")
	fl.StringSliceVar(&f.request.Columns, "columns", nil, "columns to open, with commas")
	fl.StringSliceVar(&f.request.Holders, "holders", nil, "further holders that may be asked about the child, with commas; with --link")
	fl.StringToStringVar(&f.request.Site, "site", nil, "the recipient's own site, for current in CARE: point=…, settlement=… and more of it (repeatable)")
	fl.StringVar(&f.from, "from", "", "first day (default now)")
	fl.StringVar(&f.until, "until", "", "last day, e.g. 2027-02-20")
	officerFlags(cmd, &f.request.Officer, "operator")
	fl.StringVar(&f.out, "out", "", "file to write the go-ahead to; it is printed if left out")
	required(cmd, "columns", "until")
	cmd.MarkFlagsOneRequired("link", "hit")
	cmd.MarkFlagsMutuallyExclusive("link", "hit")
	return cmd
}

func (a *app) caseGoAhead(ctx context.Context, f goAheadFlags) error {
	until, err := lastDay(f.until)
	if err != nil {
		return err
	}
	r := f.request
	r.Until = until
	if f.from != "" {
		if r.From, err = time.Parse(time.DateOnly, f.from); err != nil {
			return usage("--from %s: expected a day, e.g. 2027-02-01", f.from)
		}
	}
	if f.link != "" {
		if r.Link, err = readToken(f.link); err != nil {
			return err
		}
	}
	return a.acting(ctx, func(x *exchange.Exchange) error {
		s, err := x.IssueGoAhead(ctx, r)
		if err != nil {
			return err
		}
		return a.issued("Go-ahead", s, f.out)
	})
}

// issued shows a statement, and writes it to a file or prints it alone.
func (a *app) issued(what string, s exchange.Statement, out string) error {
	if out != "" && s.Token != "" {
		if err := os.WriteFile(out, []byte(s.Token+"\n"), 0o600); err != nil {
			return err
		}
	}
	if out == "" && s.Token != "" && a.output == "table" {
		p := a.printerTo(a.out)
		p.line(s.Token) // alone, so that it can be piped
		return p.failed
	}
	shown := map[string]any{
		"id": s.ID, "recipient": s.Recipient, "purpose": s.Purpose, "columns": s.Columns, "from": s.From, "until": s.Until, "file": out,
	}
	if out == "" && s.Token != "" {
		shown["token"] = s.Token
	}
	return a.show(shown, func(p *printer) {
		p.line(what + " " + s.ID + " for " + s.Recipient + ", " + s.Purpose + ", " + strings.Join(s.Columns, ", ") + ", until " + minute(s.Until))
		if s.Token == "" {
			p.line(s.Recipient + " collects it with its question.")
		} else {
			p.line("Written to " + out)
		}
	})
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
