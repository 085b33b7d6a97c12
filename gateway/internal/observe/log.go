package observe

import (
	"context"
	"io"
	"log/slog"
	"reflect"
	"strings"
)

// NewLogger writes to w as "json" or "text", from a level on ("debug", "info",
// "warn", "error"; info for any other). Attributes whose key is not known to be
// safe are redacted; errors are described by Describe.
func NewLogger(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(level)) != nil {
		l = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: l}
	if format == "text" {
		return slog.New(Redact(slog.NewTextHandler(w, opts)))
	}
	return slog.New(Redact(slog.NewJSONHandler(w, opts)))
}

// Redact wraps a handler, so that nothing but safe attributes reaches it.
func Redact(h slog.Handler) slog.Handler { return redactor{h} }

type redactor struct{ slog.Handler }

// maxText bounds a string attribute; a stack is the longest that is meant.
const maxText = 8 << 10

// Handle implements slog.Handler.
func (r redactor) Handle(ctx context.Context, rec slog.Record) error {
	clean := slog.NewRecord(rec.Time, rec.Level, rec.Message, rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(safeAttr(a))
		return true
	})
	return r.Handler.Handle(ctx, clean)
}

// WithAttrs implements slog.Handler.
func (r redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = safeAttr(a)
	}
	return redactor{r.Handler.WithAttrs(clean)}
}

// WithGroup implements slog.Handler.
func (r redactor) WithGroup(name string) slog.Handler { return redactor{r.Handler.WithGroup(name)} }

// safeKey is the allow-list. A key on it is, everywhere in the project, something
// that describes the gateway, the peer or the decision, never the child. Note what
// is missing: name, field, value, reason (reason codes leak flags), url, query.
func safeKey(key string) bool {
	switch key {
	case "adapter", "addr", "attempt", "bad", "bytes", "caller", "children", "class", "code", "column", "count", "decision",
		"digest", "driver", "duration", "err", "error", "expires", "file", "format", "holder", "kind", "line", "listener",
		"loaded", "max_age", "not_without", "officer", "overlay", "participant", "peer", "policy", "purpose", "questions", "records", "repeats",
		"requester", "role", "source", "stack", "state", "status", "step", "tombstones", "total", "tries", "version":
		return true
	}
	return false
}

func safeAttr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		var clean []slog.Attr
		for _, inner := range v.Group() {
			clean = append(clean, safeAttr(inner))
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(clean...)}
	}
	if !safeKey(a.Key) {
		if word(a.Key) != a.Key {
			a.Key = redacted // a key that is no word is data in the wrong place
		}
		return slog.String(a.Key, redacted)
	}
	switch v.Kind() {
	case slog.KindAny:
		return slog.String(a.Key, safeAny(v.Any()))
	case slog.KindString:
		return slog.String(a.Key, plain(v.String()))
	}
	return slog.Attr{Key: a.Key, Value: v} // numbers, times, truth
}

// safeAny takes errors and named strings (problem.Code); a struct may hold anything.
func safeAny(v any) string {
	if err, ok := v.(error); ok {
		return Describe(err)
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String {
		return plain(r.String())
	}
	return redacted
}

// plain bounds a text and takes out what could forge a line or drive a terminal.
func plain(s string) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return '\uFFFD'
		}
		return r
	}, s)
}
