package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"homeward.example/adapters"
	"homeward.example/gateway"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

func (a *app) configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Check, describe and show the configuration"}
	c.AddCommand(a.configCheckCommand(), a.configSchemaCommand(), a.configShowCommand())
	return c
}

func (a *app) configCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Say everything that is wrong with the configuration, with file and line",
		Long: "check reads the configuration and what it names: files, keys, certificates, the registry, the source.\n" +
			"It exits with 3 if anything is wrong.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := a.checkConfig(cmd.Context())
			found := []problem.Document{}
			if err != nil {
				found = a.documents(err)
			}
			warnings := a.configWarnings()
			return a.judged(len(found) == 0, map[string]any{"file": a.configPath(), "ok": len(found) == 0, "problems": found, "warnings": warnings}, func(p *printer) {
				if len(found) == 0 {
					p.line(p.paint(green, "ok") + "  " + a.configPath())
				}
				p.problems(found)
				for _, warning := range warnings {
					p.line(p.paint(yellow, "warning") + "  " + warning)
				}
			})
		},
	}
}

// configWarnings is what is not wrong yet: agreements of this participant that
// soon end, keys that the registry does not list for it. What cannot be read is told as a problem elsewhere.
func (a *app) configWarnings() []string {
	out := []string{}
	c, err := a.config()
	if err != nil {
		return out
	}
	r, err := a.registry(c.Registry.File, c.Registry.Key)
	if err != nil {
		return out
	}
	out = append(out, strangeKeys(c, r)...)
	own := func(id string) bool { return id == trust.Anyone || id == c.Participant }
	r.Agreements = slices.DeleteFunc(r.Agreements, func(g trust.Agreement) bool { return !own(g.Holder) && !own(g.Recipient) })
	return append(out, endings(r, a.now())...)
}

// strangeKeys warns of keys that others do not know as this participant's: those of
// another one, or new ones that the registry will list.
func strangeKeys(c gateway.Config, r trust.Registry) []string {
	i := slices.IndexFunc(r.Participants, func(p trust.Participant) bool { return p.ID == c.Participant })
	if i < 0 {
		return []string{"the registry does not list participant " + c.Participant + ": the gateway will not start"}
	}
	p, out := r.Participants[i], []string{}
	warn := func(path, file string) {
		out = append(out, path+": "+file+" is not what the registry lists for "+c.Participant+"; until it does, others refuse what is signed or sealed with it")
	}
	for path, file := range map[string]string{"keys.sign": c.Keys.Sign, "keys.seal": c.Keys.Seal[0], "keys.log": c.Keys.Log} {
		key, err := keyring.ReadPrivate(file)
		if err == nil && !slices.ContainsFunc(p.Keys, func(k trust.Key) bool { return k.JWK["kid"] == key.ID }) {
			warn(path, file)
		}
	}
	if spki, err := keyring.CertificateSPKI(c.Keys.TLSCert); err == nil && !slices.Contains(p.TLS, spki) {
		warn("keys.tls_cert", c.Keys.TLSCert)
	}
	slices.Sort(out)
	return out
}

func (a *app) checkConfig(ctx context.Context) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if err := c.Check(a.now()); err != nil {
		return err
	}
	err = c.CheckPolicy(ctx, a.now) // the registry too, which names it
	return errors.Join(err, a.checkSource(ctx, c))
}

// checkSource opens the source as the gateway would, and counts what it could not read.
func (a *app) checkSource(ctx context.Context, c gateway.Config) error {
	if c.Source.Adapter == "" {
		return nil
	}
	report, err := a.checkAdapter(ctx, c.Source.Adapter, adapters.Settings{Values: c.Source.Settings.Reveal(), Dir: c.Dir(), Now: a.now})
	if err != nil {
		return err
	}
	if report.Bad > 0 {
		p := problem.Mismatch(gatewaySource, report.Source, "records that can be read", fmt.Sprintf("%d that cannot", report.Bad))
		p.Remedy = "homeward adapter check lists them"
		return p
	}
	return nil
}

func (a *app) configSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of the configuration, for editors",
		Long: "schema prints the JSON Schema of the configuration file. With -o table it lists every setting with its\n" +
			"environment variable and its default.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("output") || a.output == "json" {
				schema, err := gateway.ConfigSchema()
				if err != nil {
					return err
				}
				_, err = a.out.Write(schema)
				return err
			}
			p := a.printerTo(a.out)
			var rows [][]string
			for _, s := range gateway.Settings() {
				rows = append(rows, []string{s.Path, s.Env, settingDefault(s), strings.TrimSpace(s.Doc)})
			}
			p.table("", []string{"SETTING", "ENVIRONMENT", "DEFAULT", "WHAT IT IS"}, rows, nil)
			return p.failed
		},
	}
}

func settingDefault(s gateway.Setting) string {
	if s.Mandatory {
		return "(mandatory)"
	}
	return s.Default
}

func (a *app) configShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "Print the configuration in force, without secrets",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			text, tree, err := c.Shown()
			if err != nil {
				return err
			}
			if a.output == "json" {
				return a.json(tree)
			}
			_, err = a.out.Write(text)
			return err
		},
	}
}
