# Ledgerlake: every target sets up what it needs. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HOME_FOLDER ?= .ledgerlake
PORT ?= 3000

export LEDGERLAKE_HOME ?= $(abspath $(HOME_FOLDER))
export DAGSTER_HOME ?= $(LEDGERLAKE_HOME)/dagster
export DAGSTER_DISABLE_TELEMETRY := 1
export PYTHONPATH := $(CURDIR)
# Bytecode is kept: a process of the tests starts in half the time.
unexport PYTHONDONTWRITEBYTECODE

##@ Use
.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(READY) ## Fill a sample shop for 7 days, build every table, show the finance day
	@$(BIN)/ledgerlake demo

.PHONY: dev
dev: $(READY) ## Open the Dagster UI on the lake, on 127.0.0.1:3000 (PORT=... to change)
	@$(BIN)/ledgerlake ui --port $(PORT)

.PHONY: olist
olist: $(READY) ## Run the same tables on the Olist CSVs in FOLDER=...
	@test -n "$(FOLDER)" || { echo "Say where the CSVs are: make olist FOLDER=path"; exit 2; }
	@$(BIN)/python -m examples.olist "$(FOLDER)" $(if $(REFERENCE),--reference "$(REFERENCE)")

##@ Develop
.PHONY: setup
setup: $(READY) ## Create the environment from requirements.lock

.PHONY: test
test: $(READY) ## Run the tests, and print the slowest
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder \
	  --durations 20 --durations-min 1

.PHONY: lint
lint: $(READY) ## Check style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: format
format: $(READY) ## Mend style and formatting
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: types
types: $(READY) ## Check types
	@$(BIN)/pyright

.PHONY: bench
bench: $(READY) ## Print every benchmark beside its bar (takes a while)
	@$(BIN)/python -m benchmarks

.PHONY: bench-quick
bench-quick: $(READY) ## Print every kind of bar, scaled to 2M rows (a few minutes)
	@$(BIN)/python -m benchmarks --quick

.PHONY: docs
docs: $(READY) ## Write docs/tables from the contracts
	@$(BIN)/ledgerlake docs

.PHONY: lock
lock: $(READY) ## Pin the latest allowed versions: requirements.lock, and those of the images
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --extra dev --upgrade --generate-hashes \
	  --no-header --no-strip-extras --universal \
	  --python-version 3.11 --quiet --output-file requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --constraint requirements.lock --generate-hashes \
	  --no-header --no-strip-extras --universal \
	  --python-version 3.11 --quiet --output-file requirements-runtime.lock

.PHONY: clean
clean: ## Remove the environment and the embedded lake
	@rm -rf $(VENV) $(HOME_FOLDER) *.egg-info

# Debian ships Python without venv: it is installed where we may, and named where we may not.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version)."; exit 1; }
	@if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq python3-venv; \
	  else echo "Python's venv is missing. Run: sudo apt-get install python3-venv"; exit 1; fi; \
	fi
	@echo "Setting up $(VENV) from requirements.lock (once; a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
