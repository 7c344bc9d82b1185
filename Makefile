# Each target makes the virtual environment that it needs. PYTHON may name another interpreter (3.11 to 3.13).
PYTHON ?= python3
BIN = .venv/bin

.PHONY: help app train space quick test lint lint-scripts format vendor bench audit lock pins quality clean

help:
	@echo "make app     open the workshop at http://127.0.0.1:7860 (ARGS='--data DIR' for BUSI's test images)"
	@echo "make train   train a network (ARGS='--data DIR --out runs/mine')"
	@echo "make space SPACE=USER/NAME   put the workshop on a Hugging Face Space (ARGS='--hardware zero' with a free account, '--dry-run' only tells)"
	@echo "make quick   run the unit tests, in under a minute"
	@echo "make test    run all tests (BUSI_DATA_DIR=DIR for those that need BUSI)"
	@echo "make lint    check style (of scripts where npm is); make format mends it"
	@echo "make vendor  write busi/web/vendor again (needs npm)"
	@echo "make bench   measure serving: a quarter of an hour, on a machine that does nothing else; needs Chromium"
	@echo "make audit   known weaknesses of the locked packages (asks PyPI and OSV, and says what they did not answer)"
	@echo "make lock    write both locks again (ARGS=--upgrade for newer versions); make pins those of the images"
	@echo "make quality what networks are worth on BUSI (ARGS='--data DIR'; hours, goes on where it stopped)"

app: .venv/ready
	$(BIN)/python app.py $(ARGS)

train: .venv/ready
	$(BIN)/python train.py $(ARGS)

space: .venv/ready
	@test -n "$(SPACE)" || { echo "error: say which Space: make space SPACE=USER/NAME" >&2; exit 2; }
	$(BIN)/python -m busi.server.space $(SPACE) $(ARGS)

quick: .venv/dev-ready
	$(BIN)/python -m pytest tests/unit $(ARGS)

test: .venv/dev-ready
	$(BIN)/python -m pytest $(ARGS)

lint: .venv/dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/pyright --warnings
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory lint-scripts; \
	elif [ -n "$$CI" ]; then echo "error: CI must lint the scripts, and npm is missing" >&2; exit 1; \
	else echo "the scripts are not linted: npm is missing"; fi

lint-scripts: node_modules/ready
	npm run --silent lint

format: .venv/dev-ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory node_modules/ready && npm run --silent format; fi

# Bundles what the charts use of d3 into one readable module, from the versions that package-lock.json holds.
vendor: node_modules/ready
	npm run --silent vendor

bench: .venv/dev-ready
	$(BIN)/python -m benchmarks.prediction
	$(BIN)/python -m benchmarks.simulation
	$(BIN)/python -m benchmarks.serving
	$(BIN)/python -m benchmarks.phone
	$(BIN)/python -m benchmarks.interactions
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.performance

audit:
	$(PYTHON) -m venv .venv/audit
	.venv/audit/bin/python -m pip install --quiet 'pip-audit>=2.9,<3'
	.venv/audit/bin/python deploy/audit.py $(ARGS)

# For Python 3.11 to 3.13 on Linux, macOS and Windows. Versions stay as they are in the locks, unless ARGS=--upgrade.
LOCK = .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make lock" $(ARGS)

lock:
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install --quiet 'uv>=0.9,<1'
	$(LOCK) --output-file requirements.lock requirements.txt
	$(LOCK) --output-file requirements-dev.lock --constraint requirements.lock requirements-dev.txt

# Asks Docker's registry what the images' names stand for today, and writes that into deploy/.
pins:
	@set -e; for image in $$(grep -hoE '(python|nginx):[^@ ]+@' deploy/Dockerfile deploy/compose.yaml | tr -d @); do \
		digest=$$(docker buildx imagetools inspect $$image --format '{{.Manifest.Digest}}'); \
		sed -i.before "s|$$image@sha256:[0-9a-f]*|$$image@$$digest|" deploy/Dockerfile deploy/compose.yaml; \
		echo "$$image@$$digest"; \
	done; rm -f deploy/*.before

quality: .venv/ready
	$(BIN)/python -m experiments.quality $(ARGS)

clean:
	rm -rf .venv node_modules

.venv/ready: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "Python 3.11 to 3.13 is needed, this is " + sys.version)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	touch $@

.venv/dev-ready: .venv/ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

node_modules/ready: package-lock.json
	npm ci --silent --no-fund --no-audit
	touch $@
