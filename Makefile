# Each command sets up what it needs by itself, in .venv. GNU make 3.81 or later.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run install install-all test test-hostile chaos check bench lock sbom audit fuzz format clean dev \
	check-format check-lint check-types check-imports check-doctests check-readme check-contract check-dockerfile contract
BIN := .venv/bin
PACKAGES := stancewire services workers config seeds
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make lock"
LOCK := $(COMPILE) pyproject.toml

help:
	@echo "stancewire: who takes what stance toward whom, from the news, live, with the sentence that proves it"
	@echo
	@echo "  make run       install, then run everything here on a demo newsroom; Ctrl-C ends it"
	@echo "  make install   only set up .venv; afterwards: .venv/bin/stancewire --help"
	@echo "  make install-all   with Russian, French and the second opinion as well"
	@echo "  make test      run the tests, with a real server of their own"
	@echo "  make test-hostile   run the slow ones among the tests of bad input and faults"
	@echo "  make chaos     kill poller, workers and server for a minute and look whether anything was lost: SEED=7"
	@echo "  make check     format, lint, types, import rules, doctests, documentation, contract, Dockerfile"
	@echo "  make bench     measure speed and quality"
	@echo "  make format    bring the code into its form"
	@echo "  make contract  make the JSON Schemas, the AsyncAPI document and its page anew from the types"
	@echo "  make lock      renew the lock files from pyproject.toml"
	@echo "  make sbom      write what stancewire is made of, with licences and hashes, to build/ (CycloneDX)"
	@echo "  make audit     ask whether anything that is installed has a known vulnerability"
	@echo "  make fuzz      look for bytes that break a parser or the analysis, a minute for each (Linux)"
	@echo "  make clean     remove .venv and what tools left behind; your data stays"
	@echo
	@echo "Needed: Python 3.11 to 3.13 or uv. Everything is installed into .venv, nothing outside this folder."
	@echo "Arguments: make run ARGS='--help'   make test ARGS='tests/store -x'"

install:
	@scripts/install.sh run

install-all:
	@scripts/install.sh all

dev:
	@scripts/install.sh dev

run: install
	@$(BIN)/stancewire up --demo $(ARGS)

test: dev
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile $(ARGS)

test-hostile: dev
	$(BIN)/python -m pytest tests/hostile -m slow --numprocesses 4 --timeout 600 $(ARGS)

chaos: dev
	$(BIN)/python -m bench.chaos $(if $(SEED),--seed $(SEED)) $(ARGS)

# `make --keep-going check` goes on after a failure.
check: check-format check-lint check-types check-imports check-doctests check-readme check-contract check-dockerfile

check-format: dev
	$(BIN)/ruff format --check .

check-lint: dev
	$(BIN)/ruff check .

check-types: dev
	$(BIN)/mypy
	$(BIN)/mypy tests

check-imports: dev
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --quiet tests/architecture

check-doctests: dev
	$(BIN)/python -m pytest --quiet --doctest-modules $(PACKAGES)

check-readme: dev
	$(BIN)/python -m config.documentation --check README.md
	$(BIN)/python -m pytest --quiet tests/packaging

check-contract: dev
	$(BIN)/python -m scripts.contract

check-dockerfile: dev
	$(BIN)/hadolint Dockerfile

bench: dev
	$(BIN)/stancewire bench $(ARGS)

format: dev
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

contract: dev
	$(BIN)/python -m scripts.contract --write

lock: dev
	$(LOCK) --group build --extra service --output-file requirements.lock
	$(LOCK) --group build --all-extras --output-file requirements-all.lock
	$(LOCK) --group dev --all-extras --output-file requirements-dev.lock
	$(COMPILE) --group fuzz --output-file requirements-fuzz.lock

sbom: dev
	@$(BIN)/python -m scripts.sbom requirements.lock build/sbom.cdx.json
	@$(BIN)/python -m scripts.sbom requirements-all.lock build/sbom-all.cdx.json

audit: dev
	@$(BIN)/python -m scripts.audit requirements-dev.lock

fuzz: dev
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-fuzz.lock
	$(BIN)/python -m bench.fuzz $(ARGS)

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(PACKAGES) tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
