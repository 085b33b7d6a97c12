package observe

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"homeward.example/gateway/internal/problem"
)

// Tracer makes spans. A nil *Tracer makes none.
type Tracer struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// NewTracer sends spans to an OTLP collector over gRPC ("https://host:4317", or
// http:// without TLS). It returns nil for an empty endpoint. Traces end at this
// gateway: nothing of them is sent to other participants.
func NewTracer(ctx context.Context, endpoint, participant, version string) (*Tracer, error) {
	if endpoint == "" {
		return nil, nil
	}
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(endpoint))
	if err != nil {
		return nil, err
	}
	return newTracer(sdktrace.NewBatchSpanProcessor(exporter), participant, version), nil
}

func newTracer(p sdktrace.SpanProcessor, participant, version string) *Tracer {
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(p),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "homeward"),
			attribute.String("service.instance.id", participant),
			attribute.String("service.version", version),
		)),
	)
	return &Tracer{provider: provider, tracer: provider.Tracer("homeward.example/gateway")}
}

// Close sends what is left.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return errors.Join(t.provider.ForceFlush(ctx), t.provider.Shutdown(ctx))
}

// Attr is an attribute of a span. Peer alone makes one, so a span cannot hold a value
// of a record.
type Attr struct{ kv attribute.KeyValue }

// Peer is the other participant.
func Peer(id string) Attr {
	if len(id) > 64 {
		id = redacted
	}
	return Attr{attribute.String("homeward.peer", plain(id))}
}

// Start begins a span named after a step. Call the function it returns once, with
// the step's error, of which only the code is kept.
func (t *Tracer) Start(ctx context.Context, step string, attrs ...Attr) (context.Context, func(err error)) {
	if t == nil {
		return ctx, func(error) {}
	}
	ctx, span := t.tracer.Start(ctx, step)
	for _, a := range attrs {
		span.SetAttributes(a.kv)
	}
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, string(problem.Of(err).Code))
		}
		span.End()
	}
}
