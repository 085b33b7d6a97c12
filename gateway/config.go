// Package gateway is one participant's gateway: what it is told (Config), what
// it takes from outside (Deps), and the only wiring (New, Run).
package gateway

import (
	"path/filepath"
	"time"

	"gopkg.in/yaml.v3"
)

// Config is the configuration of one gateway: one YAML file, HOMEWARD_* over
// it, flags over that (Load). The tags say everything that is known of a
// setting: doc and enum describe it, default fills it in, must makes it
// mandatory, is names what Load and Check require of it.
type Config struct {
	Participant string   `yaml:"participant" must:"yes" doc:"Id of this participant in the registry, e.g. gov-pl."`
	StateDir    string   `yaml:"state_dir" default:"/var/lib/homeward" is:"folder" doc:"Folder for what the gateway keeps: the SQLite store."`
	Registry    Registry `yaml:"registry" doc:"The signed list of participants, keys and agreements."`
	Keys        Keys     `yaml:"keys" doc:"Key files; make them with: homeward keys new."`
	Listen      Listen   `yaml:"listen" doc:"Addresses as host:port; an empty host is every interface."`
	Store       Store    `yaml:"store" doc:"Where decisions are kept before anything leaves."`
	State       string   `yaml:"state" default:"memory" enum:"memory,redis" doc:"The early filter against replays, and budgets. With redis, Redis must be there: without it nothing is answered."`
	Redis       Redis    `yaml:"redis" doc:"Only with state: redis."`
	Source      Source   `yaml:"source" doc:"One's own case system. Leave it out if this participant holds no records."`
	Policy      Policy   `yaml:"policy" doc:"The rules; the built-in ones unless a bundle is named."`
	Agency      Agency   `yaml:"agency" doc:"Who may use the plain side of this gateway."`
	Exchange    Exchange `yaml:"exchange" doc:"Bounds on every exchange."`
	Ledger      Ledger   `yaml:"ledger" doc:"The transparency log of this gateway's decisions."`
	Budgets     Budgets  `yaml:"budgets" doc:"How many questions an hour are answered."`
	Observe     Observe  `yaml:"observe" doc:"Logs and traces; metrics are on the ops listener."`

	origin origin
}

// Registry says where the signed registry is.
type Registry struct {
	File string `yaml:"file" must:"yes" is:"file" doc:"The signed registry."`
	Key  string `yaml:"key" must:"yes" is:"file" doc:"Public JWK of the registry's signer, handed over in person."`
}

// Keys names the key files. Each is read once, at the start.
type Keys struct {
	Sign    string   `yaml:"sign" must:"yes" is:"private" doc:"Private JWK (EdDSA or ES256) that signs this gateway's messages."`
	Seal    []string `yaml:"seal" must:"yes" is:"private" doc:"Private JWKs (ECDH-ES) that open what is sealed to this gateway: the current one first, older ones still open."`
	TLSCert string   `yaml:"tls_cert" must:"yes" is:"file" doc:"PEM certificate of every listener and of calls to other gateways."`
	TLSKey  string   `yaml:"tls_key" must:"yes" is:"private" doc:"PEM private key of tls_cert."`
	Log     string   `yaml:"log" must:"yes" is:"private" doc:"Private JWK (EdDSA) that signs the checkpoints of this gateway's transparency log, and those of others that it witnesses."`
	Secret  string   `yaml:"secret" must:"yes" is:"private" doc:"32 random bytes in hex: pseudonyms and keyed hashes are derived from them."`
}

// Listen holds the addresses of the listeners.
type Listen struct {
	Federation string `yaml:"federation" default:":8443" is:"address" doc:"Other gateways: mutual TLS, signed and sealed messages."`
	Agency     string `yaml:"agency" default:"127.0.0.1:8444" is:"address" doc:"One's own agencies: mutual TLS, plain JSON or gRPC."`
	Ops        string `yaml:"ops" default:"127.0.0.1:8445" is:"address" doc:"Health and metrics: plain HTTP, keep it inside."`
}

// Store says where decisions are kept.
type Store struct {
	Driver  string `yaml:"driver" default:"sqlite" enum:"sqlite,postgres" doc:"SQLite for one machine, PostgreSQL for several."`
	DSN     Secret `yaml:"dsn" doc:"SQLite: a file, state_dir/homeward.db if left out. PostgreSQL: a connection string; keep its password in a pgpass file."`
	Replica bool   `yaml:"replica" doc:"PostgreSQL that may fail over: refuses to start without synchronous replication."`
}

// Redis says where Redis is.
type Redis struct {
	URL Secret `yaml:"url" doc:"redis://user:password@host:port/db, or rediss:// with TLS."`
}

// Source is one's own case system.
type Source struct {
	Adapter  string `yaml:"adapter" doc:"Name of the adapter, e.g. file."`
	Settings Opaque `yaml:"settings" doc:"What that adapter needs; see its own page."`
}

// Policy says which rules are in force.
type Policy struct {
	Bundle     string        `yaml:"bundle" is:"path" doc:"Bundles that the registry may name: an archive of homeward policy build, or a folder of such archives. The built-in rules are always there."`
	Overlay    string        `yaml:"overlay" is:"file" doc:"One's own signed overlay, which can only deny or generalise further; none if left out."`
	OverlayKey string        `yaml:"overlay_key" is:"file" doc:"Public JWK that signs the overlay; the participant's own signing keys in the registry if left out."`
	MaxAge     time.Duration `yaml:"max_age" default:"720h" is:"positive" doc:"How long a policy decides after a current registry last confirmed it; then everything is denied."`
}

// Agency lists the clients of the agency listener.
type Agency struct {
	Clients []Client `yaml:"clients" doc:"Client certificates that are let in; nobody else is."`
}

// Client is one system of one's own agencies.
type Client struct {
	Name  string   `yaml:"name" doc:"As it appears in the log."`
	SPKI  string   `yaml:"spki" doc:"SHA-256 of its certificate's public key in hex; homeward keys show prints it."`
	Roles []string `yaml:"roles" enum:"case_officer,tracing_officer,investigator,prosecutor,supervisor,duty_officer,reviewer,legal_reviewer,operator" doc:"Roles that its officers may have."`
}

// Exchange bounds every exchange.
type Exchange struct {
	Deadline    time.Duration `yaml:"deadline" default:"5s" is:"positive" doc:"How long each holder has to answer; at most 50s, since a call of an agency ends after a minute."`
	MaxBody     Size          `yaml:"max_body" default:"2MiB" is:"positive" doc:"Largest call taken. A sealed message of the largest size class has 1.4 MiB; with less than that some are refused."`
	Concurrency int           `yaml:"concurrency" default:"256" is:"positive" doc:"Calls at once on each listener, at most 64 of one caller; more are told to come back."`
}

// Ledger says how the transparency log is kept.
type Ledger struct {
	Checkpoints time.Duration `yaml:"checkpoints" default:"10s" is:"positive" doc:"How often a checkpoint is published; between two nobody sees that anything happened."`
	Receipts    time.Duration `yaml:"receipts" default:"2h" is:"positive" doc:"How long a holder may take to prove that its answer is in its log; then a complaint is recorded. Longer than its grace."`
	Grace       time.Duration `yaml:"grace" default:"1h" is:"positive" doc:"How long the gateway is ready without a new checkpoint, e.g. while too few witnesses answer."`

	KeepQuestions time.Duration `yaml:"keep_questions" default:"0s" is:"span" doc:"How long questions and answers keep their personal part, e.g. 43800h for five years; then it is erased, unless a litigation hold forbids it, and nothing of it can be recalled. 0: until two officers erase it."`
	KeepCasework  time.Duration `yaml:"keep_casework" default:"0s" is:"span" doc:"The same of case links, holds, recalls, go-aheads and sightings."`
}

// Budgets are questions an hour; what is over is refused and recorded.
type Budgets struct {
	Participant int `yaml:"participant_per_hour" default:"5000" is:"positive" doc:"Of one participant. A message counts once for each 16 KiB of it."`
	Officer     int `yaml:"officer_per_hour" default:"300" is:"positive" doc:"Of one officer."`
	Purpose     int `yaml:"purpose_per_hour" default:"5000" is:"positive" doc:"Of one participant for one purpose."`
	Query       int `yaml:"query_per_hour" default:"20" is:"positive" doc:"The same criteria again, whoever of one participant asks."`
	Variants    int `yaml:"variants_per_day" default:"20" is:"positive" doc:"Questions of one officer that differ in one criterion alone, about: a name that is tried out."`
	Children    int `yaml:"children_per_day" default:"100" is:"positive" doc:"Children whom one officer asks all holders for; above it the authority of origin is warned and nothing is refused."`
	Repeats     int `yaml:"repeats_per_day" default:"60" is:"positive" doc:"Questions of one officer for one child to all holders; above it the authority of origin is warned."`
}

// Observe says what operators see.
type Observe struct {
	LogLevel     string `yaml:"log_level" default:"info" enum:"debug,info,warn,error" doc:"Least level that is logged."`
	LogFormat    string `yaml:"log_format" default:"json" enum:"json,text" doc:"Logs go to standard error."`
	OTLPEndpoint string `yaml:"otlp_endpoint" is:"url" doc:"OpenTelemetry collector (gRPC), e.g. https://collector:4317; no traces if left out."`
}

// origin remembers where each setting came from, so that a problem has a place.
type origin struct {
	file string
	root *yaml.Node
	over map[string]string // by path: "environment HOMEWARD_…", "flag --set …"
}

// Dir is the folder of the configuration file: relative paths start there.
func (c Config) Dir() string {
	if c.origin.file == "" {
		return ""
	}
	return filepath.Dir(c.origin.file)
}
