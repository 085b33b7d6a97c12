package envelope_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/envelope"
)

func TestNoticeIsReadAsWritten(t *testing.T) {
	t.Parallel()
	for _, want := range []envelope.Notice{
		{Event: envelope.EventHold, Requester: "gov-ua", Purpose: "HOLD", Query: "h1", Until: 1795348800, Criteria: map[string]string{
			"given": "Синтетична", "born": "2014-03-05", "given#imposed": "Выдуманная", "born#imposed": "2015",
		}},
		{Event: envelope.EventRecall, Requester: "unicef", Purpose: "RECALL", Query: "r1", Kind: "held", Decisions: []string{"d1", "d2"}, Until: 1795348800},
		{Event: envelope.EventOrigin, Requester: "gov-pl", Purpose: "RETURN", Query: "q1", Holder: "unicef", Decisions: []string{"d1"}},
		{Event: envelope.EventTally, Requester: "unicef", Purpose: "TALLY", Query: "t1", Lines: []string{`["gov-pl","o-1","MATCH","x",3]`, "another"}},
	} {
		want.Claims, want.Schema = statementClaims(time.Minute), envelope.Schema
		b, ds, err := envelope.NoticePayload(want)
		if text := string(b); strings.Contains(text, "Синтетична") || strings.Contains(text, "o-1") {
			t.Errorf("the signed part of %s tells whom it is about", want.Event)
		}
		v, err := readStatement(t, envelope.TypeNotice, b, ds, err)
		if err != nil {
			t.Fatal(err)
		}
		got, err := v.Notice()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	}
}
