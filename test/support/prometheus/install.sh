#!/usr/bin/env bash
# Prints the folder of prometheus and promtool: those of this machine, or Debian's package unpacked under .cache, which
# needs no rights and starts nothing.
set -euo pipefail
if found=$(command -v promtool) && command -v prometheus >/dev/null; then
  dirname "$found"
  exit
fi
folder="$(cd "$(dirname "$0")/../../.." && pwd)/.cache/prometheus"
if [ ! -x "$folder/usr/bin/promtool" ]; then
  mkdir -p "$folder"
  cd "$folder"
  apt-get download prometheus >&2 || { apt-get update >&2 && apt-get download prometheus >&2; }
  dpkg-deb -x prometheus_*.deb .
  rm prometheus_*.deb
fi
echo "$folder/usr/bin"
