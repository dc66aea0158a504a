# An image with the program alone: no shell, no package manager, not root.
# Two stages: one builds, with Rust and with Node taken from its official image; only the other is shipped. The program
# is linked to the C library of Debian 12, so both are of that release.

FROM rust:1.95-bookworm AS build
COPY --from=node:22-bookworm-slim /usr/local/bin/node /usr/local/bin/node
COPY --from=node:22-bookworm-slim /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /portalgraph/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build
WORKDIR /portalgraph
COPY Cargo.toml Cargo.lock build.rs ./
COPY config config
COPY src src
RUN cargo build --release --locked --bin portalgraph

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /portalgraph/target/release/portalgraph /portalgraph
# Every option at its default: mount your own file over it, or set PORTALGRAPH__SECTION__KEY.
COPY config/portalgraph.toml /etc/portalgraph/portalgraph.toml
# Inside a container loopback is reached by no one else; the ports that are published decide who reaches this.
ENV PORTALGRAPH__SERVER__LISTEN=0.0.0.0:4000
# Pages of two megabytes are held whole while one byte of them is used.
ENV MIMALLOC_ALLOW_THP=0
EXPOSE 4000
# The user `nonroot` of the base image by its number, which Kubernetes can check (runAsNonRoot).
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=6s --start-period=5s --retries=3 CMD ["/portalgraph", "health", "--config", "/etc/portalgraph/portalgraph.toml"]
ENTRYPOINT ["/portalgraph"]
CMD ["serve", "--config", "/etc/portalgraph/portalgraph.toml"]
