# Two commands for newcomers: `make demo` and `make test`. Both set up .venv by themselves.
# The others are for those who work on the project; `make help` lists them.

PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11 python,\
	$(shell command -v $(p) >/dev/null 2>&1 && $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
BIN := .venv/bin/python
# An environment knows the folder it was made in, so a moved or copied checkout gets a fresh one.
HERE := $(shell pwd | cksum | cut -d ' ' -f 1)
READY := .venv/ready-$(HERE)
SUBPACKAGES := flows discretize analysis figures cli

.PHONY: help demo test test-all bench lint format types constraints clean

help:            ## list the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 14

demo: $(READY)   ## the paper's study on two problems: verdicts, proofs, figures, out/report.html
	@$(BIN) -m saddleode demo --out out

test: $(READY)   ## the unit tests, doctests included
	@$(BIN) -m pytest -m "not slow" -n 2

test-all: $(READY) ## every test, the slow ones too (the nightly run)
	@$(BIN) -m pytest -n 2

lint: $(READY)   ## ruff: rules and formatting
	@$(BIN) -m ruff check .
	@$(BIN) -m ruff format --check .

format: $(READY) ## let ruff mend what it can
	@$(BIN) -m ruff check --fix .
	@$(BIN) -m ruff format .

# The root folder is the package, whatever it is called on disk: mypy sees it through a link with the right name.
types: $(READY)  ## mypy, strict
	@mkdir -p .venv/types && ln -sfn ../.. .venv/types/saddleode
	@cd .venv/types && ../bin/python -m mypy --config-file ../../pyproject.toml \
		-m saddleode $(foreach p,$(SUBPACKAGES),-p saddleode.$(p))

constraints: $(READY) ## write the versions installed now to constraints.txt
	@$(BIN) -m pip --disable-pip-version-check freeze --exclude-editable --exclude setuptools > constraints.new
	@{ sed -n '/^#/p' constraints.txt; cat constraints.new; } > constraints.tmp
	@mv constraints.tmp constraints.txt && rm constraints.new

bench: $(READY)  ## the benchmark tables, in an environment of their own with the peers
	@test -x .venv-bench/bin/python || $(BIN) -m venv .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check install -qq \
		--constraint constraints.txt --editable '.[fast]' --requirement benchmarks/requirements.txt
	@.venv-bench/bin/python benchmarks/run.py

clean:           ## remove the environment and everything generated
	rm -rf .venv .venv-bench out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "saddleode needs Python 3.11 or newer; none was found. Install it, or name it: make PYTHON=/path/to/python $(MAKECMDGOALS)"; exit 2; }
	@test -f "$@" || rm -rf .venv
	@test -x $(BIN) || { echo "creating .venv with $(PYTHON)"; $(PYTHON) -m venv .venv; }
	@echo "installing saddleode and its tools (once)"
	@$(BIN) -m pip --disable-pip-version-check install -qq --constraint constraints.txt --editable '.[test]'
	@touch "$@"
