package observe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"homeward.example/gateway/internal/problem"
)

func TestSpansHoldNothingButSafeAttributes(t *testing.T) {
	t.Parallel()
	const canary = "КАНАРКА-Шевченко" // synthetic
	spans := tracetest.NewSpanRecorder()
	tracer := newTracer(spans, "gov-ua", "test")
	ctx, end := tracer.Start(context.Background(), "answer", Peer("gov-pl"))
	_, inner := tracer.Start(ctx, "recorded", Peer(strings.Repeat(canary, 10)))
	inner(problem.Wrap("unavailable", "ledger", errors.New(canary)))
	end(nil)
	if err := tracer.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	ended := spans.Ended()
	if len(ended) != 2 || ended[0].Name() != "recorded" || ended[0].Parent().SpanID() != ended[1].SpanContext().SpanID() {
		t.Fatalf("%d spans: %v", len(ended), ended)
	}
	if s := ended[0].Status(); s.Code != codes.Error || s.Description != "unavailable" {
		t.Errorf("status %+v", s)
	}
	for _, span := range ended {
		if shown := fmt.Sprint(span.Attributes(), span.Events(), span.Status()); strings.Contains(shown, canary) {
			t.Errorf("the canary is in a span: %s", shown)
		}
	}
	if got := fmt.Sprint(ended[1].Attributes()); !strings.Contains(got, "gov-pl") {
		t.Errorf("attributes %s", got)
	}
}

func TestNoEndpointNoTracer(t *testing.T) {
	t.Parallel()
	tracer, err := NewTracer(context.Background(), "", "gov-ua", "test")
	if tracer != nil || err != nil {
		t.Fatal(tracer, err)
	}
	ctx, end := tracer.Start(context.Background(), "answer", Peer("gov-pl"))
	end(errors.New("x"))
	if ctx == nil || tracer.Close(ctx) != nil {
		t.Error("a nil tracer fails")
	}
	tracer, err = NewTracer(context.Background(), "http://127.0.0.1:1", "gov-ua", "test")
	if err != nil || tracer == nil {
		t.Fatal("a collector that is away keeps the gateway from starting", err)
	}
	if err := tracer.Close(context.Background()); err != nil {
		t.Error(err)
	}
}
