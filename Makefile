# make run | test | check | build | bench. The same on every machine: .tools/world.mk says which deno
# and which configuration to use, and where JSR is out of reach points them at npm-only/.
ifneq (,$(filter-out clean help,$(MAKECMDGOALS)))
include .tools/world.mk
endif
export DENO_NO_UPDATE_CHECK := 1
export DENO_TLS_CA_STORE ?= mozilla,system
# The bundler names its chunks after the paths of the packages: kept here, they are the same in every clone.
export DENO_DIR := $(CURDIR)/.tools/cache

SOURCES := src tests
RUN := $(DENO) run -q $(CONFIG) --frozen
# Any node, any venue and any state directory may be named in the settings, so hosts and paths cannot
# be narrowed here; what a cycle never does is start a program, load a library or ask a question.
PERMISSIONS := --no-prompt --allow-net --allow-read --allow-write --allow-env --allow-sys=osUptime,setPriority
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)$(shell git diff --quiet HEAD 2>/dev/null || echo +)
COMMIT_TIME := $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

.DEFAULT_GOAL := help
.PHONY: run test contract check build bench faults evaluate clean help

run: ## watch the whole job on the embedded devnet, about two minutes
	@$(RUN) $(PERMISSIONS) src/main.ts demo $(ARGS)

test: ## every test, on real parts
	$(DENO) test -q $(CONFIG) --frozen --parallel -A tests

contract: ## hold a node, or RECORDINGS=DIR, to the contract (ALLORA_RPC, ALLORA_MNEMONIC_FILE, ALLORA_TOPIC)
	$(DENO) test -q $(CONFIG) --frozen -A tests/contract

check: ## format, lint, types, and who may import whom
	$(DENO) fmt -q $(CONFIG) --check $(SOURCES) npm-only
	$(DENO) lint -q $(CONFIG) $(SOURCES) npm-only
	$(DENO) check -q $(CONFIG) --frozen $(SOURCES)
	$(DENO) test -q $(CONFIG) --frozen -A tests/architecture_test.ts

build: bin/allora-pipeline ## one binary, the same bytes for the same commit

CANDLES := tests/data
JUDGE := $(RUN) $(PERMISSIONS) src/main.ts evaluate --log-dir .tools/logs
evaluate: ## the models on BTC and ETH candles to 2024, and the synthetic benchmark
	@$(JUDGE) --benchmark tests/data/seed_benchmark.json
	@$(JUDGE) --pair BTC/USD --target log-return --horizon 7d --venues csv:$(CANDLES)/btcusd_1h_2017_2024.csv.gz
	@$(JUDGE) --pair BTC/USD --target log-return --horizon 24h --venues csv:$(CANDLES)/btcusd_1h_2017_2024.csv.gz
	@$(JUDGE) --pair ETH/USD --target log-return --horizon 24h --venues csv:$(CANDLES)/ethusd_1h_2020_2024.csv.gz
	@$(JUDGE) --pair BTC/USD --target volatility --horizon 7d --venues csv:$(CANDLES)/btcusd_1h_2017_2024.csv.gz
	@$(JUDGE) --pair BTC/USD --target volatility --horizon 24h --venues csv:$(CANDLES)/btcusd_1h_2017_2024.csv.gz

KILLS ?= 1000
faults: build ## kill -9 the binary KILLS times (1000) and at every step of a submission; count what is lost
	@KILLS=$(KILLS) $(DENO) run -q $(CONFIG) --frozen -A tests/faults/kill.ts

bench: build ## start, cycle and fit, each beside its baseline
	@$(DENO) run -q $(CONFIG) --frozen -A tests/bench/bench.ts

.PHONY: bin/allora-pipeline
bin/allora-pipeline:
	@rm -rf dist && mkdir -p bin
	$(DENO) bundle -q $(CONFIG) --frozen --code-splitting --outdir=dist \
		--external=bufferutil --external=utf-8-validate src/main.ts
	@sed -i 's/@COMMIT@ @WORLD@/$(COMMIT) $(WORLD)/' dist/*.js
	@touch -d @$(COMMIT_TIME) dist/*.js dist
	cd dist && $(DENO) compile -q --no-config --no-lock --no-check --no-code-cache \
		--unstable-net $(PERMISSIONS) -o ../$@ main.js

clean: ## forget what was fetched and built
	rm -rf .tools .npm-only.* dist bin

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

.tools/world.mk: deno.json deno.lock npm-only/world.sh npm-only/config.ts
	@sh npm-only/world.sh
