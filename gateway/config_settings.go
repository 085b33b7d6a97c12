package gateway

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// setting is one leaf of Config: a dotted path, and its field with its tags.
type setting struct {
	path  string
	index []int
	field reflect.StructField
}

func (s setting) tag(name string) string { return s.field.Tag.Get(name) }

func (s setting) env() string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(s.path, ".", "_"))
}

// of is the field of one Config.
func (s setting) of(c *Config) reflect.Value { return reflect.ValueOf(c).Elem().FieldByIndex(s.index) }

// settable says whether one string can say it: not a list of clients, not an adapter's settings.
func (s setting) settable() bool {
	t := s.field.Type
	return t.Kind() != reflect.Map && (t.Kind() != reflect.Slice || t.Elem().Kind() == reflect.String)
}

// settings lists the leaves in the order of the struct.
func settings() []setting { return leaves(reflect.TypeFor[Config](), "", nil) }

func leaves(t reflect.Type, prefix string, index []int) (out []setting) {
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		path := prefix + f.Tag.Get("yaml")
		here := append(append([]int(nil), index...), i)
		if f.Type.Kind() == reflect.Struct {
			out = append(out, leaves(f.Type, path+".", here)...)
		} else {
			out = append(out, setting{path, here, f})
		}
	}
	return out
}

// find walks a dotted path; nil if the file does not have it.
func find(n *yaml.Node, path string) *yaml.Node {
	for key := range strings.SplitSeq(path, ".") {
		if n = child(n, key); n == nil {
			return nil
		}
	}
	return n
}

func child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// alias finds a reference to another part of the file. There is none in ours:
// what a reader cannot see in its place, an environment variable would change twice.
func alias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n
	}
	for _, c := range n.Content {
		if found := alias(c); found != nil {
			return found
		}
	}
	return nil
}

// put sets a leaf, making the parts above it.
func put(n *yaml.Node, s setting, value string) {
	keys := strings.Split(s.path, ".")
	for i, key := range keys {
		next := child(n, key)
		if next == nil {
			next = &yaml.Node{}
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, next)
		}
		if i < len(keys)-1 {
			if next.Kind == 0 || next.ShortTag() == "!!null" { // absent, or `redis:` with nothing below it
				*next = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: next.Line, Column: next.Column}
			}
			if next.Kind != yaml.MappingNode {
				return // a scalar in the place of a section: the decoder says so
			}
			n = next
			continue
		}
		*next = yaml.Node{Kind: yaml.ScalarNode, Value: value}
		if s.field.Type.Kind() == reflect.Slice {
			*next = yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
			for item := range strings.SplitSeq(value, ",") {
				next.Content = append(next.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: strings.TrimSpace(item)})
			}
		}
	}
}

// place says where a setting came from, for a problem with it: the line in the
// file, the variable or the flag; where it should stand if it is nowhere.
func (c Config) place(path string) string {
	if over, ok := c.origin.over[path]; ok {
		return over
	}
	if c.origin.root != nil {
		for p := path; p != ""; p = parent(p) {
			if n := find(c.origin.root, p); n != nil && n.Line > 0 {
				return position(c.origin.file, n.Line, n.Column) + " (" + path + ")"
			}
		}
	}
	return c.origin.file + " (" + path + ")"
}

func parent(path string) string {
	i := strings.LastIndexByte(path, '.')
	return path[:max(i, 0)]
}

// position is file:line:column, as editors and terminals understand it.
func position(file string, line, column int) string {
	if column == 0 {
		return fmt.Sprintf("%s:%d", file, line)
	}
	return fmt.Sprintf("%s:%d:%d", file, line, column)
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// place is position for an error text of the YAML parser.
func place(file, text string) string {
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		return file + ":" + m[1]
	}
	return file
}
