package tlog

import (
	"context"
	"log/slog"

	"k8s.io/klog/v2"
)

// SetLogger says where the libraries of the log write their own lines, which have
// one place for the whole process: their warnings go on, what they tell of each
// step does not. It is called once, where a process is wired.
func SetLogger(l *slog.Logger) { klog.SetSlogLogger(slog.New(warnings{l.Handler()})) }

// warnings drops what is below a warning.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
