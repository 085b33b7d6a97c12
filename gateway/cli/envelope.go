package cli

import (
	"bytes"
	"io"
	"os"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/trust"
)

// maxMessage bounds what envelope check reads; a sealed message is far smaller.
const maxMessage = 64 << 20

func (a *app) envelopeCommand() *cobra.Command {
	c := &cobra.Command{Use: "envelope", Short: "Look at messages offline, for integrators"}
	c.AddCommand(a.envelopeCheckCommand())
	return c
}

func (a *app) envelopeCheckCommand() *cobra.Command {
	var keyFiles []string
	var registry, registryKey string
	cmd := &cobra.Command{
		Use: "check FILE|-", Short: "Say exactly what is wrong with a message that you made",
		Long: "check reads a signed or sealed message and says everything that a gateway would refuse: which header,\n" +
			"which claim, what was expected and found, and the remedy. It is offline: give your own private keys with\n" +
			"--key, and the registry if you have it. It exits with 3 if a gateway would refuse the message.",
		Example: "  homeward envelope check query.jwe --key seal.jwk --registry registry.jws --registry-key registry.pub.jwk",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			message, err := a.read(args[0])
			if err != nil {
				return err
			}
			var own []envelope.PrivateKey
			for _, file := range keyFiles {
				key, err := keyring.ReadPrivate(file)
				if err != nil {
					return err
				}
				own = append(own, key)
			}
			var keys envelope.Keys
			if registry != "" {
				if keys, err = a.registryKeys(registry, registryKey); err != nil {
					return err
				}
			}
			return a.diagnosis(envelope.Diagnose(message, own, keys, a.now()))
		},
	}
	cmd.Flags().StringArrayVar(&keyFiles, "key", nil, "private JWK of your own; may be repeated")
	cmd.Flags().StringVar(&registry, "registry", "", "signed registry file")
	cmd.Flags().StringVar(&registryKey, "registry-key", "", "public JWK of the registry's signer")
	cmd.MarkFlagsRequiredTogether("registry", "registry-key")
	return cmd
}

// registryKeys is the registry as a verifier sees it.
func (a *app) registryKeys(file, keyFile string) (envelope.Keys, error) {
	key, err := keyring.ReadPublic(keyFile)
	if err != nil {
		return nil, err
	}
	return trust.Open(trust.Options{File: file, Key: key, Clock: a.now})
}

// read takes a file or, for "-", standard input; the line end that an editor adds is dropped.
func (a *app) read(name string) ([]byte, error) {
	in := a.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxMessage))
	return bytes.TrimRight(b, "\r\n"), err
}

func (a *app) diagnosis(r envelope.Report) error {
	return a.judged(r.OK(), struct {
		OK bool `json:"ok"`
		envelope.Report
	}{r.OK(), r}, func(p *printer) {
		verdict := p.paint(green, "a gateway would take it")
		if !r.OK() {
			verdict = p.paint(red, "a gateway would refuse it")
		}
		p.line(r.Kind + " " + string(r.Type) + ": " + verdict)
		for _, row := range [][2]string{{"from", r.Issuer}, {"to", r.Audience}, {"signed by", r.KeyID}, {"sealed to", r.SealedTo}} {
			if row[1] != "" {
				p.line("  " + p.paint(grey, pad(row[0], 10)) + printable(row[1]))
			}
		}
		for _, f := range r.Findings {
			p.line("")
			p.line(p.paint(severityColour(f.Severity), f.Severity) + "  " + string(f.Code) + " at " + p.paint(bold, f.Where))
			p.facts("  ", 10, [][2]string{{"expected", f.Expected}, {"found", f.Found}, {"remedy", f.Remedy}})
		}
	})
}

func severityColour(severity string) colour {
	if severity == "error" {
		return red
	}
	return yellow
}
