package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// What is printed is what REST has, but for the words of enums; what stands in a
// value is left alone.
func TestProtoJSON(t *testing.T) {
	t.Parallel()
	odd, err := structpb.NewValue(map[string]any{"value": "STATUS_ANSWERED <&>", "n": 3.5, "list": []any{true, nil}})
	if err != nil {
		t.Fatal(err)
	}
	m := &homewardv1.AskResponse{QueryId: "q", Answers: []*homewardv1.HolderAnswer{{
		Holder: "gov-ua", Status: homewardv1.Status_STATUS_TIMED_OUT, Links: []string{"a~", "b~"},
		Problem: &homewardv1.Problem{Code: "timed_out", Status: 504},
		Records: []*homewardv1.RecordAnswer{{Fields: []*homewardv1.FieldAnswer{
			{Path: "name.family", Verdict: homewardv1.Verdict_VERDICT_RELEASED, Value: odd}, {Path: "x", Verdict: 99},
		}}},
	}}}
	got, err := protoJSON(m)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(`"STATUS_TIMED_OUT"`, `"timed_out"`, `"VERDICT_RELEASED"`, `"released"`, `99`, `"unknown"`).Replace(string(rest))
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b, a); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(string(got), "<&>") {
		t.Error("a value is escaped")
	}
}
