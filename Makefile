# Prosa. `make run` starts it, `make test` runs everything a change must pass.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# Packages whose concurrency is proven with -race on both databases.
RACE_BOTH := ./internal/dbx/... ./internal/store/... ./internal/inbound/... ./internal/outbox/... ./internal/jobs/... ./internal/bus/...

# What the web app is made of; its build is repeated only when this changes.
WEB_SOURCES := $(shell find web/src web/public web/scripts -type f 2>/dev/null) web/index.html web/package.json web/package-lock.json web/vite.config.ts api/openapi.json

.PHONY: build run dev test check fmt lint openapi bench bench-quick bench-full bench-web faults shots clean test-go test-e2e test-web journeys deps program

build: web/dist/index.html program ## bin/prosa, one static binary with the web app inside

program:
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/prosa ./cmd/prosa

run: build ## the demo company on an embedded database under ./data
	./bin/prosa serve --demo --data-dir ./data

web/node_modules: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch web/node_modules

web/dist/index.html: web/node_modules $(WEB_SOURCES)
	cd web && npm run build

dev: web/node_modules program ## hot reload of the web app against a demo
	./bin/prosa serve --demo --data-dir ./data & cd web && npm run dev

shots: build ## screenshots of every screen into web/shots
	cd web && npm run shots

test: deps build check test-go test-e2e test-web ## everything a change must pass

deps: ## what the tests need and a fresh machine may lack
	@./.ci/deps

check: ## formatting, vet, lint, the committed OpenAPI document
	@test -z "$$(gofmt -l cmd internal bench e2e 2>/dev/null)" || { gofmt -l cmd internal bench e2e; echo 'run make fmt'; exit 1; }
	go vet ./...
	go run $(GOLANGCI) run ./...
	go test ./internal/api -run TestOpenAPI -count=1

lint:
	go run $(GOLANGCI) run ./...

# The rooms where writes meet run with the race detector on both databases; the
# rest with it on SQLite and without it on PostgreSQL.
RACE_SQLITE = $(shell go list ./internal/... ./cmd/... | grep -vE '/internal/(dbx|store|inbound|outbox|jobs|bus)($$|/)')
WITH_DATABASE := ./internal/api ./internal/app/... ./internal/auth ./internal/ingress ./internal/routing ./internal/sandbox

test-go: ## every package, both databases, the race detector
	CGO_ENABLED=1 go test -race -count=1 -timeout 20m $(RACE_BOTH)
	CGO_ENABLED=1 PROSA_TEST_DATABASES=sqlite go test -race -count=1 -timeout 20m $(RACE_SQLITE)
	PROSA_TEST_DATABASES=postgres go test -count=1 -timeout 20m $(WITH_DATABASE)

test-web: build journeys ## the web app: types, lint, logic, and lived through in Chromium
	cd web && npm run check

journeys: build ## the web app lived through in Chromium
	cd web && npm run journeys

test-e2e: program ## the real program, lived through from outside
	go test ./e2e/... -count=1 -timeout 15m

# What the run is told: make faults FAULTS="-long 3h", make faults FAULTS="-seed 4711 -for 20s".
FAULTS ?= -long 10m

faults: ## everything breaks around the real program; docs/faults.md
	go test ./e2e/faults -count=1 -v -timeout 24h -args $(FAULTS)

openapi: ## rewrite api/openapi.json from the handlers
	go test ./internal/api -run TestOpenAPI -count=1 -update

bench: ## figures beside the machine's own limits, on both databases: up to 40 minutes
	go run ./bench

bench-quick: ## a look at them: under three minutes
	go run ./bench -quick

bench-web: build ## the web app in Chromium, on 10 000 open tickets: some ten minutes
	cd web && npm run bench

bench-full: ## the whole matrix: hours
	go run ./bench -full

fmt:
	gofmt -w cmd internal bench e2e

clean:
	rm -rf bin
