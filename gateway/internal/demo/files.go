package demo

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"homeward.example/gateway/internal/keyring"
)

// writeConfig writes one gateway's homeward.yaml: the same file that a
// participant writes, with loopback addresses.
func (f *Federation) writeConfig(m *Member) error {
	config := map[string]any{
		"participant": m.id,
		"state_dir":   "state",
		"registry":    map[string]any{"file": "../registry/registry.jws", "key": "../registry/registry.pub.jwk"},
		"keys": map[string]any{
			"sign": "keys/" + keyring.SignFile, "seal": []string{"keys/" + keyring.SealFile},
			"tls_cert": "keys/" + keyring.TLSCert, "tls_key": "keys/" + keyring.TLSKey, "log": "keys/" + keyring.LogFile, "secret": "keys/" + keyring.SecretFile,
		},
		"listen":   map[string]any{"federation": m.Federation, "agency": m.Agency, "ops": m.Ops},
		"exchange": map[string]any{"deadline": "3s"},
		"ledger":   map[string]any{"checkpoints": "1s"}, // nobody waits ten seconds for a show
		"observe":  map[string]any{"log_level": "warn", "log_format": "text"},
	}
	if m.Records.Settings != nil {
		config["source"] = map[string]any{"adapter": "file", "settings": f.fromConfig(m.Records.Settings)}
	}
	if m.id == Requester || m.id == Origin {
		spki, err := f.agencyClient(m)
		if err != nil {
			return err
		}
		config["agency"] = map[string]any{"clients": []any{map[string]any{
			"name": m.id + "-agency", "spki": spki, "roles": []string{"case_officer", "tracing_officer", "supervisor", "reviewer"},
		}}}
	}
	text, err := yaml.Marshal(config)
	if err != nil {
		return err
	}
	head := "# Written by \"homeward demo\". No child behind it is real.\n"
	return os.WriteFile(m.Config, append([]byte(head), text...), 0o600)
}

// fromConfig makes the paths of a source start at the configuration file.
func (f *Federation) fromConfig(settings map[string]any) map[string]any {
	out := maps.Clone(settings)
	for _, key := range []string{"path", "mapping"} {
		if name, ok := out[key].(string); ok {
			out[key] = "../records/" + name
		}
	}
	return out
}

// agencyClient makes the certificate of a participant's own agency system.
func (f *Federation) agencyClient(m *Member) (spki string, err error) {
	dir := filepath.Join(filepath.Dir(m.Config), "agency")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return keyring.NewCertificate(filepath.Join(dir, "client.crt"), filepath.Join(dir, "client.key"), m.id+"-agency", f.made)
}

// writeProfile lets `homeward query` find gov-pl's gateway without flags.
func (f *Federation) writeProfile() error {
	m := f.Member(Requester)
	dir := filepath.Dir(m.Config)
	spki, err := keyring.CertificateSPKI(filepath.Join(dir, "keys", keyring.TLSCert))
	if err != nil {
		return err
	}
	return os.WriteFile(f.Profile, fmt.Appendf(nil, `# Written by "homeward demo": the agency client of %s.
gateway: "https://%s"
server_spki: %s
cert: %s
key: %s
officer: demo-officer-17
role: case_officer
participant: %s
sign_key: %s
`, m.id, m.Agency, spki, quoted(filepath.Join(dir, "agency", "client.crt")), quoted(filepath.Join(dir, "agency", "client.key")),
		m.id, quoted(filepath.Join(dir, "keys", "agency.jwk"))), 0o600)
}

// LinkFile is where the demo leaves the case link that gov-ua issued.
func (f *Federation) LinkFile() string { return filepath.Join(f.Dir, "case.link") }

func (f *Federation) writeLink(token string) error {
	return os.WriteFile(f.LinkFile(), []byte(token+"\n"), 0o600)
}

// quoted makes a path that works from any folder, quoted for YAML.
func quoted(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return `"` + strings.ReplaceAll(path, `"`, `\"`) + `"`
}
