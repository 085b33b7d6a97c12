# Homeward. `make demo` shows it, `make test` proves it; CONTRIBUTING.md says more.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BUILD := -trimpath -ldflags "-s -w -X homeward.example/gateway/cli.buildVersion=$(VERSION)"
TOOLS := $(CURDIR)/.tools/bin
GOFILES = $$(git ls-files --cached --others --exclude-standard '*.go' ':!schemas/gen')

.PHONY: build demo deps test bench bench-large soak fuzz tools generate drift lint policy-test policy-mutants clean help

build: ## bin/homeward, one static binary
	CGO_ENABLED=0 go build $(BUILD) -o bin/homeward ./cmd/homeward

demo: build ## a federation on loopback; Ctrl-C ends it
	./bin/homeward demo

deps: ## what the tests need: redis-server, PostgreSQL, chromium and the like
	@.ci/deps

# SQLite, which is C made into Go, is not checked for its pointers. Each of fifty test
# programs would sleep a second at its end, for reports of races still in the making.
test: deps ## everything, with the race detector
	GORACE=atexit_sleep_ms=100 go test -race '-gcflags=modernc.org/...=-d=checkptr=0' -timeout 20m ./...

# What is measured over large data says so in its name, and takes as long as all else.
LARGE := 10k|100k|Million
bench: deps ## one table; its last lines are figures, `name value unit`
	@go test -run '^$$' -bench . -skip '$(LARGE)' -benchmem -benchtime 2s -timeout 30m -p 1 ./... | go run ./gateway/internal/benchtable

bench-large: deps ## the benchmarks over large data: a ledger of a million decisions and the like
	go test -run '^$$' -bench '$(LARGE)' -benchmem -benchtime 2s -timeout 30m -p 1 ./... | grep -v '^?\|^ok\|^PASS'

soak: deps fuzz ## the long runs: a thousand kills, a hundred thousand pairs and contexts, fuzzing
	HOMEWARD_SOAK=1 go test -timeout 120m -run 'Kill|Soak|Property|Poison' ./...

FUZZTIME ?= 2m
fuzz: ## each fuzz target for FUZZTIME; a normal test run tries their seeds alone
	@go test -list '^Fuzz' ./... | awk '/^Fuzz/ {t[++n] = $$1} /^ok/ {for (i = 1; i <= n; i++) print $$2, t[i]; n = 0}' | \
	  while read -r package target; do \
	    echo "== $$package $$target"; \
	    go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$package"; \
	  done

# The tools are built from source, at the versions of .tools/*/go.mod. Each has a
# module of its own where their dependencies do not fit together.
tools: $(TOOLS)/buf $(TOOLS)/golangci-lint $(TOOLS)/opa ## what generate, lint and policy need
$(TOOLS)/buf: .tools/go.mod .tools/go.sum
	cd .tools && GOBIN=$(TOOLS) go install tool
	@touch $@
$(TOOLS)/golangci-lint: .tools/lint/go.mod .tools/lint/go.sum
	cd .tools/lint && GOBIN=$(TOOLS) go install tool
	@touch $@
$(TOOLS)/opa: .tools/opa/go.mod .tools/opa/go.sum
	cd .tools/opa && GOBIN=$(TOOLS) go install tool
	@touch $@

# google/api comes from the module that ships it.
GOOGLEAPIS := schemas/.build/googleapis/google/api/annotations.proto
$(GOOGLEAPIS): .tools/go.mod
	mkdir -p $(@D)
	dir=$$(cd .tools && go mod download -json github.com/grpc-ecosystem/grpc-gateway@v1.16.0 | sed -n 's/^\t"Dir": "\(.*\)",*/\1/p') && \
	  install -m 644 "$$dir"/third_party/googleapis/google/api/{annotations,http}.proto $(@D)/

# The rules of what a sighting may hold; the runtime that applies them is in go.mod.
VALIDATE := schemas/.build/protovalidate/buf/validate/validate.proto
$(VALIDATE): .tools/go.mod
	mkdir -p $(@D)
	dir=$$(cd .tools && go mod download -json github.com/bufbuild/protovalidate@v1.2.2 | sed -n 's/^\t"Dir": "\(.*\)",*/\1/p') && \
	  install -m 644 "$$dir"/proto/protovalidate/buf/validate/validate.proto $(@D)/

generate: $(TOOLS)/buf $(GOOGLEAPIS) $(VALIDATE) ## all that is generated: Go, gRPC, REST, OpenAPI, tables in *.md
	cd schemas && PATH=$(TOOLS):$$PATH buf generate
	go generate ./schemas/...
	go test ./schemas/openapi ./policies ./gateway/internal/problem -update >/dev/null

GENERATED := schemas policies gateway/internal/problem
drift: ## what is generated is what is committed (or, with changes at work, what was there)
	before=$$(git status --porcelain -- $(GENERATED); git diff -- $(GENERATED)); $(MAKE) generate; \
	  after=$$(git status --porcelain -- $(GENERATED); git diff -- $(GENERATED)); \
	  diff <(echo "$$before") <(echo "$$after")

lint: $(TOOLS)/buf $(TOOLS)/golangci-lint $(GOOGLEAPIS) $(VALIDATE) ## Go and proto
	@unformatted=$$(gofmt -l $(GOFILES)); [ -z "$$unformatted" ] || { echo "gofmt: $$unformatted" >&2; exit 1; }
	$(TOOLS)/golangci-lint run
	cd schemas && $(TOOLS)/buf lint

# The coverage is what stock opa measures, of rules and tests alike.
policy-test: $(TOOLS)/opa ## the policies under stock opa, and the cases in policies/cases
	$(TOOLS)/opa check --strict policies
	$(TOOLS)/opa fmt --fail --list policies
	$(TOOLS)/opa test policies
	echo '{question: {purpose: TRACE, requester: unicef, holder: origin}}' | go run ./cmd/homeward policy explain --input - --show-input | \
	  $(TOOLS)/opa eval --fail -d policies -I data.homeward.release.decision >/dev/null
	@coverage=$$($(TOOLS)/opa test --coverage --threshold 100 policies | sed -n 's/^  "coverage": \([0-9.]*\).*/\1/p'); \
	  said=$$(go test -count=1 -v -run '^(TestPolicyCases|TestEveryCellAndEveryNeverHasACase)$$' ./gateway/internal/decide) || { echo "$$said"; exit 1; }; \
	  echo "$$(grep -c '^    --- PASS: TestPolicyCases/' <<<"$$said") cases, coverage $$coverage %"

policy-mutants: ## small changes of the rules, each of which a test must find
	go run ./gateway/internal/decide/mutants

clean: ## everything that was built or downloaded here
	rm -rf bin .tools/bin schemas/.build .homeward

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST)
