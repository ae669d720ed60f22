# One build of all programs. docker build --target tessera -t tessera .
# A service: docker build --target service --build-arg SERVICE=post --build-arg PORT=4002 -t post-service .
# No demo data and no demo credentials in any of them.

FROM rust:1.95-bookworm AS build
WORKDIR /tessera
COPY Cargo.toml Cargo.lock schema.graphql ./
COPY contract contract
COPY feed feed
COPY macros macros
COPY backends backends
COPY playground playground
COPY src src
COPY tests tests
COPY fuzz fuzz
COPY benches benches
RUN cargo build --release --locked -p tessera --no-default-features --bin tessera \
 && for main in backends/*/src/main.rs; do \
      service="$(basename "${main%/src/main.rs}")-service" \
      && cargo build --release --locked -p "$service" --bin "$service" || exit 1; \
    done

FROM debian:bookworm-slim AS runtime
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 tessera
USER 10001

FROM runtime AS service
ARG SERVICE
ARG PORT=4001
COPY --from=build /tessera/target/release/${SERVICE}-service /usr/local/bin/service
EXPOSE ${PORT}
ENTRYPOINT ["/usr/local/bin/service"]

FROM runtime AS tessera
WORKDIR /etc/tessera
COPY persisted-queries persisted-queries
COPY --from=build /tessera/target/release/tessera /usr/local/bin/tessera
EXPOSE 4000
ENTRYPOINT ["/usr/local/bin/tessera"]
CMD ["serve"]
