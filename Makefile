# Everything installs into .venv from the lock files; delete that folder to start anew.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: site serve publish test check audit screenshots lock labels clean

site: .venv/site-ready  ## Set up, then build the site into site/
	$(BIN)/reading-list build

serve: .venv/site-ready  ## Set up, then show the site on http://127.0.0.1:8000 and rebuild on changes
	$(BIN)/reading-list serve

REMOTE ?= origin
BRANCH ?= gh-pages
publish: .venv/site-ready  ## Build, and push the site to a branch of a git remote; SITE_URL is its address
	$(if $(SITE_URL),,@echo 'note: without SITE_URL=https://… feeds have no addresses, and the 404 page no styles below a path' >&2)
	@# Whoever published last: this clone need not know yet what the branch holds now.
	@found=$$(git ls-remote $(REMOTE) refs/heads/$(BRANCH)) && { test -z "$$found" || git fetch --quiet $(REMOTE) +refs/heads/$(BRANCH):refs/heads/$(BRANCH); }
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs gh-deploy --strict --remote-name $(REMOTE) --remote-branch $(BRANCH)

labels:  ## Make the labels of the issue forms on GitHub; needs gh
	.github/scripts/labels

test: .venv/test-ready  ## Set up, then run every check and test
	$(MAKE) check
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

check: .venv/test-ready  ## Format, lint, types, and the records themselves
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/reading-list check

audit: site .venv/test-ready  ## Look at the site with Lighthouse, axe and html-validate, and weigh its pages; needs node 20
	$(BIN)/python benchmarks/weight.py
	$(BIN)/python benchmarks/audit.py

screenshots: site .venv/test-ready  ## Photograph every kind of page, phone and desk, light and dark, into screenshots/
	$(BIN)/python benchmarks/screenshots.py

# ours: begin
.PHONY: soak bench bench-matching artwork

soak: .venv/test-ready  ## The tests that take many minutes: 100,000 broken inputs, and the like
	$(BIN)/python -m pytest -m soak

bench: .venv/test-ready  ## Measure import, generate and build
	$(BIN)/python benchmarks/measure.py
	$(BIN)/python benchmarks/growth.py
	$(BIN)/python benchmarks/serving.py

bench-matching: .venv/test-ready  ## Measure how well and how fast duplicates are found, beside other ways, into docs/matching.md
	$(BIN)/python benchmarks/matching.py --write

artwork: site .venv/test-ready  ## Renew the README's picture and the card that links to the site show
	$(BIN)/python benchmarks/screenshots.py --readme --card
# ours: end

lock: .venv/test-ready  ## Renew the lock files from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade --quiet --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra zensical --extra enrich --group build --group dev --constraint requirements.txt --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade --quiet --output-file requirements-dev.txt

clean:
	rm -rf .venv site screenshots .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

# A .venv that could not be finished would pass for one the next time.
.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 site")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; false; }

.venv/site-ready: .venv/bin/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/test-ready: .venv/site-ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@
