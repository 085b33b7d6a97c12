package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/matching/matchbench"
)

func (a *app) matchCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "match", Short: "Try the matching of names, measure it, and compare measurements",
		Long: "match works on files alone: it asks no gateway, and nothing of what it reads leaves this machine.",
	}
	c.AddCommand(a.matchBenchCommand(), a.matchRunCommand(), a.matchCompareCommand(), a.matchGenerateCommand())
	return c
}

// benchFlags say which data are made.
func benchFlags(cmd *cobra.Command, o *matchbench.Options) {
	f := cmd.Flags()
	f.IntVar(&o.Records, "records", 100_000, "children in the file")
	f.IntVar(&o.Queries, "queries", 1800, "queries, of nine kinds by turns; one in five is for a child that the file does not have")
	f.Uint64Var(&o.Seed, "seed", 0, "of the data (default: the published one of the name lists)")
	f.StringVar((*string)(&o.Names), "names", string(matchbench.Test), "name lists: test, or train, on which the matcher was tuned")
}

// benchSet makes a set; what it refuses is a mistake on the command line.
func benchSet(o matchbench.Options) (*matchbench.Set, error) {
	s, err := matchbench.New(o)
	if err != nil {
		return nil, usage("%v", err)
	}
	return s, nil
}

func (a *app) matchGenerateCommand() *cobra.Command {
	var o matchbench.Options
	var dir string
	cmd := &cobra.Command{
		Use: "generate", Short: "Write the data of the benchmark: synthetic children and questions about them",
		Long: "generate writes records.jsonl and queries.jsonl, lines of the child record's schema, and truth.jsonl: the kind and\n" +
			"the record of each query. The same seed gives the same bytes. Every child is invented and marked so.",
		Example: "  homeward match generate --records 1000 --queries 180 --dir bench",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			s, err := benchSet(o)
			if err != nil {
				return err
			}
			if err := s.Write(dir); err != nil {
				return err
			}
			files := []string{filepath.Join(dir, "records.jsonl"), filepath.Join(dir, "queries.jsonl"), filepath.Join(dir, "truth.jsonl")}
			return a.show(map[string][]string{"files": files}, func(p *printer) {
				for _, f := range files {
					p.line(f)
				}
			})
		},
	}
	benchFlags(cmd, &o)
	cmd.Flags().StringVar(&dir, "dir", ".", "folder to write to; it is made")
	return cmd
}

func (a *app) matchBenchCommand() *cobra.Command {
	var o matchbench.Options
	var baselines []string
	var bin string
	cmd := &cobra.Command{
		Use: "bench", Short: "Measure the matcher beside PostgreSQL's pg_trgm and Jaro-Winkler, on the same data",
		Long: "bench makes synthetic children and nine kinds of questions about them, asks the matcher and the baselines, and\n" +
			"prints what each found and how fast. pg_trgm runs in a PostgreSQL server of its own on a free port of the\n" +
			"loopback, which ends with the command. Where none is installed, ask for --baseline jw or none.",
		Example: "  homeward match bench --records 1000 --queries 180\n" +
			"  homeward match bench --records 1000 --queries 180 --baseline jw -o json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, err := benchSet(o)
			if err != nil {
				return err
			}
			subjects := []matchbench.Subject{matchbench.NewHomeward()}
			for _, name := range baselines {
				switch name {
				case "pg":
					pg, err := matchbench.NewPgTrgm(cmd.Context(), bin)
					if err != nil {
						return err
					}
					defer func() { _ = pg.Close() }() // the figures are there; its folder is in the one for what is temporary
					subjects = append(subjects, pg)
				case "jw":
					subjects = append(subjects, matchbench.NewJaroWinkler())
				case "none":
				default:
					return usage("--baseline %s: only pg, jw and none are known", name)
				}
			}
			report, err := s.Run(cmd.Context(), func(what string) { fmt.Fprintln(a.err, what) }, subjects...)
			if err != nil {
				return err
			}
			return a.show(report, func(p *printer) { p.matchReport(report) })
		},
	}
	benchFlags(cmd, &o)
	cmd.Flags().StringSliceVar(&baselines, "baseline", []string{"pg", "jw"}, "pg (PostgreSQL with pg_trgm), jw (Jaro-Winkler), none")
	cmd.Flags().StringVar(&bin, "postgres", "", "folder of initdb and postgres (default: looked for)")
	return cmd
}
