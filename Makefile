# make run | test | check | build | bench. The same on every machine: .tools/world.mk says which deno
# and which configuration to use, and where JSR is out of reach points them at npm-only/.
ifneq (,$(filter-out clean help install uninstall deploy rollback,$(MAKECMDGOALS)))
include .tools/world.mk
endif
export DENO_NO_UPDATE_CHECK := 1
export DENO_TLS_CA_STORE ?= mozilla,system
# The bundler names its chunks after the paths of the packages: kept here, they are the same in every clone.
export DENO_DIR := $(CURDIR)/.tools/cache

SOURCES := src tests .ci/sbom.ts
RUN := $(DENO) run -q $(CONFIG) --frozen
# Any node, any venue and any state directory may be named in the settings, so hosts and paths cannot
# be narrowed here; what a cycle never does is start a program, load a library or ask a question.
PERMISSIONS := --no-prompt --allow-net --allow-read --allow-write --allow-env --allow-sys=osUptime,hostname,statfs,systemMemoryInfo,setPriority
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)$(shell git diff --quiet HEAD 2>/dev/null || echo +)
COMMIT_TIME := $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

# Of this machine's kind, or TARGET=x86_64 or aarch64.
PROGRAM := bin/allora-pipeline$(if $(TARGET),-$(TARGET))
PREFIX ?= /usr/local
COMPILE = $(DENO) compile
ifneq (,$(TARGET))
ifeq (,$(filter x86_64 aarch64,$(TARGET)))
$(error TARGET is x86_64 or aarch64, and not $(TARGET))
endif
# Deno fetches the denort of another machine from its own site; where that is out of reach it comes from npm.
ifeq (npm,$(WORLD))
DENORT := $(CURDIR)/.tools/denort-$(TARGET)
$(DENORT): npm-only/world.sh
	@sh npm-only/world.sh $(TARGET)
endif
COMPILE = env $(if $(DENORT),DENORT_BIN=$(DENORT),-u DENORT_BIN) $(DENO) compile --target $(TARGET)-unknown-linux-gnu
OR_SAY = 2>../.tools/compile.err || { echo "Cannot build for $(TARGET): \
	$$(sed -n '/^Stack/q; s/^error: //p; s/^ *[01]: //p' ../.tools/compile.err | paste -sd' ')" >&2; exit 1; }
endif

.DEFAULT_GOAL := help
.PHONY: run test contract check build release bench faults evaluate install uninstall deploy rollback clean help

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

build: $(PROGRAM) ## one binary, the same bytes for the same commit; TARGET=aarch64 for Graviton

RELEASE := env DENO='$(DENO)' CONFIG='$(CONFIG)' WORLD=$(WORLD) COMMIT=$(COMMIT) COMMIT_TIME=$(COMMIT_TIME) \
	sh .ci/release.sh
release: ## release/ signed by KEY=ssh-key: binary, man page, SBOM, changes, sums
	@$(RELEASE) '$(KEY)'
	@$(MAKE) --no-print-directory build
	@$(RELEASE) '$(KEY)' $(PROGRAM)

CANDLES := tests/data
JUDGE := $(RUN) $(PERMISSIONS) src/main.ts evaluate --log-dir .tools/logs
evaluate: ## the models on BTC and ETH candles to 2024, the synthetic benchmark, and pure noise
	@$(JUDGE) --benchmark tests/data/seed_benchmark.json
	@$(JUDGE) --pair BTC/USD --target log-return --horizon 7d --venues csv:$(CANDLES)/btcusd_1h_2017_2024.csv.gz
	@$(JUDGE) --pair BTC/USD --target log-return --horizon 24h --venues csv:$(CANDLES)/btcusd_1h_2017_2024.csv.gz
	@$(JUDGE) --pair ETH/USD --target log-return --horizon 24h --venues csv:$(CANDLES)/ethusd_1h_2020_2024.csv.gz
	@$(JUDGE) --pair BTC/USD --target volatility --horizon 7d --venues csv:$(CANDLES)/btcusd_1h_2017_2024.csv.gz
	@$(JUDGE) --pair BTC/USD --target volatility --horizon 24h --venues csv:$(CANDLES)/btcusd_1h_2017_2024.csv.gz
	@$(DENO) run -q $(CONFIG) --frozen tests/bench/noise.ts

KILLS ?= 1000
faults: build ## kill -9 the binary KILLS times (1000) and at every step of a submission; count what is lost
	@KILLS=$(KILLS) $(DENO) run -q $(CONFIG) --frozen -A tests/faults/kill.ts

bench: build ## start, cycle and fit, each beside its baseline
	@$(DENO) run -q $(CONFIG) --frozen -A tests/bench/bench.ts

.PHONY: $(PROGRAM)
$(PROGRAM): $(DENORT)
	@rm -rf dist && mkdir -p bin
	$(DENO) bundle -q $(CONFIG) --frozen --code-splitting --outdir=dist \
		--external=bufferutil --external=utf-8-validate src/main.ts
	@sed -i 's/@COMMIT@ @WORLD@/$(COMMIT) $(WORLD)/' dist/*.js
	@touch -d @$(COMMIT_TIME) dist/*.js dist
	cd dist && $(COMPILE) -q --no-config --no-lock --no-check --no-code-cache --unstable-net $(PERMISSIONS) -o ../$@ main.js $(OR_SAY)

install: ## bin/allora-pipeline under PREFIX, and its units; DESTDIR=DIR for packages
	@[ -x bin/allora-pipeline ] || $(MAKE) build
	@bin/allora-pipeline version | grep -qF '($(COMMIT),' || case $(COMMIT) in unknown*) ;; \
		*) echo "bin/allora-pipeline is not of commit $(COMMIT), which is checked out: make build makes that one" >&2 ;; esac
	@bin/allora-pipeline install --by-make --prefix $(PREFIX) $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)),>/dev/null)
ifeq (,$(DESTDIR))
	systemd-sysusers allora-pipeline.conf
	systemd-tmpfiles --create allora-pipeline.conf
	journalctl -q --update-catalog
	systemctl daemon-reload
	systemctl try-restart allora-pipeline-daemon.service
	@bin/allora-pipeline install --by-make --prefix $(PREFIX)
endif

UNITS := allora-pipeline.target allora-pipeline-daemon.service $(patsubst %,allora-pipeline-%.timer,submit rotate health)
uninstall: ## what install put there; /etc, state and logs stay
ifeq (,$(DESTDIR))
	systemctl disable -q --now $(UNITS) || :
	systemctl disable -q allora-pipeline-submit@.timer || :
	systemctl stop 'allora-pipeline-*'
	systemctl reset-failed 'allora-pipeline-*'
endif
	@[ ! -e $(DESTDIR)$(PREFIX)/bin/allora-pipeline ] || \
		$(DESTDIR)$(PREFIX)/bin/allora-pipeline uninstall --by-make --prefix $(PREFIX) $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)))
ifeq (,$(DESTDIR))
	journalctl -q --update-catalog
	systemctl daemon-reload
endif

deploy: ## to HOST by ssh: checked first, replaced in one step, the version before is kept
	@$(MAKE) build
	@PREFIX='$(PREFIX)' sh systemd/deploy.sh '$(HOST)' $(PROGRAM)

rollback: ## HOST back to the version before
	@PREFIX='$(PREFIX)' sh systemd/deploy.sh '$(HOST)'

clean: ## forget what was fetched and built
	rm -rf .tools .npm-only.* dist bin release

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

.tools/world.mk: deno.json deno.lock npm-only/world.sh npm-only/config.ts
	@sh npm-only/world.sh
