# Each target makes the virtual environment that it needs. PYTHON may name another interpreter (3.11 to 3.13).
PYTHON ?= python3
BIN = .venv/bin

.PHONY: help app train space test lint format bench audit quality clean

help:
	@echo "make app     open the workshop at http://127.0.0.1:7860 (ARGS='--data DIR' for BUSI's test images)"
	@echo "make train   train a network (ARGS='--data DIR --out runs/mine')"
	@echo "make space SPACE=USER/NAME   put the workshop on a Hugging Face Space (ARGS='--hardware zero' with a free account, '--dry-run' only tells)"
	@echo "make test    run the tests (BUSI_DATA_DIR=DIR for those that need BUSI)"
	@echo "make lint    check style; make format mends it"
	@echo "make bench   measure serving: a quarter of an hour, on a machine that does nothing else; needs Chromium"
	@echo "make audit   known weaknesses of the packages in requirements.txt (asks PyPI's advisory service)"
	@echo "make quality what networks are worth on BUSI (ARGS='--data DIR'; hours, goes on where it stopped)"

app: .venv/ready
	$(BIN)/python app.py $(ARGS)

train: .venv/ready
	$(BIN)/python train.py $(ARGS)

space: .venv/ready
	@test -n "$(SPACE)" || { echo "error: say which Space: make space SPACE=USER/NAME" >&2; exit 2; }
	$(BIN)/python -m busi.space $(SPACE) $(ARGS)

test: .venv/dev-ready
	$(BIN)/python -m pytest $(ARGS)

lint: .venv/dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/dev-ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev-ready
	$(BIN)/python -m benchmarks.prediction
	$(BIN)/python -m benchmarks.simulation
	$(BIN)/python -m benchmarks.serving
	$(BIN)/python -m benchmarks.interactions
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.performance

audit: .venv/ready
	$(PYTHON) -m venv .venv/audit
	.venv/audit/bin/python -m pip install --quiet pip-audit
	.venv/audit/bin/pip-audit --strict --requirement requirements.txt $(ARGS)

quality: .venv/ready
	$(BIN)/python -m benchmarks.quality $(ARGS)

clean:
	rm -rf .venv

.venv/ready: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "Python 3.11 to 3.13 is needed, this is " + sys.version)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

.venv/dev-ready: .venv/ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@
