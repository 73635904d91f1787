# The two commands are `make run` and `make test`; `make help` lists the others.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header
UPDATE := $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap -i .venv/messages.pot -d clientes_app/translations

.DEFAULT_GOAL := help
.PHONY: help run test lint format audit translations lock bench crash coverage

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: .venv/run ## start the app on http://127.0.0.1:8000 (PORT changes it)
	@PREPARE=yes exec $(BIN)/gunicorn wsgi:app

test: lint ## check everything: style, types, tests, real browser
	@$(BIN)/python -m pytest -n 2

bench: .venv/dev ## measure the sender beside the SDK alone (OPTIONS=--quick: a tenth)
	@$(BIN)/python -m tests.bench $(OPTIONS)

crash: .venv/dev ## kill the sender a hundred times on each database, and workers
	@CRASH_KILLS=100 $(BIN)/python -m pytest -n 2 tests/e2e/test_chaos.py tests/engine/test_chaos.py

coverage: .venv/dev ## show which lines no test reaches (OPTIONS=tests/clients: of some tests only)
	@$(BIN)/python -m pytest -n 2 --cov --cov-report=term-missing:skip-covered $(OPTIONS)

lint: .venv/dev ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: .venv/dev ## write the code in the common style
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

audit: .venv/dev ## look for known weaknesses in the libraries (asks the network)
	@$(BIN)/pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r requirements.txt || { code=$$?; \
	  echo "make audit: not clean (see above), or the advisories cannot be reached without a network: nothing is proved" >&2; exit $$code; }

translations: .venv/dev ## take new sentences into the Spanish catalogue, and compile it
	@$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext -k lazy_pgettext:1c,2 -k translatable --add-location=file -o .venv/messages.pot .
	@$(UPDATE) --check 2>/dev/null || $(UPDATE)
	@$(BIN)/pybabel -q compile -d clientes_app/translations

lock: OPTIONS = --upgrade
lock: .venv/dev ## pin the newest libraries that requirements*.in allow (OPTIONS=: keep the present pins)
	@$(LOCK) $(OPTIONS) requirements.in -o requirements.txt
	@$(LOCK) $(OPTIONS) requirements-dev.in -o requirements-dev.txt

.venv/run: requirements.txt
	@$(PYTHON) -c "import ensurepip" 2>/dev/null || tests/install_system_packages.sh python3-venv
	@$(PYTHON) -m venv .venv
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/run
	@$(INSTALL) -r requirements-dev.txt
	@tests/install_system_packages.sh
	@touch $@
