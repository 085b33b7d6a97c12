package gateway

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// ConfigSchema is the JSON Schema (2020-12) of the configuration file, for
// editors. It is made from Config, so it cannot say anything else.
func ConfigSchema() ([]byte, error) {
	schema := object(reflect.TypeFor[Config]())
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "Homeward gateway configuration"
	b, err := json.MarshalIndent(schema, "", "  ")
	return append(b, '\n'), err
}

// object describes a struct. Nothing is "required": what the file leaves out may come
// from the environment or from flags.
func object(t reflect.Type) map[string]any {
	properties := make(map[string]any)
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		p := typed(f.Type)
		if enum := f.Tag.Get("enum"); enum != "" {
			values := strings.Split(enum, ",")
			if items, ok := p["items"].(map[string]any); ok {
				items["enum"] = values
			} else {
				p["enum"] = values
			}
		}
		if def := f.Tag.Get("default"); def != "" {
			p["default"] = literal(f.Type, def)
		}
		p["description"] = f.Tag.Get("doc")
		properties[f.Tag.Get("yaml")] = p
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
}

func typed(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return map[string]any{"type": "string", "pattern": `^([0-9.]+(ns|us|µs|ms|s|m|h))+$`}
	case reflect.TypeFor[Size]():
		return map[string]any{"type": []string{"string", "integer"}, "pattern": `^[0-9]+ *([KMG]iB|B)?$`, "minimum": 1}
	}
	switch t.Kind() {
	case reflect.Struct:
		return object(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": typed(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer", "minimum": 1}
	}
	return map[string]any{"type": "string"}
}

func literal(t reflect.Type, def string) any {
	if n, err := strconv.Atoi(def); err == nil && t.Kind() == reflect.Int {
		return n
	}
	return def
}

// Shown is the configuration in force without its secrets: as YAML, and as the same tree for JSON.
func (c Config) Shown() (text []byte, tree map[string]any, err error) {
	if text, err = yaml.Marshal(c); err == nil {
		err = yaml.Unmarshal(text, &tree)
	}
	return text, tree, err
}

// Setting describes one setting, for `homeward config schema -o table`.
type Setting struct {
	Path      string   `json:"path"`
	Env       string   `json:"env,omitempty"` // empty: the file alone can say it
	Default   string   `json:"default,omitempty"`
	Mandatory bool     `json:"mandatory,omitempty"`
	Allowed   []string `json:"allowed,omitempty"`
	Doc       string   `json:"doc"`
}

// Settings lists every setting in the order of the file.
func Settings() []Setting {
	var out []Setting
	for _, s := range settings() {
		d := Setting{Path: s.path, Default: s.tag("default"), Mandatory: s.tag("must") != "", Doc: s.tag("doc")}
		if s.settable() {
			d.Env = s.env()
		}
		if enum := s.tag("enum"); enum != "" {
			d.Allowed = slices.Collect(strings.SplitSeq(enum, ","))
		}
		out = append(out, d)
	}
	return out
}
