# Everything is installed into .venv from the lock files; delete that folder to start again.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: site serve publish test check audit screenshots lock labels clean

site: .venv/site-ready  ## Set up, then build the site into site/
	$(BIN)/reading-list build

serve: .venv/site-ready  ## Set up, then show the site on http://127.0.0.1:8000 and follow edits
	$(BIN)/reading-list serve

REMOTE ?= origin
BRANCH ?= gh-pages
publish: .venv/site-ready  ## Build, and push the site to a branch of a git remote; SITE_URL is its address
	$(if $(SITE_URL),,@echo 'note: without SITE_URL=https://… feeds have no addresses, and the 404 page no styles below a path' >&2)
	@# Somebody else may have published last: get what the branch holds now.
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

audit: site .venv/test-ready  ## Look at the site with Lighthouse, axe and html-validate, and weigh its pages; needs Chromium and node 20
	$(BIN)/python benchmarks/weight.py
	$(BIN)/python benchmarks/audit.py

screenshots: site .venv/test-ready  ## Photograph every kind of page, phone and desktop, light and dark, into screenshots/; needs Chromium
	$(BIN)/python benchmarks/screenshots.py

# ours: begin
.PHONY: soak bench bench-matching artwork

soak: .venv/test-ready  ## Run the tests that take many minutes, such as 100,000 broken inputs
	$(BIN)/python -m pytest -m soak

bench: .venv/test-ready  ## Measure import, generate and build
	$(BIN)/python benchmarks/measure.py
	$(BIN)/python benchmarks/growth.py
	$(BIN)/python benchmarks/serving.py

bench-matching: .venv/test-ready  ## Measure how well and how fast duplicates are found, compared with other ways, and write it into docs/matching.md
	$(BIN)/python benchmarks/matching.py --write

artwork: site .venv/test-ready  ## Renew the picture in the README and the one that links to the site show; needs Chromium
	$(BIN)/python benchmarks/screenshots.py --readme --card
# ours: end

lock: .venv/test-ready  ## Renew the lock files from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade --quiet --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra zensical --extra enrich --group build --group dev --constraint requirements.txt --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade --quiet --output-file requirements-dev.txt

clean:
	rm -rf .venv site screenshots .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Deleted if it cannot be finished: half a .venv would pass for a whole one the next time.
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
