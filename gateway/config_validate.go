package gateway

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/problem"
)

var (
	participantID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	sha256Hex     = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// validate refuses what cannot be meant, without opening anything.
func (c *Config) validate() error {
	var all []error
	for _, s := range settings() {
		all = append(all, c.setting(s))
	}
	if c.Participant != "" && !participantID.MatchString(c.Participant) {
		all = append(all, c.wrong("participant", "small letters, digits and hyphens", strconv.Quote(c.Participant)))
	}
	all = append(all, c.listeners(), c.clients(), c.drivers())
	return errors.Join(all...)
}

func (c *Config) wrong(path, expected, found string) error {
	return problem.Mismatch(CodeConfig, c.place(path), expected, found)
}

// setting holds one setting against its tags.
func (c *Config) setting(s setting) error {
	v := s.of(c)
	if s.tag("must") != "" && (v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0) {
		p := problem.Mismatch(CodeConfig, c.place(s.path), s.path, "nothing: it is mandatory")
		p.Remedy = s.tag("doc")
		return p
	}
	if enum := s.tag("enum"); enum != "" && v.Kind() == reflect.String {
		return c.oneOf(s.path, v.String(), enum)
	}
	switch s.tag("is") {
	case "positive":
		if v.Int() <= 0 {
			return c.wrong(s.path, "more than nothing", fmt.Sprint(v.Interface()))
		}
		if d, ok := v.Interface().(time.Duration); ok && d < time.Millisecond { // a number without its unit, it may be
			return c.wrong(s.path, "1ms or more", d.String())
		}
	case "folder": // an empty one would be wherever the process runs: another ledger
		if v.String() == "" {
			return c.wrong(s.path, "a folder", "nothing")
		}
	case "span":
		if v.Int() < 0 {
			return c.wrong(s.path, "0s or more", fmt.Sprint(v.Interface()))
		}
	case "address":
		return c.address(s.path, v.String())
	case "url":
		if u, err := url.Parse(v.String()); v.String() != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return c.wrong(s.path, "http://host:port or https://host:port", strconv.Quote(v.String()))
		}
	}
	return nil
}

func (c *Config) oneOf(path, value, enum string) error {
	allowed := strings.Split(enum, ",")
	if slices.Contains(allowed, value) {
		return nil
	}
	p := problem.Mismatch(CodeConfig, c.place(path), "one of "+strings.Join(allowed, ", "), strconv.Quote(value))
	p.Remedy = "the nearest is " + adapters.Nearest(value, allowed)
	return p
}

func (c *Config) address(path, value string) error {
	_, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16) // 0 is allowed: the system chooses
	}
	if err != nil {
		return c.wrong(path, "host:port with a port up to 65535", strconv.Quote(value))
	}
	return nil
}

// listeners refuses two listeners on one address.
func (c *Config) listeners() error {
	seen := make(map[string]string)
	for _, l := range []struct{ path, addr string }{
		{"listen.federation", c.Listen.Federation}, {"listen.agency", c.Listen.Agency}, {"listen.ops", c.Listen.Ops},
	} {
		if strings.HasSuffix(l.addr, ":0") {
			continue
		}
		if other, ok := seen[l.addr]; ok {
			return c.wrong(l.path, "an address of its own", "that of "+other)
		}
		seen[l.addr] = l.path
	}
	return nil
}

func (c *Config) clients() error {
	var all []error
	field, _ := reflect.TypeFor[Client]().FieldByName("Roles")
	seen := make(map[string]bool)
	for i, client := range c.Agency.Clients {
		path := "agency.clients"
		who := fmt.Sprintf("client %d", i+1)
		if client.Name == "" {
			all = append(all, c.wrong(path, "a name", "none in "+who))
		}
		if !sha256Hex.MatchString(client.SPKI) {
			all = append(all, c.wrong(path, "spki as 64 hexadecimal digits in small letters", strconv.Quote(client.SPKI)+" in "+who))
		}
		if seen[client.SPKI] {
			all = append(all, c.wrong(path, "a certificate of its own", "that of another client in "+who))
		}
		seen[client.SPKI] = true
		if len(client.Roles) == 0 {
			all = append(all, c.wrong(path, "at least one role", "none in "+who))
		}
		for _, role := range client.Roles {
			all = append(all, c.oneOf(path, role, field.Tag.Get("enum")))
		}
	}
	return errors.Join(all...)
}

// maxDeadline leaves a call of an agency, which ends after a minute, time to record
// what came and to answer.
const maxDeadline = 50 * time.Second

// drivers holds settings against each other, and against what is fixed.
func (c *Config) drivers() error {
	var all []error
	if c.Exchange.Deadline > maxDeadline {
		all = append(all, c.wrong("exchange.deadline", "at most "+maxDeadline.String(), c.Exchange.Deadline.String()))
	}
	if c.Store.Driver == "postgres" && c.Store.DSN == "" {
		all = append(all, c.wrong("store.dsn", "a connection string for PostgreSQL", "nothing"))
	}
	if c.Store.Driver == "sqlite" && c.Store.Replica {
		all = append(all, c.wrong("store.replica", "false: SQLite is one machine", "true"))
	}
	if c.Budgets.Variants > budget.MaxVariants {
		all = append(all, c.wrong("budgets.variants_per_day", "at most "+strconv.Itoa(budget.MaxVariants), strconv.Itoa(c.Budgets.Variants)))
	}
	if c.State == "redis" && c.Redis.URL == "" {
		all = append(all, c.wrong("redis.url", "where Redis is, since state is redis", "nothing"))
	}
	if c.Source.Adapter == "" && len(c.Source.Settings) > 0 {
		all = append(all, c.wrong("source.adapter", "the adapter that takes these settings", "nothing"))
	}
	return errors.Join(all...)
}
