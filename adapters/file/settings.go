package file

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// settings is the adapter's part of the configuration. Only path is mandatory.
type settings struct {
	// Path of the file; relative to the configuration's folder.
	Path string `yaml:"path"`
	// Format is jsonl, pfif or csv; by the file's extension if empty.
	Format string `yaml:"format"`
	// Mapping is the path of the mapping file; csv needs one.
	Mapping string `yaml:"mapping"`
	// Origin is the participant that records without an origin come from.
	Origin string `yaml:"origin"`
	// Origins says which participant a home domain of PFIF is.
	Origins []origin `yaml:"origins"`
	// Defaults state facts that the file leaves out. What neither states is unknown, and protected.
	Defaults defaults `yaml:"defaults"`
	// AlternateNames says what PFIF's alternate_names are: original, alias or
	// imposed; unknown if empty, since a file that does not say may mean an imposed name.
	AlternateNames string `yaml:"alternate_names"`
	// MaxBytes bounds the file; 1 GiB if zero.
	MaxBytes int64 `yaml:"max_bytes"`
	// Poll is how often the file is looked at; a second if empty.
	Poll string `yaml:"poll"`
}

type origin struct {
	Domain      string `yaml:"domain"`
	Participant string `yaml:"participant"`
}

// defaults by the names of the schema: flags "captor_risk", consents "deny_details".
type defaults struct {
	Flags   map[string]bool `yaml:"flags"`
	Consent map[string]bool `yaml:"consent"`
}

const (
	formatJSONL = "jsonl"
	formatPFIF  = "pfif"
	formatCSV   = "csv"

	defaultMaxBytes = 1 << 30
	defaultPoll     = time.Second
)

// ready is the settings after they were checked.
type ready struct {
	settings
	poll     time.Duration
	origins  map[string]string
	defaults []fact
	kind     homewardv1.AssertionKind // of alternate names
}

func read(s adapters.Settings) (ready, error) {
	var r ready
	if err := s.Decode(&r.settings); err != nil {
		return r, err
	}
	if r.Path == "" {
		return r, adapters.Issue{Field: "path", What: "is missing", Remedy: "name the file to load"}
	}
	r.Path = absolute(s.Dir, r.Path)
	if r.Mapping != "" {
		r.Mapping = absolute(s.Dir, r.Mapping)
	}
	r.origins = make(map[string]string)
	for _, o := range r.Origins {
		r.origins[strings.ToLower(o.Domain)] = o.Participant
	}
	if r.MaxBytes <= 0 {
		r.MaxBytes = defaultMaxBytes
	}
	return r, errors.Join(r.readFormat(), r.readPoll(), r.readKind(), r.readDefaults())
}

func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func (r *ready) readFormat() error {
	if r.Format == "" {
		switch strings.ToLower(filepath.Ext(r.Path)) {
		case ".jsonl", ".ndjson":
			r.Format = formatJSONL
		case ".xml", ".pfif":
			r.Format = formatPFIF
		case ".csv":
			r.Format = formatCSV
		}
	}
	switch r.Format {
	case formatJSONL, formatPFIF:
		return nil
	case formatCSV:
		if r.Mapping == "" {
			return adapters.Issue{Field: "mapping", What: "is missing", Remedy: "a CSV file needs a mapping file"}
		}
		return nil
	}
	return adapters.Issue{Field: "format", What: "is none of jsonl, pfif, csv"}
}

func (r *ready) readPoll() error {
	r.poll = defaultPoll
	if r.Poll == "" {
		return nil
	}
	d, err := time.ParseDuration(r.Poll)
	if err != nil || d < 10*time.Millisecond {
		return adapters.Issue{Field: "poll", What: "is no duration of at least 10ms", Remedy: `write for example "1s"`}
	}
	r.poll = d
	return nil
}

func (r *ready) readKind() error {
	if r.AlternateNames == "" {
		return nil
	}
	kind, ok := assertionKind(r.AlternateNames)
	if !ok {
		return adapters.Issue{Field: "alternate_names", What: "is no kind of assertion", Remedy: "original, alias or imposed"}
	}
	r.kind = kind
	return nil
}

func assertionKind(word string) (homewardv1.AssertionKind, bool) {
	v, ok := homewardv1.AssertionKind_value["ASSERTION_KIND_"+strings.ToUpper(word)]
	return homewardv1.AssertionKind(v), ok && v != 0
}

// fact is one tristate that a default states.
type fact struct {
	path   string
	target target
	value  bool
}

func (r *ready) readDefaults() error {
	for _, group := range []struct {
		prefix, suffix string
		values         map[string]bool
	}{{"flags.", "", r.Defaults.Flags}, {"consent.", ".given", r.Defaults.Consent}} {
		for _, name := range slices.Sorted(maps.Keys(group.values)) {
			path := group.prefix + name + group.suffix
			if f, ok := catalog.ByPath(path); !ok || !f.Fact {
				return adapters.Issue{
					Field: "defaults." + group.prefix + name, What: "is no flag or consent of the schema",
					Remedy: "the nearest is " + adapters.Nearest(path, facts()),
				}
			}
			t, err := parseTarget(path)
			if err != nil {
				return fmt.Errorf("default %s: %w", path, err)
			}
			r.defaults = append(r.defaults, fact{path, t, group.values[name]})
		}
	}
	return nil
}

func facts() (paths []string) {
	for _, f := range catalog.Fields() {
		if f.Fact {
			paths = append(paths, f.Path)
		}
	}
	return paths
}
