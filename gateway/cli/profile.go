package cli

import (
	"errors"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"homeward.example/adapters"
	"homeward.example/gateway/client"
	"homeward.example/gateway/internal/problem"
)

// profile is how an agency's system, or a person on a terminal, reaches its own
// gateway. Paths are relative to the file.
type profile struct {
	Gateway    string `yaml:"gateway"`     // https://host:port of the agency listener
	ServerSPKI string `yaml:"server_spki"` // pin of its certificate, or
	ServerCA   string `yaml:"server_ca"`   // who may have issued it
	Cert       string `yaml:"cert"`
	Key        string `yaml:"key"`
	Officer    string `yaml:"officer"`
	Role       string `yaml:"role"`
	Basis      string `yaml:"basis"`
	// Participant and SignKey are for an agency that signs its own questions.
	Participant string `yaml:"participant"`
	SignKey     string `yaml:"sign_key"`
}

// codeProfile is every problem with a profile.
const codeProfile problem.Code = "profile_invalid"

// profile reads the file that the flag, the environment or the demo names.
func (a *app) profile(file string) (profile, error) {
	var p profile
	if file == "" {
		file = a.getenv("HOMEWARD_PROFILE")
	}
	if file == "" {
		file = ".homeward/profile.yaml"
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		e := problem.Wrap(codeProfile, file, err)
		e.Expected, e.Found = "a profile", "none that can be read"
		return p, e
	}
	var n yaml.Node
	if err := yaml.Unmarshal(raw, &n); err != nil {
		return p, problem.Wrap(codeProfile, file, err)
	}
	if n.Kind == 0 {
		return p, problem.Mismatch(codeProfile, file, "gateway, cert, key and a pin or a CA", "an empty file")
	}
	if err := adapters.DecodeYAML(&n, &p); err != nil {
		return p, misread(file, err)
	}
	for _, path := range []*string{&p.Cert, &p.Key, &p.ServerCA, &p.SignKey} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(filepath.Dir(file), *path)
		}
	}
	return p, nil
}

func misread(file string, err error) error {
	issue, ok := errors.AsType[adapters.Issue](err)
	if !ok {
		return problem.Wrap(codeProfile, file, err)
	}
	issue.File = file
	e := problem.Mismatch(codeProfile, issue.Place(), "a known setting", issue.Field)
	if e.Remedy = issue.Remedy; issue.Field == "" {
		e.Expected, e.Found = "settings as text", issue.What
	}
	return e
}

func (p profile) client() (*client.Client, error) {
	return client.New(client.Options{
		URL: p.Gateway, CertFile: p.Cert, KeyFile: p.Key, ServerSPKI: p.ServerSPKI, ServerCA: p.ServerCA,
	})
}
