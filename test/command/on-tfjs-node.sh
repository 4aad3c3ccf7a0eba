#!/usr/bin/env bash
# The encoder's tests and the main job on a real @tensorflow/tfjs-node. usage: on-tfjs-node.sh [vitest arguments]
#
# Takes the one in node_modules where its binary could be downloaded, else the project that SEGTIDE_TFJS_SETUP, a script
# that is given a folder, makes there.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
package="$root/node_modules/@tensorflow/tfjs-node"
if ! node -e 'require(process.argv[1])' "$package" 2>/dev/null; then
  project="$root/.cache/tfjs-node"
  package="$project/node_modules/@tensorflow/tfjs-node"
  if ! node -e 'require(process.argv[1])' "$package" 2>/dev/null; then
    rm -rf "$project"
    bash "${SEGTIDE_TFJS_SETUP:?no tfjs-node here; name a script that makes one}" "$project" >&2
  fi
fi

# The main job, in an install that has tfjs-node beside segtide.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tarball=$(npm pack --silent --ignore-scripts --pack-destination "$folder")
(
  cd "$folder"
  npm init -y >/dev/null
  npm install --silent --no-audit --no-fund --omit=dev --omit=optional "./$tarball" rxjs@7
  mkdir -p node_modules/@tensorflow
  ln -s "$package" node_modules/@tensorflow/tfjs-node
  printf 'encoder: { engine: tfjs }\n' >tfjs.yaml
  npx --no-install segtide doctor --config tfjs.yaml
  npx --no-install segtide simulate stream --customers 300 --days 21 --json >stream.json
  npx --no-install segtide run --config stream/segtide.yaml --quiet --set encoder.engine=tfjs --set encoder.updates=100 --output out
  test -s out/assignments.ndjson
) >&2

export TF_CPP_MIN_LOG_LEVEL=2
SEGTIDE_TEST_TFJS_NODE="$package/dist/index.js" exec npx vitest run test/encode/vrae/engines/tfjs.test.ts "$@"
