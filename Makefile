# The same commands on a laptop and in CI. `make` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK)
# One BLAS/OpenMP thread a process: two that fight over two cores take ten times as long.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types architecture bench-main lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

$(VENV)/core: pyproject.toml $(LOCK)
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

$(VENV)/dev: $(VENV)/core
	$(PIP) --editable '.[dev]'
	$(PIP) --no-deps --requirement requirements-nodeps.lock
	@touch $@

demo: $(VENV)/core ## train and audit the bundled credit-risk model; prints the verdict and the path of the report
	@$(BIN)/steeled demo

test: $(VENV)/dev ## run every test
	$(BIN)/pytest -n 2 --dist loadfile

check: $(VENV)/dev lint types architecture test ## format, lint, types, architecture and all tests: what CI runs

format: $(VENV)/dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/dev ## check format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/dev ## check types, strictly
	$(BIN)/mypy

architecture: $(VENV)/dev ## check who imports whom
	$(BIN)/pytest -q tests/test_architecture.py

bench-main: $(VENV)/dev ## time to first verdict, repeated run, --help; one JSON line a figure
	$(BIN)/python benchmarks/main/run.py

lock: $(VENV)/dev ## pin what is installed now
	$(BIN)/python scripts/lock.py > $(LOCK).new && mv $(LOCK).new $(LOCK)

clean: ## remove what make made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist steeled-demo
