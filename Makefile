# `make help` lists what there is. Each target first makes .venv ready (tools/setup.py, under 0.3 s when it is).
PYTHON ?= python3
BIN := .venv/bin
COMPOSE ?= docker compose
SOURCES := conftest.py libs services gateway launcher tools tests-e2e
# What holds tests: pytest refuses folders that do not exist.
TESTS := $(wildcard libs services gateway launcher tools)

# Where mail goes when what runs is what `make up` started.
MAILPIT = $(if $(shell $(COMPOSE) ps --quiet envoy 2>/dev/null),--mailpit http://127.0.0.1:8025)

# Images of Python often set it: each process then compiles again all that it imports, two seconds of a processor.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run demo test up down e2e bench faults fuzz mutation check format lock topology clean setup setup-dev secrets

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## everything in one process on http://localhost:8080 (SQLite, nothing else needed)
	@exec $(BIN)/bailleurs serve

demo: setup ## the whole journey against what runs, `make run` or `make up`: from the registry to the receipt
	@exec $(BIN)/bailleurs demo $(MAILPIT)

test: setup-dev ## all tests; those with containers where an engine answers
	@$(BIN)/python -m tools.testing $(TESTS)

up: setup secrets ## one process a service with Docker Compose, on http://localhost:8080
	@$(COMPOSE) up --detach --build --wait --wait-timeout 300
	@echo "Mon Compte Partenaire: http://$$($(COMPOSE) port envoy 8080 | sed s/127.0.0.1/localhost/)"
	@echo "Mail that was sent:    http://$$($(COMPOSE) port mailpit 8025 | sed s/127.0.0.1/localhost/)"

down: ## stop them and forget their data
	@# By name and from elsewhere: the file asks for secrets, which stopping does not need.
	@cd / && $(COMPOSE) --project-name offre-bailleurs down --volumes --remove-orphans

e2e: setup-dev ## the journeys, the pages, the contracts and every container killed in turn, on what `make up` runs
	@$(BIN)/python -m pytest tests-e2e
	@# Last: what was killed takes a while to warm up again.
	@$(BIN)/python -m pytest tests-e2e/faults

bench: setup-dev ## how fast each part is beside its bare cost; BENCH=gateway|… for one; results in var/bench/
	@$(BIN)/python -m tools.bench $(BENCH)

faults: setup-dev ## kill, cut and slow down what `make up` runs, and count what was lost
	@$(BIN)/python -m tools.extra tests-e2e/faults

fuzz: setup-dev ## requests made up from the OpenAPI documents, against what runs at BAILLEURS_URL
	@$(BIN)/python -m tools.fuzz

mutation: setup-dev ## how many small faults in the rules (`domain`) the tests notice; SERVICE=declaration for one; results in var/mutation/
	@$(BIN)/python -m tools.mutation $(SERVICE)

check: setup-dev ## format, lint, types, imports, freshness of what is generated, security requirements without a test
	@$(BIN)/python -m tools.check $(wildcard $(SOURCES))

format: setup-dev ## what `make check` would complain about, corrected
	@$(BIN)/ruff format $(wildcard $(SOURCES))
	@$(BIN)/ruff check --fix $(wildcard $(SOURCES))

lock: setup-dev ## write requirements/*.txt again from the pyproject.toml files
	@$(BIN)/python -m tools.lock

topology: setup ## write what RabbitMQ loads (deploy/rabbitmq/definitions.json) again from the subscriptions
	@$(BIN)/python -m tools.topology

clean: ## forget .venv, caches, what was built, and the data under var/
	@rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -rf libs/webui/webui/static libs/webui/node_modules services/documents/node_modules services/documents/documents/rendering/fonts
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@$(PYTHON) -m tools.setup

setup-dev:
	@$(PYTHON) -m tools.setup --dev

secrets:
	@$(BIN)/python -m tools.secrets
