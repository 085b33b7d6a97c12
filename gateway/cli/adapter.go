package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/problem"
)

func (a *app) adapterCommand() *cobra.Command {
	c := &cobra.Command{Use: "adapter", Short: "Try the connection to a case system"}
	c.AddCommand(a.adapterCheckCommand())
	return c
}

func (a *app) adapterCheckCommand() *cobra.Command {
	var file string
	var pairs []string
	cmd := &cobra.Command{
		Use: "check [ADAPTER]", Short: "Load a source and list what could not be read, with file, line and column",
		Long: "check opens a source as the gateway would. Without ADAPTER it takes the source of the configuration.\n" +
			"No value of a record is printed. It exits with 3 if any record could not be read.",
		Example: "  homeward adapter check file --setting path=children.jsonl\n  homeward adapter check --config homeward.yaml",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, settings, err := a.adapterSettings(args, file, pairs)
			if err != nil {
				return err
			}
			report, err := a.checkAdapter(cmd.Context(), name, settings)
			if err != nil {
				return err
			}
			return a.adapterReport(report)
		},
	}
	cmd.Flags().StringVar(&file, "settings", "", "YAML file with the adapter's settings")
	cmd.Flags().StringArrayVar(&pairs, "setting", nil, "one setting, e.g. --setting path=children.csv")
	return cmd
}

// adapterSettings come from flags if an adapter is named, else from the configuration.
func (a *app) adapterSettings(args []string, file string, pairs []string) (string, adapters.Settings, error) {
	s := adapters.Settings{Values: make(map[string]any), Now: a.now}
	if len(args) == 0 {
		c, err := a.config()
		if err == nil && c.Source.Adapter == "" {
			err = usage("the configuration has no source: name an adapter")
		}
		s.Values, s.Dir = c.Source.Settings.Reveal(), c.Dir()
		return c.Source.Adapter, s, err
	}
	if file != "" {
		raw, err := os.ReadFile(file)
		if err == nil {
			err = yaml.Unmarshal(raw, &s.Values)
		}
		if err != nil {
			return "", s, err
		}
		s.Dir = filepath.Dir(file)
	}
	for _, kv := range pairs {
		key, value, ok := strings.Cut(kv, "=")
		if !ok {
			return "", s, usage("--setting %s: expected name=value", kv)
		}
		s.Values[key] = value
	}
	return args[0], s, nil
}

func (a *app) checkAdapter(ctx context.Context, name string, s adapters.Settings) (adapters.Report, error) {
	open, ok := a.sources[name]
	if !ok {
		known := slices.Sorted(maps.Keys(a.sources))
		p := problem.Mismatch(gatewaySource, "adapter "+strconv.Quote(name), "one of "+strings.Join(known, ", "), "another name")
		p.Remedy = "the nearest is " + adapters.Nearest(name, known)
		return adapters.Report{}, p
	}
	if a.output == "table" {
		s.Progress = a.progress
	}
	return adapters.Check(ctx, open, s)
}

// progress keeps a person informed during a long load; one line, on standard error.
func (a *app) progress(p adapters.Progress) {
	if printer := a.printerTo(a.err); printer.width > 0 && p.Total > 0 {
		fmt.Fprintf(a.err, "\r%s: %d records, %d bad, %d %%", p.Source, p.Records, p.Bad, 100*p.Bytes/p.Total)
		if p.Bytes >= p.Total {
			fmt.Fprintln(a.err)
		}
	}
}

func (a *app) adapterReport(r adapters.Report) error {
	type issue struct {
		adapters.Issue
		Place string `json:"place"`
	}
	issues := []issue{}
	for _, i := range r.Issues {
		issues = append(issues, issue{i, i.Place()})
	}
	err := a.show(struct {
		adapters.Report
		Issues []issue `json:"issues"`
	}{r, issues}, func(p *printer) {
		p.line(fmt.Sprintf("%s (%s): %d loaded, %d bad, %d tombstones", r.Source, r.Format, r.Loaded, r.Bad, r.Tombstones))
		if len(issues) > 0 {
			var rows [][]string
			for _, i := range issues {
				rows = append(rows, []string{i.Place, i.Field, strings.TrimSpace(i.What + ". " + i.Remedy)})
			}
			p.table("", []string{"PLACE", "FIELD", "WHAT IS WRONG"}, rows, nil)
		}
		if r.More > 0 {
			p.line(fmt.Sprintf("… and %d more", r.More))
		}
	})
	if r.Bad > 0 {
		return errors.Join(err, errRefused)
	}
	return err
}
