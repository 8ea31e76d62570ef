# Every target is one script of scripts/. Flags go along: make run ARGS="--port 9000"
ARGS ?=

.PHONY: help run test check watch bench setup clean
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nFlags go along in ARGS, for example: make run ARGS="--port 9000"\n'

run: ## Fetch what is missing, build, and start the dashboard on http://127.0.0.1:8090
	@scripts/run.sh $(ARGS)

test: ## Run every check and test, the browser's too (installs Chromium where there is none)
	@scripts/test.sh $(ARGS)

check: ## Formatting, lints (native and WebAssembly), documentation, dependencies of the front end
	@scripts/check.sh

watch: ## Build, serve, and do both again on every change
	@scripts/watch.sh $(ARGS)

bench: ## Measure, and print one table; ARGS="--short --against COMMIT" compares
	@scripts/bench.sh $(ARGS)

setup: ## Only fetch the parts and tools into .parts
	@scripts/setup.sh

clean: ## Remove what was built; fetched parts and the private Redis's data stay
	@rm -rf target end2end/test-results end2end/playwright-report
