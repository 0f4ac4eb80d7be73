# What a developer does with this repository; `make` alone lists it.

# Material that belongs to other repositories. Only what says so needs it; `run` and `test` do not.
SHARED ?= ../shared
export SHARED

# The toolchain on PATH, or the one in a usual place.
export PATH := $(addsuffix :,$(shell Scripts/find-swift))$(PATH)

formatted := $(wildcard Sources Tests Examples Benchmarks/Package.swift Benchmarks/Sources Package.swift)

.PHONY: help setup run test build parity conformance clients tracing model readme smoke sockets fuzz fuzz-api browser
.PHONY: traces-page template bench release release-check dockerfile format lint docs clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## install the system packages that are missing; silent when none is
	@Scripts/setup

run: setup ## serve the demo agent on http://127.0.0.1:8000; ARGS="--port 9000" adds options
	swift run agent-server $(ARGS)

build: setup ## build everything, tests too
	swift build --build-tests

test: build ## run all tests; ARGS="--filter Name" runs some
	Scripts/test $(ARGS)

parity: setup ## replay the recorded MLflow cases; CASES="dir …" replays others, PARITY_ARGS adds options of replay.py
	Scripts/parity $(CASES)

conformance: ## check the demo agent against the Open Responses standard; ARGS="--only client" runs some checks
	@Scripts/setup clients
	Scripts/conformance $(ARGS)

clients: ## run the official OpenAI clients against servers of this repository; ARGS="-k stored" runs some tests
	@Scripts/setup clients
	Scripts/clients $(ARGS)

tracing: ## check the traces that a real MLflow tracking server shows; ARGS="typed" runs a part
	@Scripts/setup clients
	Scripts/tracing $(ARGS)

model: ## serve a real model, a small one on the CPU, and talk to it; ARGS="--transcript FILE" keeps what was said
	@Scripts/setup model
	Scripts/model $(ARGS)

readme: setup ## run the README's curl commands against the demo agent
	Scripts/check-readme

smoke: setup ## hold 1,000 idle streams open for a few seconds
	Scripts/smoke

sockets: setup ## hold 1,000 idle WebSockets open, then throw garbage at others for 15 seconds
	Scripts/sockets

fuzz: setup ## throw malformed bodies and malformed HTTP at a server for 20 seconds
	Scripts/fuzz

SECONDS ?= 60
fuzz-api: ## have schemathesis try what /openapi.json describes for SECONDS=60 seconds; SEED=… repeats a run
	@Scripts/setup fuzz-api
	Scripts/fuzz-api $(SECONDS) $(SEED)

browser: ## load a chat app through the proxy in headless Chromium; ARGS="--screenshot FILE" keeps a picture
	@Scripts/setup browser
	Scripts/browser $(ARGS)

traces-page: ## look at traces in headless Chromium; ARGS="--dark --screenshot FILE" keeps a picture
	@Scripts/setup browser
	Scripts/traces-page $(ARGS)

template: setup ## make a package by `init`, build it, test it, reload it under load
	@Scripts/setup template
	Scripts/template

bench: ## measure against plain Hummingbird, MLflow and others; ARGS="--quick" takes some minutes
	@Scripts/setup bench
	Benchmarks/run.py $(ARGS)
	Benchmarks/responses.py $(if $(findstring --quick,$(ARGS)),--quick --no-build)
	Benchmarks/tracing.py $(if $(findstring --quick,$(ARGS)),--quick --no-build)
	Benchmarks/proxy.py $(if $(findstring --quick,$(ARGS)),--quick)
	Benchmarks/model.py $(if $(findstring --quick,$(ARGS)),--quick)

release: setup ## build the program for Debian 12 and pack it into dist/
	Scripts/release

release-check: release ## try what was packed in a bare Debian 12, as root
	@Scripts/setup release
	Scripts/release-check

dockerfile: setup ## run the steps of the Dockerfile that `init` writes, without Docker
	@[ "$$(id -u)" != 0 ] || Scripts/setup release
	Scripts/dockerfile $(ARGS)

format: setup ## format all Swift code
	swift format --in-place --parallel --recursive $(formatted)

lint: setup ## check the format of all Swift code
	swift format lint --strict --parallel --recursive $(formatted)

docs: setup ## write the reference of the modules that agents import to .build/docs
	Scripts/docs

clean: ## remove everything that was built
	rm -rf .build .build-* dist Benchmarks/.build Benchmarks/.build-*
