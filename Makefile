# make demo    a believable firm, at http://127.0.0.1:8000
# make run     the same with your own data, in instance/
# make test    every test, on SQLite and on PostgreSQL, with a browser
# make check   ruff, mypy, import contracts, catalogues
# make bench   the figures of the README
#
# Tests run in WORKERS processes at once: twice the two cores of a small machine, since many of them wait.
# Settings are taken from the environment and listed in the README. Another Python: make demo PYTHON=python3.13

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 4
export PORT
# Or each of the many processes that the tests start would compile all modules anew:
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --maxschedchunk=1
LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet $(if $(RENEW),--upgrade) --allow-unsafe --strip-extras \
	--no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: demo run test check tidy bench messages lock screenshots clean set-up set-up-tests

demo: export PORTAL_INSTANCE ?= instance/demo
demo: set-up
	@$(FLASK) db upgrade
	@$(FLASK) demo load --if-empty $(if $(LOCALE),--locale $(LOCALE))
	@echo
	@echo "  The portal:   http://127.0.0.1:$(PORT)"
	@echo "  Sign in as:   owner@demo.example, sales@demo.example, marketing@demo.example, support@demo.example"
	@echo "  Password:     retention-demo"
	@echo "  To stop:      Ctrl+C"
	@echo
	@exec $(FLASK) serve

run: export PORTAL_INSTANCE ?= instance
run: set-up
	@$(FLASK) db upgrade
	@echo
	@echo "  The portal:   http://127.0.0.1:$(PORT)"
	@echo "  To stop:      Ctrl+C"
	@echo
	@exec $(FLASK) serve

test: set-up-tests
	PORTAL_TEST_DATABASE=sqlite $(PYTEST)
	PORTAL_TEST_DATABASE=postgresql $(PYTEST)

check: set-up-tests
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q tests/test_catalogues.py

# Put the code into the shape that `make check` asks for, where a tool can.
tidy: set-up-tests
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .

bench: set-up-tests
	$(BIN)/python -m bench

# Look for new words in the code and the templates, and bring the catalogues up to date with them.
messages: set-up-tests
	@$(BIN)/python -m tests.catalogues

# Lock what pyproject.toml and package.json ask for. What is locked stays as it is; `make lock RENEW=1` takes the newest.
lock: set-up-tests
	@$(BIN)/pip install --quiet --disable-pip-version-check "pip-tools>=7.6,<8"
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	npm $(if $(RENEW),update,install) --package-lock-only --ignore-scripts --no-audit --no-fund

# The pictures of the README, taken of the demo.
screenshots: set-up-tests
	$(BIN)/python -m tests.screenshots

set-up:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("The portal needs Python 3.11 or newer; this is %s. Name another one: make PYTHON=python3.13" % sys.version.split()[0])'
	@$(PYTHON) -I portal/set_up.py

set-up-tests:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("The portal needs Python 3.11 or newer; this is %s. Name another one: make PYTHON=python3.13" % sys.version.split()[0])'
	@$(PYTHON) -I portal/set_up.py --tests

# What set-up and the tools have made. The data in instance/ stays.
clean:
	rm -rf .venv node_modules static/vendor .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find portal -name '*.mo' -delete
