# syntax=docker/dockerfile:1

# The market in an image of its own: the one binary, nothing that builds it, no root.
# It brings no PostgreSQL: set DATABASE_URL, or use compose.yaml.
#
#   docker build --tag market .
#   docker run --rm market --help

ARG RUST=1.95
ARG DEBIAN=bookworm

FROM rust:${RUST}-slim-${DEBIAN} AS build
WORKDIR /src
COPY . .
# The caches live as long as the builder, not in the image; hence the copy at the end.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package server --bin market \
    && install -D target/release/market /out/market

# The same Debian as above, so that the binary finds the C library that it was linked with.
FROM debian:${DEBIAN}-slim
# Certificates, for files that are kept in S3 (MARKET_OBJECTS_URL).
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /var/lib/market \
        --shell /usr/sbin/nologin market \
    && install --directory --owner=market --group=market --mode=0700 /var/lib/market
COPY --from=build /out/market /usr/local/bin/market

USER market
WORKDIR /var/lib/market
# The master key is made here at the first start: keep a copy of it.
VOLUME /var/lib/market
ENV MARKET_DATA_DIR=/var/lib/market \
    MARKET_LISTEN=0.0.0.0:8080 \
    MARKET_LOG_FORMAT=json
EXPOSE 8080
# It finishes what is under way: give it 40 seconds (`docker stop --time 40`).
STOPSIGNAL SIGTERM
# Only whether it lives: whose database is away should not be started anew for it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["market", "probe", "--live"]
ENTRYPOINT ["market"]
CMD ["serve"]
