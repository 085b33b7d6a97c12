package gateway

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/problem"
)

// CodeConfig is every problem with the configuration; its place is
// "homeward.yaml:12:3", "environment HOMEWARD_STATE" or "flag --set state".
const CodeConfig problem.Code = "config_invalid"

// EnvPrefix precedes a setting in the environment: HOMEWARD_LISTEN_OPS is listen.ops.
const EnvPrefix = "HOMEWARD_"

// notSettings are variables of the command line, and what Kubernetes sets for
// a service that is called homeward.
var notSettings = regexp.MustCompile(`^HOMEWARD_(CONFIG|PROFILE|LANG|(\w*_)?SERVICE_(HOST|PORT\w*)|PORT(_\d+_\w+)?)$`)

// maxConfig bounds the file; a real one has two kilobytes.
const maxConfig = 1 << 20

// Load reads the file, lays HOMEWARD_* of env over it ("NAME=value") and flags
// over that (by dotted path, "listen.ops"), fills in defaults and refuses what
// cannot be meant. Lists take commas. The error joins one *problem.Error of
// CodeConfig for each thing found. It opens no file but the one: Check does.
func Load(path string, env []string, flags map[string]string) (Config, error) {
	root, err := parse(path)
	if err != nil {
		return Config{}, err
	}
	c := Config{origin: origin{file: path, root: root, over: make(map[string]string)}}
	if err := errors.Join(c.environment(env), c.flags(flags)); err != nil {
		return Config{}, err
	}
	for _, s := range settings() {
		if def := s.tag("default"); def != "" && find(root, s.path) == nil {
			put(root, s, def)
		}
	}
	unread, misread := c.misread(adapters.DecodeYAML(root, &c))
	if unread {
		return Config{}, misread
	}
	c.resolve()
	return c, errors.Join(misread, c.validate())
}

// cause says what the system said, without the path that the place has already.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func parse(path string) (*yaml.Node, error) {
	f, err := os.Open(path)
	if err != nil {
		p := problem.Wrap(CodeConfig, path, err)
		p.Expected, p.Found = "a file that can be read", cause(err)
		p.Remedy = "Name the file with --config or HOMEWARD_CONFIG; `homeward demo` writes examples"
		if errors.Is(err, fs.ErrPermission) {
			p.Remedy = "Act as the user of the gateway, or let this user read the file and the folders above it"
		}
		return nil, p
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil || len(b) > maxConfig {
		return nil, problem.Mismatch(CodeConfig, path, "a file of at most 1 MiB", "more, or a folder")
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF): // nothing but comments: everything may come from the environment
	case err != nil:
		return nil, problem.Mismatch(CodeConfig, place(path, err.Error()), "YAML", strings.TrimPrefix(err.Error(), "yaml: "))
	case doc.Content[0].Kind != yaml.MappingNode:
		return nil, problem.Mismatch(CodeConfig, path+":1:1", "settings as `name: value`", "something else")
	default:
		root = doc.Content[0]
	}
	if n := alias(root); n != nil {
		return nil, problem.Mismatch(CodeConfig, position(path, n.Line, n.Column), "every setting in its place", "a YAML alias")
	}
	if err := dec.Decode(&doc); !errors.Is(err, io.EOF) {
		return nil, problem.Mismatch(CodeConfig, path, "one YAML document", "a second one after ---")
	}
	return root, nil
}

func (c *Config) environment(env []string) error {
	byName := make(map[string]setting)
	for _, s := range settings() {
		byName[s.env()] = s
	}
	var all error
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, EnvPrefix) || notSettings.MatchString(name) {
			continue
		}
		s, ok := byName[name]
		if !ok {
			all = errors.Join(all, unknown("environment "+name, adapters.Nearest(name, slices.Collect(maps.Keys(byName)))))
			continue
		}
		put(c.origin.root, s, value)
		c.origin.over[s.path] = "environment " + name
	}
	return all
}

func (c *Config) flags(flags map[string]string) error {
	byPath := make(map[string]setting)
	for _, s := range settings() {
		if s.settable() {
			byPath[s.path] = s
		}
	}
	var all error
	for _, path := range slices.Sorted(maps.Keys(flags)) {
		s, ok := byPath[path]
		if !ok {
			all = errors.Join(all, unknown("flag --set "+path, adapters.Nearest(path, slices.Collect(maps.Keys(byPath)))))
			continue
		}
		put(c.origin.root, s, flags[path])
		c.origin.over[path] = "flag --set " + path
	}
	return all
}

func unknown(where, nearest string) error {
	p := problem.Mismatch(CodeConfig, where, "a known setting", "an unknown one")
	p.Remedy = "the nearest is " + nearest
	return p
}

var lineError = regexp.MustCompile(`line (\d+): (?:cannot unmarshal (.*) into (.*)|(.*))`)

// misread turns what the decoder says into problems with places. What was unread
// has no value, so that nothing can be said of it but that.
func (c *Config) misread(err error) (unread bool, all error) {
	for _, issue := range issues(err) {
		if issue.Line > 0 {
			p := problem.Mismatch(CodeConfig, position(c.origin.file, issue.Line, issue.Column), "a known setting", issue.Field)
			p.Remedy = issue.Remedy
			all = errors.Join(all, p)
			continue
		}
		unread, all = true, errors.Join(all, c.mistyped(issue.What))
	}
	return unread, all
}

// issues are those that an error joins, however deep.
func issues(err error) (all []adapters.Issue) {
	switch e := err.(type) { //nolint:errorlint // joins are taken apart here, nothing is wrapped
	case adapters.Issue:
		return []adapters.Issue{e}
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			all = append(all, issues(part)...)
		}
	}
	return all
}

// mistyped reads the lines of the YAML library's error.
func (c *Config) mistyped(what string) error {
	var all error
	for _, m := range lineError.FindAllStringSubmatch(what, -1) {
		line, _ := strconv.Atoi(m[1])
		where := position(c.origin.file, line, 0)
		if line == 0 { // not from the file
			where = strings.Join(slices.Sorted(maps.Values(c.origin.over)), " or ")
		}
		p := problem.New(CodeConfig, where)
		if p.Found, p.Expected = m[2], strings.TrimPrefix(m[3], "gateway."); m[4] != "" {
			p.Found, p.Expected = m[4], "each setting once"
		}
		all = errors.Join(all, p)
	}
	if all == nil {
		return problem.Mismatch(CodeConfig, c.origin.file, "settings", what)
	}
	return all
}

// resolve makes relative paths start at the file's folder, wherever the process runs.
func (c *Config) resolve() {
	for _, s := range settings() {
		switch s.tag("is") {
		case "file", "private", "folder", "path":
			switch v := s.of(c).Addr().Interface().(type) {
			case *string:
				*v = c.path(*v)
			case *[]string:
				for i := range *v {
					(*v)[i] = c.path((*v)[i])
				}
			}
		}
	}
	if c.Store.Driver == "sqlite" {
		if c.Store.DSN == "" {
			c.Store.DSN = Secret(filepath.Join(c.StateDir, "homeward.db"))
		} else {
			c.Store.DSN = Secret(c.path(c.Store.DSN.Reveal()))
		}
	}
}

func (c *Config) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.Dir(), p)
}
