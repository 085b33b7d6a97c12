package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	"homeward.example/gateway/internal/matching"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// longestLine is far above a record without a photo.
const longestLine = 8 << 20

// maxTop is how many candidates a query may ask for.
const maxTop = 1000

// ranking is what was found for one query.
type ranking struct {
	Query      string      `json:"query"`
	Candidates []candidate `json:"candidates"`
}

type candidate struct {
	Rank        int                `json:"rank"`
	ID          string             `json:"id"`
	Weight      float64            `json:"weight"`
	Probability float64            `json:"probability"`
	Band        matching.Band      `json:"band"`
	Features    []matching.Feature `json:"features"`
}

func (a *app) matchRunCommand() *cobra.Command {
	var records, queries string
	var top int
	cmd := &cobra.Command{
		Use: "run", Short: "Match your own files: for each query the best records, with weights and reasons",
		Long: "run reads two files of JSON lines of the child record's schema, and ranks the records for each query by the odds that\n" +
			"they are the same child (weight is their logarithm to the base of two). A query is a record with few fields.\n" +
			"A band is a hint for a person who decides, never a decision. -o jsonl prints one line a query. An age needs the day\n" +
			"when it was stated (asserted_at); what cannot be compared, and records that stand for one twice, are told on stderr.\n" +
			"What is printed tells which record is which child: treat it as the records themselves.",
		Example: "  homeward match run --records records.jsonl --queries queries.jsonl --top 10 -o jsonl",
		Args:    cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if a.output == "jsonl" {
				return nil
			}
			return a.checkOutput()
		},
		RunE: func(*cobra.Command, []string) error {
			if records == "" || queries == "" {
				return usage("--records and --queries name the two files")
			}
			if top < 1 || top > maxTop {
				return usage("--top %d: from 1 to %d", top, maxTop)
			}
			rankings, err := a.rank(records, queries, top)
			if err != nil {
				return err
			}
			return a.showRankings(rankings)
		},
	}
	cmd.Flags().StringVar(&records, "records", "", "JSON lines of child records")
	cmd.Flags().StringVar(&queries, "queries", "", "JSON lines of child records with what is known of the child")
	cmd.Flags().IntVar(&top, "top", 10, "how many candidates a query")
	return cmd
}

func (a *app) rank(records, queries string, top int) ([]ranking, error) {
	index, seen := matching.NewIndex(matching.Options{}), make(map[string]bool)
	if err := a.children(records, func(at, id string, c *homewardv1.ChildRecord) {
		if seen[id] {
			fmt.Fprintf(a.err, "%s: the record id was there before; this line replaces the earlier one\n", at)
		}
		seen[id] = true
		index.Put(id, matching.FromRecord(c))
	}); err != nil {
		return nil, err
	}
	out := []ranking{}
	err := a.children(queries, func(_, id string, c *homewardv1.ChildRecord) {
		r := ranking{Query: id, Candidates: []candidate{}}
		for i, found := range index.Search(matching.FromRecord(c), top) {
			r.Candidates = append(r.Candidates, candidate{i + 1, found.ID, found.Weight, found.Probability, found.Band, found.Features})
		}
		out = append(out, r)
	})
	return out, err
}

// children reads a file line by line, and tells what of a line is not compared. A
// line without a record id is named by its number. An error names the place and no value.
func (a *app) children(path string, each func(at, id string, c *homewardv1.ChildRecord)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return a.readChildren(path, f, each)
}

func (a *app) readChildren(path string, from io.Reader, each func(at, id string, c *homewardv1.ChildRecord)) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 64<<10), longestLine)
	n := 1
	for ; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		c, at := new(homewardv1.ChildRecord), fmt.Sprintf("%s:%d", path, n)
		if err := protojson.Unmarshal(lines.Bytes(), c); err != nil {
			return fmt.Errorf("%s is no child record; homeward adapter check file --setting path=%s lists what is wrong", at, path)
		}
		for _, what := range matching.LeftOut(c) {
			fmt.Fprintf(a.err, "%s: not compared: %s\n", at, what)
		}
		id := c.GetRecord().GetRecordId()
		if id == "" {
			id = "line " + strconv.Itoa(n)
		}
		each(at, id, c)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", path, n, err)
	}
	return nil
}

func (a *app) showRankings(rankings []ranking) error {
	if a.output == "jsonl" {
		for _, r := range rankings {
			if err := a.jsonLine(r); err != nil {
				return err
			}
		}
		return nil
	}
	uk := a.language() == "uk"
	return a.show(rankings, func(p *printer) {
		for _, r := range rankings {
			p.line(fmt.Sprintf("%s: %d candidates", printable(r.Query), len(r.Candidates)))
			for _, c := range r.Candidates {
				p.candidate(c, uk)
			}
		}
	})
}

func (p *printer) candidate(c candidate, uk bool) {
	band := string(c.Band)
	if c.Band == matching.None {
		band = "no band"
	}
	p.line(fmt.Sprintf("%4d. %s  %s  weight %.1f, probability %.3f", c.Rank, printable(c.ID), band, c.Weight, c.Probability))
	for _, f := range c.Features {
		reason := f.Reason
		if uk {
			reason = f.ReasonUK
		}
		p.line(fmt.Sprintf("      %+6.1f  %s: %s", f.Weight, f.Name, reason))
	}
}
