package api

import (
	"net/http"
	"slices"
	"strings"

	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

const (
	jsonType        = "application/json"
	streamPath      = "/v1/queries:stream"
	decisionsPath   = "/v1/decisions"
	searchPath      = "/v1/ledger/search"
	pendingPath     = "/v1/pending"
	reviewsPath     = "/v1/reviews"
	holdsPath       = "/v1/holds"
	obligationsPath = "/v1/obligations"
	pushesPath      = "/v1/pushes"
	sightingsPath   = "/v1/sightings"
	triagePath      = "/v1/triage"
)

// routeAgency checks what the REST gateway would let pass: media types and
// members of the query string. It leaves the choice of the method to it.
func routeAgency(r *http.Request) error {
	if isGRPC(r) {
		for _, service := range []string{
			homewardv1.Agency_ServiceDesc.ServiceName, homewardv1.Ledger_ServiceDesc.ServiceName, homewardv1.Casework_ServiceDesc.ServiceName,
			homewardv1.Sightings_ServiceDesc.ServiceName,
		} {
			if strings.HasPrefix(r.URL.Path, "/"+service+"/") && r.URL.RawQuery == "" {
				return nil
			}
		}
		return problem.New(problem.CodeNotFound, "path")
	}
	switch r.Method {
	case http.MethodPost:
		return routePost(r)
	case http.MethodGet:
		return routeGet(r)
	}
	return problem.Mismatch(problem.CodeMethod, "method", "GET or POST", "another")
}

func routePost(r *http.Request) error {
	t := r.Header.Get("Content-Type")
	if t != jsonType && !strings.EqualFold(strings.ReplaceAll(t, " ", ""), jsonType+";charset=utf-8") {
		return problem.Mismatch(problem.CodeMediaType, "header Content-Type", jsonType, "another")
	}
	if r.URL.RawQuery != "" {
		return problem.New(problem.CodeInvalidRequest, "query string: this call has none")
	}
	return nil
}

func routeGet(r *http.Request) error {
	if r.ContentLength != 0 && r.ProtoMajor < 2 {
		return problem.New(problem.CodeInvalidRequest, "body: a GET has none")
	}
	for name, values := range r.URL.Query() {
		if !slices.Contains(queryMembers(r.URL.Path), name) || len(values) != 1 {
			return problem.Mismatch(problem.CodeInvalidRequest, "query string", "limit and before on "+decisionsPath+", the members of SearchRequest on "+searchPath+", all on "+pendingPath+", "+reviewsPath+", "+holdsPath+", "+obligationsPath+" and "+pushesPath+", each once", "another member")
		}
	}
	return nil
}

// queryMembers are those that a path takes.
func queryMembers(path string) []string {
	switch path {
	case decisionsPath:
		return []string{"limit", "before"}
	case searchPath:
		return searchMembers()
	case pendingPath, reviewsPath, holdsPath, obligationsPath, pushesPath:
		return []string{"all"}
	case sightingsPath:
		return []string{"id", "limit", "page"}
	case triagePath:
		return []string{"state", "limit", "page"}
	}
	return nil
}

// searchMembers are the fields of a search, as the proto names them.
func searchMembers() []string {
	fields := (*homewardv1.SearchRequest)(nil).ProtoReflect().Descriptor().Fields()
	names := make([]string, fields.Len())
	for i := range names {
		names[i] = string(fields.Get(i).Name())
	}
	return names
}
