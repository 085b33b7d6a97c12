package gateway

import (
	"log/slog"

	"google.golang.org/grpc/grpclog"

	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/tlog"
)

// LogLibraries sends what go-redis, gRPC and Tessera write, each with one logger for the
// whole process, to log. It is for main alone, before anything else uses them.
func LogLibraries(log *slog.Logger) {
	store.LogRedis(observe.Library{Log: log, Name: "redis"})
	tlog.SetLogger(log)
	grpclog.SetLoggerV2(observe.Library{Log: log, Name: "grpc"})
}
