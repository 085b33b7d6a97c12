package exchange_test

import (
	"context"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// cared is a source whose children nobody refused care for, and no captor threatens.
type cared struct{ adapters.Adapter }

func (s cared) Get(ctx context.Context, id string, mask adapters.Mask) (adapters.Record, error) {
	r, err := s.Adapter.Get(ctx, id, mask)
	if flags, item := r.Child.GetFlags(), r.Child.GetConsent().GetForServices(); flags != nil && item != nil {
		flags.CaptorRisk, item.Given = homewardv1.Tristate_TRISTATE_FALSE, homewardv1.Tristate_TRISTATE_TRUE
	}
	return r, err
}

func caring(_ string, d *exchange.Deps) {
	if d.Source != nil {
		d.Source = adapters.Checked(cared{d.Source})
	}
}

// For CARE the whereabouts open for a child who is at the site that the go-ahead
// names, by the holder's own record, and for nobody at another place; a site of which
// the asker shows a part is none.
func TestOwnSite(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Tune: caring})
	token := link(t, f, exchange.LinkRequest{Purpose: "CARE"})
	here := map[string]string{"settlement": "Вымышленск", "point": "Ул. Вымышленная, 1", "country": "RU"}
	opened := func(site map[string]string) string {
		return goAhead(t, f, "gov-ua", token, func(r *exchange.GoAheadRequest) { r.Columns, r.Site = []string{"current"}, site })
	}
	asked := func(fields []string, links ...string) *homewardv1.HolderAnswer {
		return ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_CARE, Links: links, Fields: fields})["gov-ua"]
	}
	cut, err := envelope.Present(opened(here), func(d envelope.Disclosure) bool { return d.Name != "country" })
	must(t, err)
	for name, c := range map[string]struct {
		goAhead string
		fields  []string
		want    homewardv1.Verdict
	}{
		"its own site":             {opened(here), nil, shown},
		"the care alone":           {opened(here), []string{"current.care_type"}, shown},
		"another house":            {opened(map[string]string{"settlement": "Вымышленск", "point": "ул. Вымышленная, 2"}), nil, kept},
		"a site that is shown cut": {cut, nil, kept},
	} {
		if got := verdict(asked(c.fields, token, c.goAhead), "current.care_type"); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := verdict(asked(nil, token), "name.family"); got != shown {
		t.Errorf("without a go-ahead the name is %v", got)
	}
}

// A go-ahead names a site where it is about one, and nowhere else.
func TestWhereASiteIsNamed(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	care, home := link(t, f, exchange.LinkRequest{Purpose: "CARE"}), link(t, f, exchange.LinkRequest{})
	house := map[string]string{"settlement": "Вымышленск", "point": "1"}
	for name, c := range map[string]struct {
		link    string
		columns []string
		site    map[string]string
		code    problem.Code
	}{
		"none":           {care, []string{"current"}, nil, exchange.CodeStatementInvalid},
		"a town":         {care, []string{"current"}, map[string]string{"settlement": "Вымышленск"}, exchange.CodeStatementInvalid},
		"no such member": {care, []string{"current"}, map[string]string{"settlement": "a", "point": "b", "room": "c"}, exchange.CodeStatementInvalid},
		"for names":      {care, []string{"names_birth"}, house, exchange.CodeStatementForeign},
		"for RETURN":     {home, []string{"current"}, house, exchange.CodeStatementForeign},
	} {
		_, err := f.Member("gov-ua").IssueGoAhead(t.Context(), exchange.GoAheadRequest{
			Link: c.link, Columns: c.columns, Site: c.site, Until: f.Clock.Now().Add(time.Minute), Officer: envelope.Officer{ID: "u", Role: "case_officer"},
		})
		wantProblemAt(t, err, c.code, "site")
		if err == nil {
			t.Error(name)
		}
	}
}
