package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"homeward.example/gateway/internal/keyring"
)

// writeConfig writes one gateway's homeward.yaml: the same file that a
// participant writes, with loopback addresses.
func (f *Federation) writeConfig(m *Member) error {
	dir := filepath.Dir(m.Config)
	keys := func(name string) string { return quoted(filepath.Join(dir, "keys", name)) }
	var b strings.Builder
	fmt.Fprintf(&b, `# Written by "homeward demo". No child behind it is real.
participant: %s
state_dir: %s
registry:
  file: %s
  key: %s
keys:
  sign: %s
  seal: [%s]
  tls_cert: %s
  tls_key: %s
  secret: %s
listen:
  federation: "%s"
  agency: "%s"
  ops: "%s"
exchange:
  deadline: 2s
observe:
  log_level: warn
`, m.id, quoted(filepath.Join(dir, "state")),
		quoted(filepath.Join(f.Dir, "registry", "registry.jws")), quoted(filepath.Join(f.Dir, "registry", "registry.pub.jwk")),
		keys("sign.jwk"), keys("seal.jwk"), keys("tls.crt"), keys("tls.key"), keys("secret.key"),
		m.Federation, m.Agency, m.Ops)
	if m.Source.File != "" {
		b.WriteString("source:\n  adapter: file\n  settings:\n")
		for _, line := range m.Source.Settings() {
			b.WriteString("    " + line + "\n")
		}
	}
	if m.id == Requester || m.id == Origin {
		spki, err := f.agencyClient(m)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "agency:\n  clients:\n    - name: %s-agency\n      spki: %s\n      roles: [case_officer, tracing_officer]\n", m.id, spki)
	}
	return os.WriteFile(m.Config, []byte(b.String()), 0o600)
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
`, m.id, m.Agency, spki, quoted(filepath.Join(dir, "agency", "client.crt")), quoted(filepath.Join(dir, "agency", "client.key"))), 0o600)
}

// LinkFile is where the demo leaves the case link that gov-ua issued.
func (f *Federation) LinkFile() string { return filepath.Join(f.Dir, "case.link") }

func (f *Federation) writeLink(token string) error {
	return os.WriteFile(f.LinkFile(), []byte(token+"\n"), 0o600)
}
