# make run | install | test | lint | prove | fuzz | bench | pictures | relock.  Each installs what it needs into .venv, once per lock file.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
LOCK := .ci/lock
INSTALL := $(BIN)/python -m pip --disable-pip-version-check -q install --require-hashes --no-deps
TEST_OPTIONS ?= -n 2 --dist loadfile
ARGS ?=
ONLY ?=
LINUX_X86 := $(filter Linux-x86_64,$(shell uname -s)-$(shell uname -m))

MINUTES ?= 60

.PHONY: run install server test lint prove prove-kills prove-statistics prove-validation prove-mutation fuzz bench pictures relock

run: install
	$(BIN)/python -m lims up

install: .venv/.default-installed

# PostgreSQL's driver, for those who set LIMS_DATABASE_URL.
server: .venv/.server-installed

test: .venv/.dev-installed
	$(BIN)/python -m pytest $(TEST_OPTIONS) -rs $(ARGS)

lint: .venv/.dev-installed
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# The long proofs, each with its record: a hundred kills on each engine; how often the intervals hold the truth; how often a simulated
# validation study calls a criterion met that is not; whether the tests of the formulas notice a wrong formula.
prove: prove-kills prove-statistics prove-validation prove-mutation

prove-kills: .venv/.dev-installed
	@mkdir -p docs/prove
	$(BIN)/python -m pytest -m prove --no-header -p no:cacheprovider -q -rs $(ARGS) tests/journeys > docs/prove/kills.txt; status=$$?; cat docs/prove/kills.txt; exit $$status

prove-statistics: .venv/.dev-installed
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.coverage_run > docs/statistics/coverage.txt; status=$$?; cat docs/statistics/coverage.txt; exit $$status

prove-validation: .venv/.dev-installed
	@mkdir -p docs/validation
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.validation_run > docs/validation/simulation.txt; status=$$?; cat docs/validation/simulation.txt; exit $$status

prove-mutation: .venv/.dev-installed
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.mutation_run > docs/statistics/mutation.txt; status=$$?; cat docs/statistics/mutation.txt; exit $$status

# Damaged instrument files for so many minutes: make fuzz MINUTES=60 ARGS="--seed 1". The figures of a run stand in docs/instruments.
fuzz: .venv/.dev-installed
	$(BIN)/python -m tests.instruments.fuzz --minutes $(MINUTES) $(ARGS)

bench: .venv/.dev-installed
	$(BIN)/python -m benchmarks $(ONLY)

# The pictures of docs/statistics, from the examples of its pages; those of docs/journeys, from a demonstration in a browser.
pictures: .venv/.dev-installed
	$(BIN)/python -m tests.docs.draw_statistics
	$(BIN)/python -m tests.browser.take_pictures

# Needs the program uv; the locks are committed, so nobody else does.
relock:
	.ci/relock

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.default-installed: $(LOCK)/default.txt $(LOCK)/extras.txt .ci/link-checkout | .venv/bin/python
	@echo "Installing what $(LOCK)/default.txt lists ..."
	$(INSTALL) -r $(LOCK)/default.txt
ifneq ($(LINUX_X86),)
	@# The one package of the extra "sqlite": a SQLite without the write-ahead-log fault.
	awk '/^[^ ]/ { wanted = /^pysqlite3==/ } wanted' $(LOCK)/extras.txt > .venv/sqlite.txt
	$(INSTALL) -r .venv/sqlite.txt
endif
	.ci/link-checkout
	@touch $@

.venv/.server-installed: $(LOCK)/extras.txt .venv/.default-installed
	$(INSTALL) -r $(LOCK)/extras.txt
	@touch $@

.venv/.dev-installed: $(LOCK)/dev.txt .venv/.default-installed
	@echo "Installing what $(LOCK)/dev.txt lists ..."
	$(INSTALL) -r $(LOCK)/dev.txt
	@touch $@
