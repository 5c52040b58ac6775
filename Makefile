# Everything runs in a virtual environment that this file makes; nothing but Python 3.11+, make and git is presumed.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= out
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help run test test-fast lint format bench fuzz prism show clean

help: ## show what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMP) ## clean the sample corpus in seeds/ into a dataset in out/
	$(BIN)/copydesk run seeds/raw --output $(OUT) --overwrite

test: $(STAMP) ## all tests, warnings as errors
	$(BIN)/python -m pytest -n $(or $(JOBS),2)

test-fast: $(STAMP) ## only the tests that take milliseconds
	$(BIN)/python -m pytest -m "not slow"

lint: $(STAMP) ## format check, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config pyproject.toml

format: $(STAMP) ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) ## the measurements of benchmarks/, each prints its figures
	$(BIN)/python benchmarks/all.py

fuzz: $(STAMP) ## damage files of every format for MINUTES (30) and look for anything but a dead letter
	$(BIN)/python tests/parsers/fuzz_parsers.py --minutes $(or $(MINUTES),30)

prism: $(BIN)/prism ## build Beam's portable runner beside the environment's Python (needs Go)

$(BIN)/prism: $(STAMP)
	GOBIN=$(abspath $(BIN)) go install github.com/apache/beam/sdks/v2/go/cmd/prism@v$$($(BIN)/python -c 'import apache_beam; print(apache_beam.__version__)')

clean: ## remove the environment and all generated files
	rm -rf $(VENV) $(OUT) .$(OUT).copydesk dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else f"copydesk needs Python 3.11 to 3.13, $(PYTHON) is {sys.version.split()[0]}; try: make PYTHON=python3.12 ...")'
	@echo "setting up $(VENV) (once, some minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade pip -c constraints.txt
	$(PIP) install -c constraints.txt -e '.[test,lint]'
	@echo "compiling the kernels (once, half a minute)"
	@$(BIN)/python -c 'from pipeline.dedup.engine import prepare; prepare()'
	@touch $@
