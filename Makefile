# make setup   a virtual environment with the locked dependencies and the command .venv/bin/hubsearch
# make demo    harvest the bundled sample and serve it (PORT=8000)
# make grown-demo   the same on PostgreSQL and Elasticsearch, started for it (needs what the tests need)
# make test    everything the tests need, then the tests
# make check   lint and types
# make lock    renew the lock files after a change of pyproject.toml

PORT ?= 8000
# The newest Python at hand that is new enough; `make PYTHON=/path/to/python …` takes another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url

.PHONY: setup demo grown-demo test check format lock clean

setup: .venv/.ready

# Renewed whenever what it is made from changes. A half-made environment never counts as ready.
.venv/.ready: pyproject.toml requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "hubsearch needs Python 3.11 or newer; install it, or say make PYTHON=/path/to/python" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
		rm -rf .venv; \
		echo "Could not make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing the locked dependencies into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	@$(BIN)/hubsearch demo --port $(PORT)

grown-demo: setup
	@$(BIN)/python -m tests.servers.grown_demo --port $(PORT)

test: setup
	@$(BIN)/python -m tests.servers
	$(BIN)/pytest -n auto --dist worksteal

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --group dev pyproject.toml -o requirements-dev.txt
	$(COMPILE) -c requirements-dev.txt --group build -o requirements-build.txt

clean:
	rm -rf .venv build dist *.egg-info
