# `make demo` to try portalgraph, `make test` for everything that must hold. The other targets are for developers.

.PHONY: help demo test build schema bench fmt

help:
	@echo 'make demo   try it: the gateway in front of a simulated portal, nothing to set up'
	@echo 'make test   everything that must hold: formatting, lints, tests, documentation, browser, clients'
	@echo
	@echo 'For developers: build, schema (after a change of the graph), bench, fmt.'

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

bench:
	cargo bench --locked --bench parts
	cargo bench --locked --bench side_by_side -- --chart

fmt:
	cargo fmt
