package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
)

// buildVersion is set by the linker (Makefile); nothing else writes it.
var buildVersion string

func version() string {
	if buildVersion != "" {
		return buildVersion
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := struct {
				Version string `json:"version"`
				Schema  string `json:"schema"`
				Go      string `json:"go"`
			}{version(), envelope.Schema, runtime.Version()}
			return a.show(v, func(p *printer) {
				p.line("homeward " + v.Version + " (schema " + v.Schema + ", " + v.Go + ")")
			})
		},
	}
}
