package observe

import (
	"context"
	"log/slog"
)

// Library is the logger of a library that writes lines of its own, go-redis and
// gRPC: they come out of slog like all others. Of a line its format is kept, which
// the library's author wrote, and the errors in it, described. Other arguments are
// left out, since they may quote a message.
type Library struct {
	Log  *slog.Logger
	Name string
}

func (l Library) write(level slog.Level, format string, args []any) {
	attrs := []any{"source", l.Name}
	if format != "" {
		attrs = append(attrs, "format", format)
	}
	for _, a := range args {
		if err, ok := a.(error); ok {
			attrs = append(attrs, "err", err)
		}
	}
	l.Log.Log(context.Background(), level, "library", attrs...)
}

// Printf is what go-redis calls.
func (l Library) Printf(_ context.Context, format string, args ...any) {
	l.write(slog.LevelWarn, format, args)
}

// The rest is grpclog.LoggerV2. Its information is for the authors of gRPC, and of
// its warnings most are about peers that hang up.

// V implements grpclog.LoggerV2.
func (Library) V(int) bool { return false }

// Info implements grpclog.LoggerV2.
func (Library) Info(...any) {}

// Infoln implements grpclog.LoggerV2.
func (Library) Infoln(...any) {}

// Infof implements grpclog.LoggerV2.
func (Library) Infof(string, ...any) {}

// Warning implements grpclog.LoggerV2.
func (l Library) Warning(args ...any) { l.write(slog.LevelDebug, "", args) }

// Warningln implements grpclog.LoggerV2.
func (l Library) Warningln(args ...any) { l.write(slog.LevelDebug, "", args) }

// Warningf implements grpclog.LoggerV2.
func (l Library) Warningf(format string, args ...any) { l.write(slog.LevelDebug, format, args) }

// Error implements grpclog.LoggerV2.
func (l Library) Error(args ...any) { l.write(slog.LevelWarn, "", args) }

// Errorln implements grpclog.LoggerV2.
func (l Library) Errorln(args ...any) { l.write(slog.LevelWarn, "", args) }

// Errorf implements grpclog.LoggerV2.
func (l Library) Errorf(format string, args ...any) { l.write(slog.LevelWarn, format, args) }

// Fatal implements grpclog.LoggerV2; gRPC ends the process after it.
func (l Library) Fatal(args ...any) { l.write(slog.LevelError, "", args) }

// Fatalln implements grpclog.LoggerV2.
func (l Library) Fatalln(args ...any) { l.write(slog.LevelError, "", args) }

// Fatalf implements grpclog.LoggerV2.
func (l Library) Fatalf(format string, args ...any) { l.write(slog.LevelError, format, args) }
