# Tongce 同册. `make run` and `make test` do all their own set-up.
GOLANGCI := v2.12.2
TAGS     := webkit2_41
BIN      := build/bin
export PATH := $(CURDIR)/$(BIN)/tools:$(PATH)
# The linter's cache holds paths: one for each checkout.
export GOLANGCI_LINT_CACHE := $(CURDIR)/$(BIN)/lint-cache

.DEFAULT_GOAL := help
.PHONY: help setup tools npm window programs run dev build test lint vet race fuzz sim bench cover fmt bindings bindings-check front e2e smoke vuln licenses relay clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## system packages that building and running take (once)
	@build/scripts/setup.sh

tools: ## and those that testing takes, with the linter (once)
	@build/scripts/setup.sh $(GOLANGCI) $(CURDIR)/$(BIN)/tools

npm: setup
	@build/scripts/npm.sh

window: npm ## front end into frontend/dist
	@build/scripts/window.sh

programs: window ## tongce, tongcectl, tongce-relay into build/bin
	@build/scripts/programs.sh $(BIN) $(TAGS)

run: programs ## the program with a sample book
	@build/scripts/run.sh $(BIN)

dev: npm ## front end with reload on the built-in fake book
	@cd frontend && npm run dev

build: programs ## same as programs

relay: ## the relay alone, without cgo
	CGO_ENABLED=0 go build -trimpath -o $(BIN)/tongce-relay ./relay/cmd/tongce-relay

test: tools lint race bindings-check front e2e smoke ## everything CI runs

lint: tools window ## linters and import fences
	go vet ./...
	golangci-lint run --allow-parallel-runners ./...
	cd frontend && npm run -s lint && npm run -s typecheck

race: tools window ## all Go tests with the race detector
	@build/scripts/gotest.sh

sim: ## the long simulation: 2,000 seeds
	TONGCE_SEEDS=2000 go test ./relay -run '^TestConvergence$$' -count=1 -timeout 120m -v

fuzz: ## each fuzz target for a minute
	@build/scripts/fuzz.sh 60s

bench: programs ## every budget, one JSON line each
	@build/scripts/bench.sh $(BIN)

cover: ## test coverage by package
	go test -cover ./...

fmt: tools npm ## format Go and TypeScript
	golangci-lint fmt ./...
	cd frontend && npm run -s fmt

bindings: ## frontend/wailsjs from the bound services
	@build/scripts/bindings.sh

bindings-check: window ## fails when frontend/wailsjs is not what the services give
	@build/scripts/bindings.sh --check

front: npm ## front-end unit and component tests
	cd frontend && npm run -s test

e2e: tools programs ## real processes, real browsers
	@build/scripts/e2e.sh $(BIN)

smoke: tools programs ## the real window under Xvfb
	@build/scripts/smoke.sh $(BIN)

vuln: ## known vulnerabilities of the dependencies
	go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

licenses: ## licences of what is linked
	@build/scripts/licenses.sh

clean: ## what was built
	rm -rf $(BIN) frontend/dist/assets frontend/dist/index.html
