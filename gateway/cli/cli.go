// Package cli is the command line of Homeward: one file a subcommand, each of
// flags, one call and an exit code. Results go to standard output, as a table for
// people or with -o json for programs; everything else goes to standard error.
package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	"homeward.example/adapters"
	"homeward.example/gateway"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/store"
)

// Exit codes. They are stable: scripts may rely on them.
const (
	ExitOK      = 0 // done
	ExitFailed  = 1 // could not be done: a file, the network, a defect
	ExitUsage   = 2 // the command line is wrong; nothing was tried
	ExitRefused = 3 // tried and refused, or checked and found wrong
	// ExitNotChecked: nothing is wrong, and not all could be checked (evidence verify).
	ExitNotChecked = 4
)

const exitHelp = `Exit codes: 0 done, 1 could not be done, 2 the command line is wrong, 3 refused, or checked and found wrong.
homeward policy check and test: 1 if anything is wrong. homeward policy impact: 3 if more would leave, 1 if it could not be told.
homeward evidence verify: 4 if nothing failed and something was not checked.

Environment: HOMEWARD_CONFIG and HOMEWARD_PROFILE name the files; HOMEWARD_* lies over the configuration
(homeward config schema -o table lists the names); HOMEWARD_LANG=uk or en; NO_COLOR turns colours off.`

// app is what every command needs.
type app struct {
	sources map[string]adapters.Open
	in      io.Reader
	out     io.Writer
	err     io.Writer
	env     []string
	now     func() time.Time

	output     string   // "table" or "json"
	configFile string   // --config
	set        []string // --set path=value
	started    bool     // the command line was understood
}

// Main runs one command, without the program's own name in args, and returns its
// exit code. sources are the adapters by name. SIGTERM and Ctrl-C end it.
func Main(args []string, sources map[string]adapters.Open, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	gateway.LogLibraries(slog.New(slog.DiscardHandler)) // serve has a log; elsewhere their lines tell nobody anything
	a := &app{sources: sources, in: stdin, out: stdout, err: stderr, env: os.Environ(), now: time.Now, output: "table"}
	root := a.root()
	root.SetArgs(args)
	return a.exit(root.ExecuteContext(ctx))
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "homeward",
		Short: "Federated gateway for tracing and returning children",
		Long: "Homeward is a federated gateway: every participant runs one, its records stay at home, and what crosses a\n" +
			"border is a signed question and a signed answer in which a policy decided on every field.\n\n" + exitHelp,
		SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.checkOutput() },
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	f := root.PersistentFlags()
	f.StringVarP(&a.output, "output", "o", "table", "table, for people, or json")
	f.StringVar(&a.configFile, "config", "", "configuration file (default $HOMEWARD_CONFIG, then /etc/homeward/homeward.yaml)")
	f.StringArrayVar(&a.set, "set", nil, "one setting over the configuration, e.g. --set listen.ops=:9000")
	root.AddCommand(
		a.serveCommand(), a.demoCommand(), a.queryCommand(), a.caseCommand(), a.pendingCommand(), a.breakGlassCommand(), a.reviewCommand(),
		a.holdCommand(), a.recallCommand(), a.obligationsCommand(), a.decoyCommand(), a.sightingCommand(), a.keysCommand(), a.ledgerCommand(), a.evidenceCommand(),
		a.blockCommand(), a.unblockCommand(), a.registryCommand(), a.envelopeCommand(), a.adapterCommand(),
		a.configCommand(), a.matchCommand(), a.policyCommand(), a.versionCommand(),
	)
	a.strict(root)
	return root
}

// strict makes everything before a command's own work a usage error, and a group
// without a subcommand too: `homeward config` alone did nothing that could have gone well.
func (a *app) strict(c *cobra.Command) {
	if c.HasSubCommands() && c.RunE == nil && c.HasParent() {
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("%s has no subcommand %q", c.CommandPath(), args[0])
			}
			return usage("%s needs a subcommand: see %s --help", c.CommandPath(), c.CommandPath())
		}
		c.Args = cobra.ArbitraryArgs
	}
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			a.started = true
			return run(c, args)
		}
	}
	for _, sub := range c.Commands() {
		a.strict(sub)
	}
}

func (a *app) checkOutput() error {
	if a.output != "table" && a.output != "json" {
		return usage("-o %s: only table and json are known", a.output)
	}
	return nil
}

// getenv reads the environment that the command was given.
func (a *app) getenv(name string) string {
	for _, kv := range a.env {
		if k, v, _ := strings.Cut(kv, "="); k == name {
			return v
		}
	}
	return ""
}

// config loads the configuration that the flags and the environment name.
func (a *app) config() (gateway.Config, error) {
	flags := make(map[string]string)
	for _, kv := range a.set {
		path, value, ok := strings.Cut(kv, "=")
		if !ok {
			return gateway.Config{}, usage("--set %s: expected path=value", kv)
		}
		flags[path] = value
	}
	return gateway.Load(a.configPath(), a.env, flags)
}

func (a *app) configPath() string {
	for _, path := range []string{a.configFile, a.getenv("HOMEWARD_CONFIG")} {
		if path != "" {
			return path
		}
	}
	return "/etc/homeward/homeward.yaml"
}

// gateway wires the gateway of the configuration, for a command that acts in its name.
func (a *app) gateway(ctx context.Context, log *slog.Logger) (*gateway.Gateway, error) {
	config, err := a.config()
	if err != nil {
		return nil, err
	}
	return gateway.New(ctx, config, gateway.Deps{Adapters: a.sources, Log: log, Version: version(), Now: a.now})
}

// withGateway opens the gateway of the configuration, silent, for a command that acts in its name.
func (a *app) withGateway(ctx context.Context, do func(*gateway.Gateway) error) (err error) {
	g, err := a.gateway(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	return do(g)
}

// acting is withGateway for a person who decides in its name.
func (a *app) acting(ctx context.Context, do func(*exchange.Exchange) error) error {
	return a.withGateway(ctx, func(g *gateway.Gateway) error { return do(g.Exchange()) })
}

// called makes one call of the API in process, at the gateway of the configuration, and
// shows what it returns.
func called[Q any, R proto.Message](a *app, cmd *cobra.Command, method func(exchange.Casework, context.Context, Q) (R, error), q Q, draw func(*printer, R)) error {
	return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
		r, err := method(exchange.Casework{Exchange: x}, cmd.Context(), q)
		if err != nil {
			return err
		}
		return a.proto(r, func(p *printer) { draw(p, r) })
	})
}

// withStore opens the ledger's store beside a gateway that may be running.
func (a *app) withStore(ctx context.Context, do func(ledger.Store) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{Driver: c.Store.Driver, DSN: c.Store.DSN.Reveal(), Owner: c.Participant, Replica: c.Store.Replica})
	if err != nil {
		return err
	}
	defer s.Close()
	return do(s)
}
