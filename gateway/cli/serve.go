package cli

import (
	"github.com/spf13/cobra"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/observe"
)

func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Run the gateway until SIGTERM, then drain",
		Example: "  homeward serve --config homeward.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := a.config()
			if err != nil {
				return err
			}
			if err := config.Check(a.now()); err != nil {
				return err
			}
			log := observe.NewLogger(a.err, config.Observe.LogLevel, config.Observe.LogFormat)
			gateway.LogLibraries(log)
			g, err := a.gateway(cmd.Context(), log)
			if err != nil {
				return err
			}
			log.Info("serving", "participant", config.Participant, "version", version())
			return g.Run(cmd.Context())
		},
	}
}
