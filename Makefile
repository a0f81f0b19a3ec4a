# Two commands matter: `make demo` and `make test`. Each sets up everything it needs in .venv.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEMO   ?= build/demo

.PHONY: demo test docs metamorphic sentences fuzz bench check lock clean
.DEFAULT_GOAL := demo

$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV), once: some 50 packages (50 MB) are downloaded, which takes a minute or two."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

# Reviews the example series against the miniature kernel in examples/ and says where the report is.
demo: $(READY)
	mkdir -p $(DEMO)
	@echo "Reviewing the example series: a few seconds."
	$(BIN)/reviewbot review examples/series.mbox --tree examples/linux --no-network \
		--format text --format html -o html=$(DEMO)/review.html
	@echo
	@echo "The report: $(abspath $(DEMO))/review.html"

# The documentation as a site, with every link checked. The builder is pinned apart: nothing else needs it.
SITE ?= build/site
docs: $(READY)
	@test -x build/docs/bin/mkdocs || echo "Setting up build/docs, once: 35 packages are downloaded."
	test -x build/docs/bin/mkdocs || $(PYTHON) -m venv --clear build/docs
	build/docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.lock
	$(BIN)/python docs/build_site.py build/site-source
	build/docs/bin/mkdocs build --quiet --strict --config-file build/site-source/mkdocs.yml --site-dir $(abspath $(SITE))
	@echo "The site: $(abspath $(SITE))/index.html"

# b4 with its review screen, for the tests that drive it.
build/b4/bin/b4: requirements-b4.lock
	@echo "Setting up build/b4, once: 40 packages are downloaded."
	$(PYTHON) -m venv --clear build/b4
	build/b4/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-b4.lock
	touch $@

# Everything that needs no network beyond the package registry, and no kernel tree; one process for each core. Tests of
# one file stay together: they share what they have made.
JOBS ?= auto
test: check
	$(BIN)/pytest -q -n $(JOBS) --dist loadfile

# Every relation of tests/metamorphic on every series that can be found; real threads and kernels through the
# variables REVIEWBOT_SHARED (or REVIEWBOT_THREADS) and REVIEWBOT_KERNELS. With all of them it takes hours.
metamorphic: $(READY)
	$(BIN)/pytest -q -n 2 --dist loadgroup -m metamorphic tests/metamorphic

# Writes docs/sentences.md anew: what every rule says of its own examples.
sentences: $(READY)
	$(BIN)/python tests/checks/update_sentences.py

# Mails that are made to cost much, and damaged ones for MINUTES; SEED repeats an earlier run.
MINUTES ?= 60
SEED ?= $(shell date +%Y%m%d)
fuzz: $(READY)
	REVIEWBOT_SEED=$(SEED) REVIEWBOT_FUZZ_MINUTES=$(MINUTES) $(BIN)/pytest -q -m hostile tests/hostile

# What reviews and scans cost, as ratios of one run: TREE names an unpacked kernel or a repository of one.
bench: $(READY)
	@test -n "$(TREE)" || { echo "make bench TREE=DIR: which kernel?"; exit 2; }
	$(BIN)/python benchmarks/ratios.py --tree $(TREE)
	$(BIN)/python benchmarks/scan.py --tree $(TREE)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy

# Pins every dependency again, and then the tools that do it: they are installed by their own hashes, in a place apart.
COMPILE = build/lock/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
lock:
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-tools.lock
	$(COMPILE) --extra dev -o requirements.lock pyproject.toml
	$(COMPILE) --no-annotate -o requirements-tools.lock requirements-tools.in
	$(COMPILE) --no-annotate -o requirements-docs.lock requirements-docs.in
	$(COMPILE) --no-annotate -o requirements-b4.lock requirements-b4.in

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
