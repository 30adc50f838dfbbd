# Every target does its own set-up: a virtual environment in .venv, made once and brought up to
# date when pyproject.toml changes. Needed beforehand: make, and Python 3.11 or newer with venv.
#
#   make tour PYTHON=python3.12      chooses the Python that .venv is made with

PYTHON ?= python3
PROFILE ?= long
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable

.DEFAULT_GOAL := help
.PHONY: help tour test faults tampering mutants policy-mutants lint types check bench setup clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

tour: $(VENV)/bulk ## a guided run of about a minute on a throw-away store
	$(BIN)/gongji tour

test: $(VENV)/test ## all tests, with every branch of domain/ and ledger/ covered
	$(BIN)/python -m pytest -n 2 --dist worksteal --hypothesis-profile=ci --cov=domain --cov=ledger --cov-branch

faults: $(VENV)/dev ## the long fault suite, resumable: docs/faults.md; PROFILE=short for some minutes
	@mkdir -p build
	$(BIN)/python -m tests.faults --profile $(PROFILE) --resume build/faults-$(PROFILE).json

tampering: $(VENV)/dev ## evidence packages tampered with in every way, and what is caught: docs/tampering.md
	$(BIN)/python -m tests.tampering

mutants: $(VENV)/dev ## faults planted in domain/ that the tests must find: docs/mutants.md
	$(BIN)/python -m tests.mutants

policy-mutants: $(VENV)/dev ## single fields of the policy files, edited: who notices? docs/policies.md
	$(BIN)/python -m tests.policy_mutants

lint: $(VENV)/dev ## style, formatting and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo

types: $(VENV)/dev ## types
	$(BIN)/mypy

check: ## everything that must hold, as continuous integration runs it
	.ci/run

bench: $(VENV)/base ## the canonical workload
	$(BIN)/gongji bench

setup: $(VENV)/dev ## install everything a developer needs into .venv

clean: ## remove .venv and everything that can be made again
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis
	rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +


# One stamp for each set of packages; a larger set contains the smaller ones. `made` is written
# last, so that a set-up that was interrupted begins again.

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gongji needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Choose one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/base: pyproject.toml | $(VENV)/made
	$(INSTALL) .
	@touch $@

$(VENV)/verify: gongji-verify/pyproject.toml | $(VENV)/made
	$(INSTALL) ./gongji-verify
	@touch $@

$(VENV)/bulk: pyproject.toml $(VENV)/verify | $(VENV)/made
	$(INSTALL) '.[bulk]'
	@touch $(VENV)/base $@

$(VENV)/test: pyproject.toml $(VENV)/verify | $(VENV)/made
	$(INSTALL) '.[test]'
	@touch $(VENV)/base $(VENV)/bulk $@

$(VENV)/dev: pyproject.toml $(VENV)/verify | $(VENV)/made
	$(INSTALL) '.[dev]'
	@touch $(VENV)/base $(VENV)/bulk $(VENV)/test $@
