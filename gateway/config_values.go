package gateway

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Secret is a setting that may hold a password. It prints as "[redacted]".
type Secret string

const redacted = "[redacted]"

// Reveal returns the setting itself: for the driver that connects, for nobody else.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString keeps %#v from showing it.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// MarshalText keeps JSON and YAML from showing it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue keeps logs from showing it.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Opaque are an adapter's own settings. Which of them are passwords only the
// adapter knows, so none is printed.
type Opaque map[string]any

// Reveal returns the settings for their adapter. The YAML decoder makes maps
// within an Opaque of the same type; they are revealed too.
func (o Opaque) Reveal() map[string]any {
	out := make(map[string]any, len(o))
	for key, value := range o {
		out[key] = reveal(value)
	}
	return out
}

func reveal(v any) any {
	switch v := v.(type) {
	case Opaque:
		return v.Reveal()
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = reveal(v[i])
		}
		return list
	}
	return v
}

func (o Opaque) String() string {
	if len(o) == 0 {
		return ""
	}
	return redacted
}

// GoString keeps %#v from showing them.
func (o Opaque) GoString() string { return strconv.Quote(o.String()) }

// MarshalText keeps JSON and YAML from showing them.
func (o Opaque) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// LogValue keeps logs from showing them.
func (o Opaque) LogValue() slog.Value { return slog.StringValue(o.String()) }

// Size is a number of bytes, written "512KiB", "1MiB" or plainly in bytes.
type Size int64

var units = []struct {
	suffix string
	bytes  int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {"", 1}}

// UnmarshalYAML reads a size; anything else is an error with its line.
func (s *Size) UnmarshalYAML(n *yaml.Node) error {
	for _, u := range units {
		number, ok := strings.CutSuffix(n.Value, u.suffix)
		if !ok {
			continue
		}
		v, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err == nil && v >= 0 && v <= (1<<40)/u.bytes {
			*s = Size(v * u.bytes)
			return nil
		}
		break
	}
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: cannot unmarshal %s `%s` into a size such as 1MiB", n.Line, n.ShortTag(), n.Value)}}
}

// MarshalText writes the largest unit that divides the size.
func (s Size) MarshalText() ([]byte, error) {
	for _, u := range units {
		if s != 0 && int64(s)%u.bytes == 0 {
			return fmt.Appendf(nil, "%d%s", int64(s)/u.bytes, u.suffix), nil
		}
	}
	return []byte("0B"), nil
}
