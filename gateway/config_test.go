package gateway_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/problem"
)

// least is the smallest file that starts a gateway.
const least = `participant: gov-pl
registry: {file: registry.jws, key: registry.pub.jwk}
keys:
  sign: keys/sign.jwk
  seal: [keys/seal.jwk]
  tls_cert: keys/tls.crt
  tls_key: keys/tls.key
  log: keys/log.jwk
  secret: keys/secret.key
`

func write(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "homeward.yaml")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestLoadFillsInDefaults(t *testing.T) {
	t.Parallel()
	file := write(t, least)
	c, err := gateway.Load(file, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(file)
	for what, pair := range map[string][2]any{
		"deadline":    {c.Exchange.Deadline, 5 * time.Second},
		"max_body":    {c.Exchange.MaxBody, gateway.Size(2 << 20)},
		"state":       {c.State, "memory"},
		"driver":      {c.Store.Driver, "sqlite"},
		"dsn":         {c.Store.DSN.Reveal(), "/var/lib/homeward/homeward.db"},
		"seal":        {c.Keys.Seal[0], filepath.Join(dir, "keys/seal.jwk")},
		"dir":         {c.Dir(), dir},
		"officer":     {c.Budgets.Officer, 300},
		"log format":  {c.Observe.LogFormat, "json"},
		"participant": {c.Participant, "gov-pl"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %v, want %v", what, pair[0], pair[1])
		}
	}
}

func TestFlagsOverEnvironmentOverFile(t *testing.T) {
	t.Parallel()
	file := write(t, least+"observe: {log_level: error}\nlisten:\n  ops: 127.0.0.1:1\nredis:\n")
	env := []string{
		"HOMEWARD_OBSERVE_LOG_LEVEL=warn", "HOMEWARD_LISTEN_OPS=127.0.0.1:2", "HOMEWARD_KEYS_SEAL=new.jwk, old.jwk",
		"HOMEWARD_REDIS_URL=redis://:hunter2@localhost:6379/0", "HOMEWARD_CONFIG=x", "HOMEWARD_PORT_8443_TCP=tcp://10.0.0.1:8443",
		"HOMEWARD_SERVICE_HOST=10.0.0.1", "PATH=/bin", "HOMEWARD_STATE=redis",
	}
	c, err := gateway.Load(file, env, map[string]string{"listen.ops": "127.0.0.1:3", "exchange.max_body": "2MiB"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Observe.LogLevel != "warn" || c.Listen.Ops != "127.0.0.1:3" || c.Exchange.MaxBody != 2<<20 || c.State != "redis" {
		t.Errorf("level %s, ops %s, max_body %d, state %s", c.Observe.LogLevel, c.Listen.Ops, c.Exchange.MaxBody, c.State)
	}
	if len(c.Keys.Seal) != 2 || filepath.Base(c.Keys.Seal[1]) != "old.jwk" {
		t.Errorf("seal keys %v", c.Keys.Seal)
	}
	if c.Redis.URL.Reveal() != "redis://:hunter2@localhost:6379/0" {
		t.Error("the URL of the environment was not taken")
	}
}

func TestLoadRefusesWithThePlace(t *testing.T) {
	t.Parallel()
	spki := strings.Repeat("ab", 32)
	for name, c := range map[string]struct {
		file  string
		env   []string
		flags map[string]string
		want  []string // all of them in the error
	}{
		"unknown key":            {file: least + "listn: {ops: x}\n", want: []string{"homeward.yaml:10:1", "the nearest is listen"}},
		"each is named":          {file: "listn: {ops: x}\nexchange:\n  dead_line: 5s\n", want: []string{"homeward.yaml:1:1", "homeward.yaml:3:3", "nothing: it is mandatory"}},
		"unknown key below":      {file: least + "exchange:\n  dead_line: 5s\n", want: []string{"homeward.yaml:11:3", "the nearest is deadline"}},
		"unknown key of client":  {file: least + "agency:\n  clients:\n    - {nme: x}\n", want: []string{"homeward.yaml:12:8", "the nearest is name"}},
		"unknown variable":       {file: least, env: []string{"HOMEWARD_STATEDIR=/x"}, want: []string{"environment HOMEWARD_STATEDIR", "the nearest is HOMEWARD_STATE_DIR"}},
		"unknown flag":           {file: least, flags: map[string]string{"listen.op": "x"}, want: []string{"flag --set listen.op", "the nearest is listen.ops"}},
		"mandatory":              {file: "state: memory\n", want: []string{"expected participant", "expected registry.file", "expected registry.key", "expected keys.sign", "expected keys.seal", "expected keys.secret"}},
		"empty file":             {file: "", want: []string{"expected participant"}},
		"only a comment":         {file: "# nothing\n", want: []string{"expected participant"}},
		"wrong kind":             {file: least + "exchange:\n  concurrency: many\n", want: []string{"homeward.yaml:11", "`many`", "expected int"}},
		"wrong duration":         {file: least + "exchange: {deadline: soon}\n", want: []string{"homeward.yaml:10", "`soon`"}},
		"wrong size":             {file: least + "exchange: {max_body: 1TB}\n", want: []string{"homeward.yaml:10", "size such as 1MiB", "`1TB`"}},
		"duration of nothing":    {file: least + "exchange: {deadline: 0s}\n", want: []string{"homeward.yaml:10:22 (exchange.deadline)", "more than nothing"}},
		"duration of no unit":    {file: least + "ledger: {checkpoints: 10ns}\n", want: []string{"homeward.yaml:10:23 (ledger.checkpoints)", "1ms or more", "10ns"}},
		"state nowhere":          {file: least, env: []string{"HOMEWARD_STATE_DIR="}, want: []string{"environment HOMEWARD_STATE_DIR", "expected a folder, found nothing"}},
		"longer than a call":     {file: least + "exchange: {deadline: 90s}\n", want: []string{"(exchange.deadline)", "at most 50s", "1m30s"}},
		"kept for less than 0":   {file: least + "ledger: {keep_questions: -1h}\n", want: []string{"(ledger.keep_questions)", "0s or more"}},
		"casework kept so":       {file: least + "ledger: {keep_casework: -1h}\n", want: []string{"(ledger.keep_casework)", "0s or more"}},
		"one certificate twice":  {file: least + "agency: {clients: [{name: a, spki: " + spki + ", roles: [reviewer]}, {name: b, spki: " + spki + ", roles: [reviewer]}]}\n", want: []string{"(agency.clients)", "another client in client 2"}},
		"too many variants":      {file: least + "budgets: {variants_per_day: 101}\n", want: []string{"(budgets.variants_per_day)", "at most 100", "101"}},
		"negative budget":        {file: least + "budgets: {officer_per_hour: -1}\n", want: []string{"(budgets.officer_per_hour)", "-1"}},
		"not in the list":        {file: least + "state: reddis\n", want: []string{"homeward.yaml:10:8 (state)", "one of memory, redis", "the nearest is redis"}},
		"address":                {file: least + "listen: {ops: localhost}\n", want: []string{"homeward.yaml:10:15 (listen.ops)", "host:port"}},
		"port":                   {file: least + "listen: {ops: 'localhost:65536'}\n", want: []string{"(listen.ops)"}},
		"one address twice":      {file: least + "listen: {ops: ':1', agency: ':1'}\n", want: []string{"(listen.ops)", "that of listen.agency"}},
		"participant":            {file: least, env: []string{"HOMEWARD_PARTICIPANT=Gov PL"}, want: []string{"environment HOMEWARD_PARTICIPANT", "small letters"}},
		"postgres without dsn":   {file: least + "store: {driver: postgres}\n", want: []string{"(store.dsn)", "PostgreSQL"}},
		"replica of sqlite":      {file: least + "store: {replica: true}\n", want: []string{"(store.replica)"}},
		"redis without url":      {file: least + "state: redis\n", want: []string{"(redis.url)"}},
		"settings without name":  {file: least + "source: {settings: {path: x}}\n", want: []string{"(source.adapter)"}},
		"fingerprint":            {file: least + "agency: {clients: [{name: a, spki: ABC, roles: [reviewer]}]}\n", want: []string{"(agency.clients)", "64 hexadecimal"}},
		"role":                   {file: least + "agency: {clients: [{name: a, spki: " + spki + ", roles: [revewer]}]}\n", want: []string{"the nearest is reviewer"}},
		"client without a role":  {file: least + "agency: {clients: [{name: a, spki: " + spki + "}]}\n", want: []string{"at least one role"}},
		"collector":              {file: least + "observe: {otlp_endpoint: 'collector:4317'}\n", want: []string{"(observe.otlp_endpoint)", "https://host:port"}},
		"twice":                  {file: least + "participant: gov-de\n", want: []string{"homeward.yaml:10", "already defined"}},
		"two documents":          {file: least + "---\nstate: memory\n", want: []string{"one YAML document"}},
		"a list":                 {file: "- a\n", want: []string{"homeward.yaml:1:1", "name: value"}},
		"no YAML":                {file: "a: [\n", want: []string{"homeward.yaml:"}},
		"a scalar for a section": {file: least + "listen: all\n", want: []string{"homeward.yaml:10"}},
		"binary":                 {file: "\x00\x01\xff", want: []string{"homeward.yaml"}},
		"a billion laughs":       {file: "a: &a [x,x]\nb: &b [*a,*a]\nstate: *b\n", want: []string{"homeward.yaml:2:8", "a YAML alias"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := gateway.Load(write(t, c.file), c.env, c.flags)
			if err == nil {
				t.Fatal("loaded")
			}
			if !errors.Is(err, problem.New(gateway.CodeConfig, "")) {
				t.Errorf("not a problem of the catalogue: %v", err)
			}
			text := whole(err)
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in:\n%s", want, text)
				}
			}
		})
	}
}

// whole is the text of an error and of every remedy in it.
func whole(err error) string {
	text := err.Error()
	var walk func(error)
	walk = func(err error) {
		if p, ok := err.(*problem.Error); ok {
			text += "\n" + p.Remedy
			return
		}
		switch u := err.(type) {
		case interface{ Unwrap() []error }:
			for _, e := range u.Unwrap() {
				walk(e)
			}
		case interface{ Unwrap() error }:
			walk(u.Unwrap())
		}
	}
	walk(err)
	return text
}

func TestLoadWithoutAFile(t *testing.T) {
	t.Parallel()
	_, err := gateway.Load(filepath.Join(t.TempDir(), "none.yaml"), nil, nil)
	if err == nil || !strings.Contains(whole(err), "no such file") || !strings.Contains(whole(err), "--config") {
		t.Errorf("error %v", err)
	}
	if _, err := gateway.Load(t.TempDir(), nil, nil); err == nil {
		t.Error("a folder was loaded")
	}
	if _, err := gateway.Load(write(t, least+"#"+strings.Repeat("x", 1<<20)), nil, nil); err == nil {
		t.Error("more than 1 MiB was loaded")
	}
}

// TestSecretsAreNeverPrinted prints a configuration in every way there is.
func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	c, err := gateway.Load(write(t, least+"store: {driver: postgres, dsn: 'postgres://u:hunter2@h/d'}\nstate: redis\nredis: {url: 'redis://:hunter2@h'}\n"+
		"source: {adapter: x, settings: {password: hunter2}}\n"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	shown, _, err := c.Shown()
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("config", "dsn", c.Store.DSN, "settings", c.Source.Settings)
	for _, text := range []string{
		string(shown), string(asJSON), logged.String(), c.Store.DSN.String(),
		fmt.Sprintf("%v %+v %#v", c.Store, c.Redis, c.Source),
	} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("a secret is shown: %s", text)
		}
	}
	if !strings.Contains(string(shown), "deadline: 5s") || !strings.Contains(string(shown), "max_body: 2MiB") {
		t.Errorf("the configuration in force is not readable:\n%s", shown)
	}
}

// TestSchemaSaysWhatLoadDoes: the schema takes a full file and refuses what Load refuses.
func TestSchemaSaysWhatLoadDoes(t *testing.T) {
	t.Parallel()
	raw, err := gateway.ConfigSchema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	for content, fine := range map[string]bool{
		least: true,
		least + "exchange: {deadline: 2s, max_body: 64KiB, concurrency: 3}\nstate: redis\n":                 true,
		least + "agency: {clients: [{name: a, spki: ab, roles: [reviewer]}]}\nsource: {settings: {x: 1}}\n": true,
		least + "listn: {}\n":                                                             false,
		least + "exchange: {deadline: soon}\n":                                            false,
		least + "exchange: {concurrency: many}\n":                                         false,
		least + "state: reddis\n":                                                         false,
		least + "agency: {clients: [{name: a, spki: ab, roles: [revewer]}]}\n":            false,
		least + "agency: {clients: [{nme: a}]}\n":                                         false,
		strings.Replace(least, "[keys/seal.jwk]", "keys/seal.jwk", 1) + "redis: {url: 7}": false,
	} {
		var v any
		if err := yaml.Unmarshal([]byte(content), &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); (err == nil) != fine {
			t.Errorf("schema says %v of\n%s", err, content)
		}
	}
	for _, s := range gateway.Settings() {
		if s.Doc == "" {
			t.Errorf("%s has no description", s.Path)
		}
	}
}

// FuzzLoad: no file panics, and what loads has what a gateway must have.
func FuzzLoad(f *testing.F) {
	f.Add(least)
	f.Add(least + "exchange: &x {max_body: 1MiB}\nbudgets: *x\n")
	f.Add("a: &a [*a]\n")
	f.Add("? [complex]\n: x\n")
	f.Add("listen: &l\n  <<: *l\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content string) {
		file := filepath.Join(dir, "homeward.yaml")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := gateway.Load(file, []string{"HOMEWARD_LISTEN_OPS=:1", "HOMEWARD_EXCHANGE_DEADLINE=1s"}, map[string]string{"redis.url": "x"})
		if err == nil && (c.Participant == "" || c.Keys.Sign == "" || len(c.Keys.Seal) == 0 || c.Listen.Ops != ":1" || c.Exchange.Deadline != time.Second) {
			t.Errorf("loaded without what is mandatory: %+v", c)
		}
	})
}
