package cli

import (
	"os"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/decide"
)

// builtBundle is what names a bundle.
type builtBundle struct {
	File     string `json:"file"`
	Root     string `json:"root"`
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Digest   string `json:"digest"`
	Schema   string `json:"schema"`
	Bytes    int    `json:"bytes"`
}

func (a *app) policyBuildCommand() *cobra.Command {
	var dir, out, revision string
	var overlay bool
	cmd := &cobra.Command{
		Use: "build", Short: "Make a bundle of a folder of rules: one file, the same bytes from the same tree",
		Long: "build compiles the rules, runs their tests and cases, and writes them with their data as one archive that\n" +
			"stock opa loads too. The registry names a bundle by the digest that build prints.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			load := decide.Load
			if overlay {
				load = decide.LoadOverlay
			}
			b, err := load(os.DirFS(dir))
			if err != nil {
				return err
			}
			if b.Revision = revision; revision == "" {
				b.Revision = b.Version
			}
			archive, err := b.Archive()
			if err != nil {
				return err
			}
			if err := os.WriteFile(out, archive, 0o644); err != nil { //nolint:gosec // G306: the policy is no secret
				return err
			}
			return a.built(b, out, len(archive))
		},
	}
	f := cmd.Flags()
	f.StringVar(&dir, "dir", "policies", "folder of the rules")
	f.StringVar(&out, "out", "", "archive to write, e.g. bundle.tar.gz")
	f.StringVar(&revision, "revision", "", "where the rules come from, for people; the version if left out")
	f.BoolVar(&overlay, "overlay", false, "a holder's own overlay, below overlay/ in the folder")
	_ = cmd.MarkFlagRequired("out") // fails only for a flag that is not there
	return cmd
}

func (a *app) built(b decide.Bundle, file string, bytes int) error {
	return a.show(builtBundle{file, b.Root, b.Version, b.Revision, b.Digest, b.Schema, bytes}, func(p *printer) {
		p.table("", []string{"WHAT", "IS"}, [][]string{
			{"file", file}, {"version", b.Version}, {"digest", b.Digest}, {"schema", b.Schema},
		}, nil)
	})
}
