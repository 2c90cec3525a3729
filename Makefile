# Every target works from a fresh clone: what it needs is installed on first use.
PYTHON ?= python3
STAGE ?= dev
VENV := .venv
BIN := $(VENV)/bin
# Emptied, so that a virtual environment somebody has active does not leak in.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export PYTHONDONTWRITEBYTECODE :=
export NO_UPDATE_NOTIFIER := 1

READY := $(VENV)/.ready
NODE_READY := node_modules/.ready
# xdist workers: tests of the fast part are CPU-bound, so one per core.
WORKERS ?= auto
# End-to-end tests side by side, each worker with a system of its own; 0: one after the other. A test
# in a browser waits for a third of its time, so two cores are busy with three.
SYSTEMS ?= 3
# Further tries of a browser test that failed; the run says which needed one, and why. Three at most in a run.
RETRIES ?= 0
# Cases of the end-to-end test of random events, at least; it takes about a second for each.
LIVES ?= $(if $(FULL),150,40)
# Empty: pages are checked in one language of each direction, and the API by fewer generated calls.
FULL ?=
export LIVES FULL

.PHONY: desk-race mutate smoke bilan faults hostile logs on-call classifier recount lists verify-history erase help run demo test check types fast synth deploy staff-add staff-reset staff-disable staff-list bench evaluate competence simulate lock docs doctor .venv
.DEFAULT_GOAL := help

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) $(NODE_READY)  ## start the whole system here (PORT=8080 or a free one, STATE=.local, RESET=1 starts clean)
	@$(BIN)/python -m local

demo: $(READY) $(NODE_READY)  ## send the synthetic reports and play the people who work on them
	@$(BIN)/python -m harness.demo

bilan: $(READY) $(NODE_READY)  ## replay the founding case: 7,083 synthetic reports against the published table
	@$(BIN)/python -m harness.bilan

hostile: $(READY) $(NODE_READY)  ## try strings that were made to hurt (FILE=, one to a line or a JSON list; else ours)
	@$(BIN)/python -m harness.hostile $(FILE)

faults: $(READY) $(NODE_READY)  ## fail one AWS call in ten and compare what is left with what was sent, then one in five with files (SEED=1, FULL=1)
	@$(BIN)/python -m harness.faults --seed $(or $(SEED),1) $(if $(FULL),--batches 10)
	@$(BIN)/python -m harness.faults.files --seed $(or $(SEED),1) $(if $(FULL),--files 200 --bytes 5000000)

lists: $(READY)  ## lists of known material: STAGE= DO=show|load|withdraw|check|again|tidy [FILE= MANIFEST=] [NAME=] [GO=1]
	@$(BIN)/python -m tools.known_lists --stage $(STAGE) $(if $(FILE),--file "$(FILE)") $(if $(MANIFEST),--manifest "$(MANIFEST)") $(if $(NAME),--name "$(NAME)") $(if $(GO),--go) $(or $(DO),show)

recount: $(READY)  ## compare the counters of the bilan with the table, and repair them (ARGS=--only-compare)
	@$(BIN)/python -m tools.recount $(ARGS)

check: $(READY) $(NODE_READY)  ## lint, types, unit and contract tests, which hold generated files to their sources (under a minute)
	@echo "== lint"; $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j 2 types fast

# Beside each other: without its cache mypy keeps one core busy for minutes.
types:
	@echo "== types"; $(BIN)/mypy

fast:
	@echo "== unit and contracts"; $(BIN)/pytest -q -n $(WORKERS) --dist worksteal tests/unit tests/contracts

test: check  ## everything: check, then reading, emulator, integration, workflow, infra and browser tests (FULL=1: every language and more generated calls; LIVES=500: more random lives)
	@sh tools/chromium.sh
	@echo "== reading, emulator, integration, workflow, infra"; $(BIN)/pytest -q -n $(WORKERS) --dist loadgroup tests/reading tests/local tests/infra tests/workflow tests/integration
	@echo "== end to end"; $(BIN)/pytest -q -n $(SYSTEMS) --dist loadgroup --no-loadscope-reorder \
		--reruns $(RETRIES) --max-suite-reruns 3 --rerun-show-tracebacks tests/e2e

mutate: $(READY)  ## change the law of a case, one entry at a time, and name each change that no test notices
	@$(BIN)/python -m tools.mutate

synth: $(READY) $(NODE_READY)  ## write the CloudFormation templates of STAGE to cdk.out, offline
	@$(BIN)/python -m local.synth --stage $(STAGE) --out cdk.out

doctor: $(READY)  ## look at the AWS account of STAGE before a deployment: what is good, what is to be done
	@$(BIN)/python -m tools.doctor --stage $(STAGE)

deploy: $(READY) $(NODE_READY)  ## cdk deploy of STAGE, with the credentials of your shell
	@$(BIN)/python -m tools.site.publish --stage $(STAGE) --assets
	@STAGE=$(STAGE) $(BIN)/python -m local.cdk deploy --all
	@$(BIN)/python -m tools.site.publish --stage $(STAGE)

staff-add: $(READY)  ## invite a person, or change their role: EMAIL= NAME= ROLE= [UNIT=] [OFFICE= COURT=] STAGE=local|dev|prod
	@STAGE=$(STAGE) $(BIN)/python -m local.staff add --email "$(EMAIL)" --name "$(NAME)" --role "$(ROLE)" --unit "$(UNIT)" --office "$(OFFICE)" --court "$(COURT)"

staff-reset: $(READY)  ## invite somebody anew: an invitation ran out, a factor was lost: EMAIL= STAGE=
	@STAGE=$(STAGE) $(BIN)/python -m local.staff reset --email "$(EMAIL)"

staff-disable: $(READY)  ## end all sessions of somebody and give back what they hold: EMAIL= STAGE=
	@STAGE=$(STAGE) $(BIN)/python -m local.staff disable --email "$(EMAIL)"

staff-list: $(READY)  ## everybody with an account: role, unit, factors: STAGE=
	@STAGE=$(STAGE) $(BIN)/python -m local.staff list

smoke: $(READY)  ## try what was deployed, by trials that touch nobody: STAGE=local|dev|prod
	@$(BIN)/python -m harness.smoke --stage $(STAGE)

logs: $(READY)  ## ask a saved query of the logs: STAGE= [QUERY='What failed'] [HOURS=3]; one report: BY=reference ID=
	@$(BIN)/python -m tools.ask_logs --stage $(STAGE) $(if $(QUERY),--query "$(QUERY)") $(if $(HOURS),--hours "$(HOURS)") $(if $(BY),--by "$(BY)") $(if $(ID),--id "$(ID)")

on-call: $(READY)  ## what each alarm means, what to run first and the way back, with the names of STAGE
	@$(BIN)/python -m tools.on_call --stage $(STAGE)

verify-history: $(READY)  ## check every chain: TABLE= [CASE=] or FILE=, with SEALS=, KEY= and TOLD= against the signed heads
	@$(BIN)/python -m tools.verify_history $(if $(FILE),--file "$(FILE)",--table "$(TABLE)") $(if $(CASE),--case "$(CASE)") $(if $(SEALS),--seals "$(SEALS)") $(if $(KEY),--key "$(KEY)") $(if $(TOLD),--told "$(TOLD)")

erase: $(READY)  ## erase a report for good: REFERENCE= BY= TABLE=
	@$(BIN)/python -m tools.erase_report --table "$(TABLE)" --reference "$(REFERENCE)" --by "$(BY)"

bench: $(READY) $(NODE_READY)  ## count calls, write units and transitions; write build/bench.json
	@sh tools/chromium.sh chromium
	@$(BIN)/python -m harness.bench

desk-race: $(READY) $(NODE_READY)  ## work at the desk by keyboard: decisions, glances, screens, lists, alerts; write build/desk.json
	@sh tools/chromium.sh chromium
	@$(BIN)/python -m harness.bench.desk

evaluate: $(READY)  ## measure the assessment on labelled reports: FILE=path.jsonl
	@$(BIN)/python -m harness.evaluation "$(or $(FILE),harness/demo/reports.jsonl)"

# What only the training needs is installed beside the rest, and by nothing else.
classifier: $(READY)  ## train the classifier again, after its reports or the lexicons have changed
	@$(BIN)/python tools/bootstrap.py $(VENV) requirements/train.lock
	@$(BIN)/python -m harness.evaluation.train

competence: $(READY)  ## explain a decision: Q="fraud, Salé" (category, place, country code if abroad)
	@$(BIN)/python -m tools.competence "$(Q)"

simulate: $(READY)  ## show what a changed pack would move: PACK=folder FILE=path.jsonl
	@$(BIN)/python -m harness.evaluation.simulate "$(or $(FILE),harness/demo/reports.jsonl)" --pack "$(PACK)"

docs: $(READY) $(NODE_READY)  ## write the generated documents again
	@$(BIN)/python -m tools.openapi && $(BIN)/python -m tools.lifecycle && $(BIN)/python -m tools.quotas && $(BIN)/python -m tools.generate_docs && $(BIN)/python -m tools.site

lock: $(READY) $(NODE_READY)  ## compile the lock files from requirements/*.in and package.json
	@sh tools/lock.sh $(BIN)/uv

.venv: $(READY)

$(READY): requirements/dev.lock
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Python 3.11 or newer is needed; '$(PYTHON)' was not found. Name one with PYTHON=" >&2; exit 1; }
	@$(PYTHON) tools/bootstrap.py $(VENV) requirements/dev.lock
	@touch $@

$(NODE_READY): package.json package-lock.json | $(READY)
	@echo "Installing the node tools"
	@$(BIN)/npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@
