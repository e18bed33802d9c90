# The commands: demo, test, test-clients, check, bench. Each sets up .venv (and node_modules of the Node.js runtime) when missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
NODE_RUNTIME := src/gatewright/functions/runtimes/node
NODE_READY := $(NODE_RUNTIME)/node_modules/.package-lock.json
NODE_SDK := $(NODE_RUNTIME)/sdk
NODE_SDK_READY := $(NODE_SDK)/node_modules/.package-lock.json

JAVA_RUNTIME := src/gatewright/functions/runtimes/java

# Each deployment client in an environment of its own: its requirements are a file of that name, or the package-lock.json of
# its application.
CLIENT_PINS := $(wildcard tests/clients/requirements/*.txt)
CLIENTS_READY := $(patsubst tests/clients/requirements/%.txt,.clients/%/.ready,$(CLIENT_PINS))
ifneq ($(shell command -v npm 2>/dev/null),)
CLIENTS_READY += $(patsubst tests/clients/%/package-lock.json,.clients/%/.ready,$(wildcard tests/clients/*/package-lock.json))
endif
OUT_OF_REACH = { echo 'test-clients: $* was not installed (is its registry out of reach?); nothing was tested' >&2; exit 1; }

.PHONY: demo test test-clients check bench format clean

demo: $(READY) node-runtime java-runtime
	$(BIN)/python examples/demo.py

test: $(READY) node-runtime java-runtime
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-clients: $(READY) node-runtime $(CLIENTS_READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m clients tests/clients $(PYTEST_ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/style

bench: $(READY) node-runtime java-runtime
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gatewright needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(if $(wildcard $@),,--clear) $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

.clients/%/.ready: tests/clients/requirements/%.txt
	$(PYTHON) -m venv --clear .clients/$*
	.clients/$*/bin/python -m pip install --quiet --requirement $< || $(OUT_OF_REACH)
	touch $@

.clients/%/.ready: tests/clients/%/package-lock.json
	mkdir -p .clients/$*
	cp tests/clients/$*/package.json $< .clients/$*
	cd .clients/$* && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error || $(OUT_OF_REACH)
	touch $@

# AWS's own runtime interface client for Node.js, and the clients of its SDK. Without npm, Node.js functions answer with a clear error.
.PHONY: node-runtime
ifneq ($(shell command -v npm 2>/dev/null),)
node-runtime: $(NODE_READY) $(NODE_SDK_READY)
$(NODE_READY): $(NODE_RUNTIME)/package-lock.json
	cd $(NODE_RUNTIME) && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	touch $@
$(NODE_SDK_READY): $(NODE_SDK)/package-lock.json
	cd $(NODE_SDK) && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	touch $@
else
node-runtime:
	@echo 'npm is not installed: Node.js functions will not run (everything else does)'
endif

# The bootstrap of the Java runtimes. Without javac it is compiled when one is there, by the first Java function.
.PHONY: java-runtime
java-runtime: $(READY)
	@if command -v javac >/dev/null; then $(BIN)/python -m gatewright.functions.runtimes.java.bootstrap; fi

clean:
	rm -f $(JAVA_RUNTIME)/bootstrap-*.jar
	rm -rf $(VENV) .clients build dist .mypy_cache .ruff_cache .pytest_cache $(NODE_RUNTIME)/node_modules $(NODE_SDK)/node_modules
