# Two commands do all the set-up: `make run` and `make test`. Needs Python 3.11, pip, gcc and make.
PYTHON ?= python3.11
PYTHON := $(if $(shell command -v $(PYTHON) 2>/dev/null),$(PYTHON),python3)
VENV   := .venv
BIN    := $(VENV)/bin
JOBS   ?= 2

.PHONY: run test lint types check verify benchmark bench docs validation lock clean

run: $(VENV)/.run ## set up, simulate a representative day of March 2018, print where the results lie
	$(BIN)/strait run scenario=march_2018

test: $(VENV)/.dev ## set up, then lint, types, import rules and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n $(JOBS) -m "not slow"

verify: $(VENV)/.dev ## the longer verification: statistical oracles, many random networks, the whole month
	$(BIN)/pytest -q -n $(JOBS) -m slow

benchmark: $(VENV)/.dev ## our reference engine against the textbook model
	$(BIN)/python -m tests.benchmarks.engines

bench: $(VENV)/.bench ## all engines side by side: table and figure in results/bench (some ten minutes)
	$(BIN)/python -m tests.benchmarks.bench

docs: $(VENV)/.dev ## make the generated pages again (docs/columns.md, docs/metrics.md, docs/scenario.md, docs/study.md)
	$(BIN)/python -m docs.generate

validation: $(VENV)/.dev ## calibrate the fog of 2018, simulate, and write docs/validation.md again (about four minutes with numba; finished parts are kept)
	$(BIN)/python -m docs.validation

lock: ## make both lock files again (needs uv)
	for name in requirements requirements-dev requirements-bench; do \
	  uv pip compile -q --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links $$name.in -o $$name.lock; \
	done

clean:
	rm -rf $(VENV) build *.egg-info

# A stamp is written only after its install has finished, so a broken one is taken up again. A lock file names every package,
# so nothing is resolved (--no-deps): older releases of pip refuse `coverage[toml]` once a newer coverage is published.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 2; }
	$(PYTHON) -m venv $(VENV) || { echo "no venv module: install python3-venv (Debian, Ubuntu)"; exit 2; }

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.bench: requirements-bench.lock $(VENV)/.dev
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-bench.lock
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	touch $@
