#!/usr/bin/env bash
# Prints the path of Alertmanager: that of this machine, or Debian's package unpacked under .cache, which needs no rights
# and starts nothing. It is to be started two folders above its own.
set -euo pipefail
for name in alertmanager prometheus-alertmanager; do
  if command -v "$name"; then exit; fi
done
folder="$(cd "$(dirname "$0")/../../.." && pwd)/.cache/alertmanager"
program="$folder/usr/bin/prometheus-alertmanager"
if [ ! -x "$program" ]; then
  mkdir -p "$folder"
  cd "$folder"
  apt-get download prometheus-alertmanager >&2 || { apt-get update >&2 && apt-get download prometheus-alertmanager >&2; }
  dpkg-deb -x prometheus-alertmanager_*.deb .
  rm prometheus-alertmanager_*.deb
  # It wants its templates installed: this one finds them in the folder that it is started in.
  sed -i 's#/usr/share/prometheus/alertmanager#usr//share/prometheus/alertmanager#' "$program"
fi
echo "$program"
