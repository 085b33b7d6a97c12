// Package demo makes a federation of synthetic participants on loopback and
// tells one story with it: separate gateways in one process, each with its own
// keys, store, ports, records and configuration file, talking the real protocol.
package demo

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/synthetic"
	"homeward.example/gateway/internal/trust"
)

// Ids of the demo's participants.
const (
	Origin    = "gov-ua"
	Requester = "gov-pl"
	Down      = "gov-lt"
	Slow      = "gov-de"
	NoLead    = "gov-ca"
	Submitter = "ngo-watch"
)

// member is one participant of the demo, before its keys are made.
type member struct {
	id, name, kind, role string
	origin, holder       bool
	port                 int // of the federation listener; agency and ops follow
}

func members() []member {
	return []member{
		{id: Origin, name: "Ukraine, authority of origin (demo)", kind: "government", role: "holder, authority of origin", origin: true, holder: true, port: 18410},
		{id: "unicef", name: "UNICEF (demo)", kind: "unicef", role: "holder", holder: true, port: 18420},
		{id: "icrc", name: "ICRC (demo)", kind: "icrc", role: "holder", holder: true, port: 18430},
		{id: Requester, name: "Poland (demo)", kind: "government", role: "requester", port: 18440},
		{id: Slow, name: "Germany (demo)", kind: "government", role: "holder, slow", holder: true, port: 18450},
		{id: Down, name: "Lithuania (demo)", kind: "government", role: "holder, down", holder: true, port: 18460},
		{id: NoLead, name: "Canada (demo)", kind: "government", role: "holder, no lead", holder: true, port: 18470},
		{id: Submitter, name: "Listing Watch, an NGO (demo)", kind: "ngo", role: "submits sightings", port: 18480},
	}
}

// Federation is what Setup wrote.
type Federation struct {
	Dir     string
	Members []Member
	Profile string         // the client profile of gov-pl's agency
	Child   synthetic.Demo // the child that is sought
	made    time.Time
	// held are the listeners that found the ports free. They are kept open until
	// a gateway takes them, so that two demos that start at once do not meet.
	held map[string]net.Listener
	mu   sync.Mutex // of held
	lock *os.File   // keeps other demos out of the folder
}

// Member is one participant of a federation on disk.
type Member struct {
	member
	Config                  string           // its homeward.yaml
	Federation, Agency, Ops string           // addresses
	Records                 synthetic.Holder // none for a participant that holds none
}

// Setup writes a federation into dir: keys, a signed registry, records, and one
// configuration file for each gateway. What an earlier demo left there is
// replaced; a folder that no demo made is refused.
func Setup(dir string, now time.Time) (*Federation, error) { return setup(dir, now, members()) }

// SetupAnywhere is Setup on ports that the system picks, for what runs beside a demo.
func SetupAnywhere(dir string, now time.Time) (*Federation, error) {
	all := members()
	for i := range all {
		all[i].port = 0
	}
	return setup(dir, now, all)
}

func setup(dir string, now time.Time, all []member) (*Federation, error) {
	lock, err := clear(dir)
	if err != nil {
		return nil, err
	}
	f := &Federation{
		Dir: dir, Profile: filepath.Join(dir, "profile.yaml"), made: now, held: make(map[string]net.Listener), lock: lock,
	}
	if err := f.fill(all); err != nil {
		f.Release()
		f.Unlock()
		return nil, err
	}
	return f, nil
}

// fill writes the folder.
func (f *Federation) fill(all []member) error {
	records := filepath.Join(f.Dir, "records")
	if err := os.Mkdir(records, 0o700); err != nil {
		return err
	}
	files, err := synthetic.Write(records, synthetic.Options{})
	if err != nil {
		return err
	}
	f.Child = files.Demo
	registry := trust.Registry{Version: 1, IssuedAt: f.made, Expires: f.made.Add(30 * 24 * time.Hour)}
	for _, m := range all {
		member, entry, err := f.member(m)
		if err != nil {
			return fmt.Errorf("%s: %w", m.id, err)
		}
		member.Records, _ = files.Holder(m.id)
		f.Members = append(f.Members, member)
		registry.Participants = append(registry.Participants, entry)
	}
	registry.Witnesses = trust.Witnesses{Quorum: 1, Participants: []string{"unicef", "icrc"}}
	registry.Agreements = []trust.Agreement{{
		Holder: "*", Recipient: "*", Purposes: []string{"MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", "SIGHTING"}, Until: f.made.Add(365 * 24 * time.Hour),
	}}
	if err := f.writeRegistry(registry); err != nil {
		return err
	}
	for i := range f.Members {
		if err := f.writeConfig(&f.Members[i]); err != nil {
			return err
		}
	}
	if err := f.writeListing(); err != nil {
		return err
	}
	return f.writeProfile()
}

// Member finds a participant of the demo.
func (f *Federation) Member(id string) *Member {
	for i := range f.Members {
		if f.Members[i].id == id {
			return &f.Members[i]
		}
	}
	return nil
}

// source names the file that a holder answers from.
func (m *Member) source() string {
	name, _ := m.Records.Settings["path"].(string)
	return name
}

// Role says what the member does in the demo.
func (m *Member) Role() string { return m.role }

// From says how many records the member answers from, and from which file.
func (m *Member) From() string {
	if m.Records.Settings == nil {
		return "none"
	}
	return fmt.Sprintf("%d from %s", m.Records.Records, m.source())
}

// ID returns the participant's id.
func (m *Member) ID() string { return m.id }

func (f *Federation) member(m member) (Member, trust.Participant, error) {
	dir := filepath.Join(f.Dir, m.id)
	entry, err := keyring.Generate(filepath.Join(dir, "keys"), m.id, f.made)
	if err != nil {
		return Member{}, entry, err
	}
	ports, err := f.freePorts(m.port, 3)
	if err != nil {
		return Member{}, entry, err
	}
	if m.id == Requester {
		key, err := keyring.NewKey(filepath.Join(dir, "keys", "agency.jwk"), m.id, "ES256", envelope.UseAgency, f.made)
		if err != nil {
			return Member{}, entry, err
		}
		entry.Keys = append(entry.Keys, key)
	}
	entry.Name, entry.Kind, entry.AuthorityOfOrigin, entry.Holder = m.name, m.kind, m.origin, m.holder
	entry.Endpoint = "https://" + ports[0]
	entry.Contact = "duty desk of " + m.name
	return Member{
		member: m, Config: filepath.Join(dir, "homeward.yaml"),
		Federation: ports[0], Agency: ports[1], Ops: ports[2],
	}, entry, nil
}

func (f *Federation) writeRegistry(r trust.Registry) error {
	dir := filepath.Join(f.Dir, "registry")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entry, err := keyring.NewKey(filepath.Join(dir, "registry.jwk"), "registry", "ES256", envelope.UseSign, f.made)
	if err != nil {
		return err
	}
	public, err := json.MarshalIndent(entry.JWK, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "registry.pub.jwk"), append(public, '\n'), 0o600); err != nil {
		return err
	}
	key, err := keyring.ReadPrivate(filepath.Join(dir, "registry.jwk"))
	if err != nil {
		return err
	}
	signed, err := trust.Sign(r, key)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "registry.jws"), signed, 0o600)
}
