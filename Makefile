# What a contributor runs. `make` alone lists it.
#
# Every cargo call is --locked: what Cargo.lock names is what gets built, and once
# cargo has fetched that, nothing here needs a network.

CARGO ?= cargo
# More words for the demo, the tests or the chaos: make demo ARGS=…, make test ARGS='--test core'
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup servers demo test python-test wheel bench-python sim chaos campaign doom session bench crowd fuzz words header check-abi install deb uninstall check lint doc fmt fix

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what tests and demo need and this machine lacks (root or sudo)
	@scripts/setup

servers: setup ## fetch ZooKeeper servers of other versions, or say what is skipped
	@scripts/servers

demo: setup ## see it work: real servers, real processes, a real cut
	@echo 'demo: building tenure and the demo'
	$(CARGO) build --release --locked --package tenure-cli --package tenure-demo
	@$(CARGO) run --release --quiet --locked --package tenure-demo -- $(ARGS)

test: setup servers ## run every test, against real ZooKeeper servers too
	@scripts/test $(ARGS)

python-test: setup ## build the Python wheel, and prove it on the Pythons that are here
	@scripts/python-test $(ARGS)

wheel: setup ## build the Python wheel, into target/python/wheels
	@scripts/python-wheel

# make ends with 2 whatever fails; who wants to know whether it was a broken promise (1) or arguments
# that mean nothing (2) runs target/release/tenure-sim.
sim: ## simulate clients, network and ensemble from one seed; see docs/simulation.md
	@$(CARGO) run --release --quiet --locked --package tenure-sim -- $(ARGS)

chaos: setup ## faults against real servers and clients, and a judge; see docs/chaos.md
	@echo 'chaos: building tenure and what breaks its surroundings'
	$(CARGO) build --release --locked --package tenure-cli --package tenure-chaos --bin tenure-chaos
	@$(CARGO) run --release --quiet --locked --package tenure-chaos -- $(ARGS)

campaign: setup ## 20 leaders through each of four faults, and the smallest margins
	$(CARGO) build --release --locked --package tenure-cli --package tenure-chaos --bin tenure-chaos
	@$(CARGO) run --release --quiet --locked --package tenure-chaos -- campaign $(or $(ARGS),all)

doom: setup servers ## 20 standbys of sessions that a server is just about to close
	TENURE_DOOM_ROUNDS=$(or $(ARGS),20) $(CARGO) test --locked --package tenure --test endurance -- doom --nocapture

session: setup ## measure the session under faults and write docs/session.md
	@echo 'session: about seven minutes; best on a machine that does nothing else'
	$(CARGO) build --release --locked --package tenure-bench-session
	@$(CARGO) run --release --quiet --locked --package tenure-bench-session -- --write docs/session.md $(ARGS)

bench: ## measure what it costs to ask who leads; prints nanoseconds
	$(CARGO) bench --locked --package tenure-bench-lease --bench is_leading -- $(ARGS)

crowd: ## measure what N groups on one client cost: processor time and memory
	@$(CARGO) run --release --quiet --locked --package tenure-bench-crowd -- $(ARGS)

bench-python: setup ## measure the Python wheel beside kazoo and write workshop/bench/python/README.md
	@scripts/python-bench

fuzz: ## search for inputs that break a promise, a minute a target: workshop/fuzz/README.md
	@scripts/fuzz $(ARGS)

words: ## generate all lists of public words from crates/election/src/words, and include/tenure.h and its ledger
	TENURE_WRITE_WORDS=1 $(CARGO) test --quiet --locked --package tenure --test parity every_generated_list
	@$(MAKE) --no-print-directory header

header: ## generate include/tenure.h from src/capi, and add to its ledger
	TENURE_WRITE_HEADER=1 $(CARGO) test --quiet --locked --package tenure --test abi header::
	TENURE_WRITE_HEADER=1 $(CARGO) test --quiet --locked --package tenure --test abi ledger::

check-abi: ## the C ABI for long: all programs under all sanitizers, 10,000 cycles, abidiff
	@scripts/setup --with-abidiff
	$(CARGO) build --locked --package tenure-clib --package tenure-cli
	TENURE_ABI_LONG=1 $(CARGO) test --locked --package tenure --test abi -- --nocapture $(ARGS)

install: ## install headers, libraries and tool into PREFIX (/usr/local), below DESTDIR
	$(CARGO) build --release --locked --package tenure-clib --package tenure-cli
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' scripts/install

deb: ## make Debian packages of library, headers and tool, in target/deb
	$(CARGO) build --release --locked --package tenure-clib --package tenure-cli
	@scripts/deb target/deb

uninstall: ## take away what install put there
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' scripts/install --uninstall

check: ## the cheap gates: format, lints, documentation; writes nothing
	$(CARGO) fmt --all --check
	@$(MAKE) --no-print-directory lint doc

lint: ## clippy; a warning is a failure
	$(CARGO) clippy --workspace --all-targets --locked --quiet -- --deny warnings
	$(CARGO) clippy --package tenure --package tenure-cli --features tls,tenure/log --all-targets --locked --quiet -- --deny warnings

doc: ## build the documentation; a warning is a failure
	RUSTDOCFLAGS='--deny warnings' $(CARGO) doc --workspace --no-deps --locked --quiet

fmt: ## format the sources
	$(CARGO) fmt --all

fix: fmt ## format, and let clippy mend what it can
	$(CARGO) clippy --workspace --all-targets --locked --fix --allow-dirty --allow-staged
	$(CARGO) fmt --all
