# The native engine, by the toolchain that kernel/rust-toolchain.toml pins; it runs on any processor of the platform.
FROM rust:1.95.0-slim-bookworm AS kernel
WORKDIR /kernel
COPY kernel/Cargo.toml kernel/Cargo.lock kernel/build.rs ./
COPY kernel/src ./src
RUN cargo build --release --locked --lib --features addon

# Everything else that a build needs stays here.
FROM node:22.23.3-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The lock decides what is installed; no script of a dependency runs.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run --silent build:code
# rxjs is a peer dependency, and would go with the development dependencies if it stayed among them.
RUN npm pkg delete devDependencies.rxjs \
    && npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:22.23.3-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=kernel /kernel/target/release/libsegtide_kernel.so ./kernel/segtide-kernel.node
COPY kernel/wasm ./kernel/wasm
COPY package.json LICENSE ./
COPY config ./config
COPY examples/data ./examples/data
# The user `node` of the image, by number so that a host can tell it is not root. Nothing below / is written to.
USER 1000:1000
# Health and metrics of worker and trainer, and the page of the view.
EXPOSE 9464 8750
# Whichever of the two a container serves. Kubernetes has probes of its own.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["node", "-e", "Promise.any(['9464/healthz', '8750/'].map(async (path) => { if (!(await fetch(`http://127.0.0.1:${path}`)).ok) throw path; })).catch(() => process.exit(1))"]
ENTRYPOINT ["node", "dist/service/cli/main.js"]
CMD ["--help"]
