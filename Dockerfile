# Everything that a build needs stays in the first stage.
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The lock decides what is installed; no script of a dependency runs.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npx tsc -p tsconfig.build.json
# rxjs is a peer dependency, and would go with the development dependencies if it stayed among them.
RUN npm pkg delete devDependencies.rxjs \
    && npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY kernel/wasm ./kernel/wasm
COPY config ./config
COPY examples/data ./examples/data
# The user `node` of the image, by number so that a host can tell it is not root.
USER 1000:1000
ENTRYPOINT ["node", "dist/service/cli/main.js"]
CMD ["--help"]
