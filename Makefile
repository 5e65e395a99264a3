# The commands of a contributor. `make` alone lists them.
#
# Every cargo call is --locked: it builds exactly the versions of Cargo.lock, and once cargo has
# fetched them, nothing here needs a network.

CARGO ?= cargo
# Additional arguments for the demo, the tests or the chaos: make demo ARGS=…,
# make test ARGS='--test core'
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup servers demo cluster cluster-browser test go go-check python-test wheel wheel-musl bench-python sim chaos campaign doom session failover bench bench-go bench-masters crowd fuzz words header roles check-abi install deb uninstall check lint doc fmt fix

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the packages that tests and demo need and this machine lacks (root or sudo)
	@scripts/setup

servers: setup ## fetch ZooKeeper servers of other versions, or print the skipped ones
	@scripts/servers

demo: setup ## see it work: real servers, real processes, a real cut
	@echo 'demo: building tenure and the demo'
	$(CARGO) build --release --locked --package tenure-cli --package tenure-demo
	@$(CARGO) run --release --quiet --locked --package tenure-demo -- $(ARGS)

cluster: setup ## a cluster of masters, agents and a scheduler in three languages, broken in nine ways
	@scripts/setup --with-cluster
	@scripts/setup --with-go
	@CARGO='$(CARGO)' scripts/cluster $(ARGS)

cluster-browser: setup ## test the page of the cluster's masters in Chromium; ARGS=--write keeps screenshots in docs/cluster
	@scripts/setup --with-cluster
	@scripts/setup --with-browser
	@scripts/setup --with-go
	@CARGO='$(CARGO)' scripts/cluster-browser $(ARGS)

test: setup servers ## run every test, against real ZooKeeper servers too
	@scripts/setup --with-go
	@scripts/setup --with-cluster
	@scripts/test $(ARGS)

go: setup ## put libtenure.a beside the Go package, so that programs with a replace of it build
	@CARGO='$(CARGO)' scripts/go-library --release

go-check: setup ## check the Go package: format, vet, staticcheck, its tests with the race detector, on two Gos
	@scripts/setup --with-go
	@CARGO='$(CARGO)' scripts/go-test $(ARGS)

python-test: setup ## build the Python wheel, and test it on the Pythons of this machine
	@scripts/python-test $(ARGS)

wheel: setup ## build the Python wheel (glibc 2.17 or newer), into python/wheels of cargo's target directory
	@scripts/python-wheel

wheel-musl: setup ## build the Python wheel for musl, into the same folder
	@scripts/python-wheel --musl

# make ends with 2 whatever fails; target/release/tenure-sim itself distinguishes a broken promise
# (1) from invalid arguments (2).
sim: ## simulate clients, network and ensemble from one seed; see docs/simulation.md
	@$(CARGO) run --release --quiet --locked --package tenure-sim -- $(ARGS)

chaos: setup ## faults against real servers and clients, and a judge; see docs/chaos.md
	@echo 'chaos: building tenure and the program that makes the faults'
	$(CARGO) build --release --locked --package tenure-cli --package tenure-chaos --bin tenure --bin tenure-chaos
	@$(CARGO) run --release --quiet --locked --package tenure-chaos -- $(ARGS)

campaign: setup ## 20 leaders through each of ten faults: the smallest margins, and the times to the successors
	$(CARGO) build --release --locked --package tenure-cli --package tenure-chaos --bin tenure --bin tenure-chaos
	@$(CARGO) run --release --quiet --locked --package tenure-chaos -- campaign $(or $(ARGS),all)

doom: setup servers ## 20 standbys whose sessions a server is about to close
	TENURE_DOOM_ROUNDS=$(or $(ARGS),20) $(CARGO) test --locked --package tenure --test endurance -- doom --nocapture

session: setup ## measure the session under faults and write docs/session.md
	@echo 'session: about seven minutes; best on an idle machine'
	$(CARGO) build --release --locked --package tenure-bench-session
	@$(CARGO) run --release --quiet --locked --package tenure-bench-session -- --write docs/session.md $(ARGS)

failover: setup ## measure how long nobody leads after a loss, beside kazoo and Curator, and write docs/failover.md
	@scripts/setup --with-maven
	@CARGO='$(CARGO)' scripts/bench-failover $(ARGS)

bench: ## measure the cost of is_leading(); prints nanoseconds
	$(CARGO) bench --locked --package tenure-bench-lease --bench is_leading -- $(ARGS)

crowd: ## measure the cost of N groups on one client: processor time and memory
	@$(CARGO) run --release --quiet --locked --package tenure-bench-crowd -- $(ARGS)

bench-go: setup ## measure the Go package beside a recipe over go-zookeeper and write workshop/bench/go/README.md
	@scripts/setup --with-go
	@CARGO='$(CARGO)' workshop/bench/go/run --write $(ARGS)

bench-masters: setup ## measure detectors of masters and the watching of agents, and write workshop/bench/masters/README.md
	@CARGO='$(CARGO)' scripts/bench-masters $(ARGS)

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

roles: ## copy the tables of docs/roles.md to the documents of the machines
	TENURE_WRITE_ROLES=1 $(CARGO) test --quiet --locked --package tenure-mesos --test roles documents_of_the_machines

check-abi: ## the C ABI for long: all programs under all sanitizers, 10,000 cycles, abidiff
	@scripts/setup --with-abidiff
	$(CARGO) build --locked --package tenure-clib --package tenure-cli --package tenure-undertaker
	TENURE_ABI_LONG=1 $(CARGO) test --locked --package tenure --test abi -- --nocapture $(ARGS)

install: ## install headers, libraries and tool into PREFIX (/usr/local), below DESTDIR
	$(CARGO) build --release --locked --package tenure-clib --package tenure-cli --package tenure-undertaker
	@CARGO='$(CARGO)' PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' scripts/install

deb: ## make Debian packages of library, headers and tool, in deb of cargo's target directory
	$(CARGO) build --release --locked --package tenure-clib --package tenure-cli --package tenure-undertaker
	@CARGO='$(CARGO)' scripts/deb

uninstall: ## remove the files of install
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

fix: fmt ## format, and apply the fixes of clippy
	$(CARGO) clippy --workspace --all-targets --locked --fix --allow-dirty --allow-staged
	$(CARGO) fmt --all
