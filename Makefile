# The commands of the house. Everything needs only Python 3.11+ and make; `setup` brings the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.locked

# What one process has compiled, the others read.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test check bench soak clean

setup: $(STAMP) browser

$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Masquerade needs Python 3.11 or newer; set PYTHON=python3.x")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(STAMP)

# The browser tests want a Chromium, best the one without windows, which needs half the CPU time. As root on Debian it is installed;
# otherwise the tests say what is missing.
.PHONY: browser
browser:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && ! command -v chromium-headless-shell >/dev/null 2>&1 \
	    && ! command -v chromium >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1; then \
	  echo "installing Chromium for the browser tests"; \
	  export DEBIAN_FRONTEND=noninteractive; apt-get update -qq; \
	  apt-get install -y -qq chromium-headless-shell >/dev/null || apt-get install -y -qq chromium >/dev/null; fi

run: $(STAMP)
	$(BIN)/python supervisor.py run

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: setup
	$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder

bench: $(STAMP)
	$(BIN)/python -m bench

# Every fault of tests/faults for 30 s, in random order, for half an hour; SOAK_MINUTES=10 make soak for less.
soak: $(STAMP)
	$(BIN)/python -m tests.faults.soak

clean:
	rm -rf $(VENV) var logs .mypy_cache .ruff_cache .pytest_cache .hypothesis
