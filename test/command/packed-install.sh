#!/usr/bin/env bash
# What a user of the published package gets: pack, install into an empty folder, run the demo from there.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tarball=$(cd "$root" && npm pack --silent --ignore-scripts --pack-destination "$folder")
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=dev "./$tarball" rxjs@7
du -sm node_modules | awk '{ print "installed size: " $1 " MB"; exit ($1 > 80) }'
npx --no-install segtide demo flights --quiet --set model.reservoir=2000 --output out
test -s out/assignments.ndjson
node --input-type=module -e 'import { segment } from "segtide"; if (typeof segment !== "function") process.exit(1)'
