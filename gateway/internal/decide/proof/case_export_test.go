package proof

import (
	"strings"
	"testing"

	"homeward.example/gateway/internal/decide"
)

// A case of an export that names what there is not is no case.
func TestExportCasesThatAreNone(t *testing.T) {
	t.Parallel()
	for export, want := range map[string]string{
		"{by: origin}":                        "",
		"{by: clerk}":                         `no party "clerk"`,
		"{}":                                  `no party ""`,
		"{by: origin, holder: clerk}":         `no party "clerk"`,
		"{by: origin, side: holder}":          `no side "holder"`,
		"{by: origin, barred: somewhat}":      "prohibited or suspended",
		"{by: origin, icrc: {reply: 'yes'}}":  `no message "reply"`,
		"{by: origin, icrc: {answer: 'yes'}}": "",
	} {
		c, err := ReadCase([]byte("{name: synthetic, export: " + export + "}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Input(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", export, err, want)
		}
	}
}

// What an export gets otherwise than its case wants is said message by message.
func TestExportCasesSayWhatDiffers(t *testing.T) {
	t.Parallel()
	given := decide.Exported{Reasons: []string{"", "SUP_ORIGIN_CONTROL", "SUP_ORIGIN_CONTROL"}}
	for _, c := range []struct {
		want Want
		got  decide.Exported
		says []Difference
	}{
		{Want{Rest: "withheld", Verdicts: map[string]string{"query": "released"}}, given, nil},
		{Want{Rest: "released"}, given, []Difference{{"again", "released", "withheld"}, {"answer", "released", "withheld"}}},
		{
			Want{Rest: "withheld", Verdicts: map[string]string{"query": "released"}, Ledger: map[string][]string{"again": {"SUP_ORIGIN_CONTROL"}, "answer": {"SUP_NO_AGREEMENT"}}},
			given, []Difference{{"answer", "withheld [SUP_NO_AGREEMENT]", "withheld [SUP_ORIGIN_CONTROL]"}},
		},
		{Want{}, given, []Difference{{"query", "", "released"}, {"again", "", "withheld"}, {"answer", "", "withheld"}}}, // a case must say something
		{Want{Refused: "SUP_ROLE"}, given, []Difference{{"refused", "SUP_ROLE", "no"}}},
		{Want{Rest: "released"}, decide.Exported{Refusal: "SUP_ROLE"}, []Difference{{"refused", "no", "SUP_ROLE"}}},
		{Want{Rest: "released"}, decide.Exported{Refusal: "SUP_UNDECIDED", Failure: "slow"}, []Difference{{"decision", "as the case says", "slow"}}},
	} {
		one := Case{Export: &CaseExport{By: "origin"}, Want: c.want}
		got := one.Differences(Said{exported: c.got})
		if len(got) != len(c.says) {
			t.Errorf("%+v: %v", c.want, got)
			continue
		}
		for i := range got {
			if got[i] != c.says[i] {
				t.Errorf("%+v: %v, want %v", c.want, got[i], c.says[i])
			}
		}
		if first := one.Differs(Said{exported: c.got}); (first == "") != (c.says == nil) {
			t.Errorf("%+v: first difference %q", c.want, first)
		}
	}
}
