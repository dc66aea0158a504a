# `make demo` to try portalgraph, `make test` for everything that must hold. The other targets are for developers.

.PHONY: help demo test build schema docs bench fmt

help:
	@echo 'make demo   try it: the gateway in front of a simulated portal, nothing to set up'
	@echo 'make test   everything that must hold: formatting, lints, tests, documentation, browser, clients'
	@echo
	@echo 'For developers: build, schema (after a change of the graph), docs (of options or error codes), bench, fmt.'

demo: export PORTALGRAPH__TRUSTED_DOCUMENTS__PATH ?= config/documents
demo:
	scripts/build-web
	cargo run --profile demo --locked -- demo

test:
	scripts/test

build:
	scripts/build-web
	cargo build --release --locked

schema:
	cargo run --quiet --locked -- schema > schema.graphql.new
	mv schema.graphql.new schema.graphql

docs:
	cargo build --quiet --locked
	for page in configuration errors; do \
		cargo run --quiet --locked -- docs "$$page" > "docs/$$page.md.new" && mv "docs/$$page.md.new" "docs/$$page.md" || exit 1; \
	done

bench:
	cargo bench --locked --bench parts
	cargo bench --profile release --locked --bench side_by_side -- --chart

fmt:
	cargo fmt
