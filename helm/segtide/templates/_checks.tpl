{{- /* What the schema can't say: values that do not go together, each told in words. */ -}}
{{- define "segtide.check" -}}
{{- $input := .Values.config.input -}}
{{- if or (ne $input.kind "kafka") (ne .Values.config.output.kind "kafka") -}}
{{- fail "config.input.kind and config.output.kind must be kafka: this chart runs workers and a trainer, which talk through topics" -}}
{{- end -}}
{{- $env := concat .Values.extraEnv .Values.worker.extraEnv -}}
{{- $named := list -}}
{{- range $env -}}{{- $named = append $named .name -}}{{- end -}}
{{- if not (or $input.kafka.brokers (has "SEGTIDE_INPUT__KAFKA__BROKERS" $named)) -}}
{{- fail "config.input.kafka.brokers is missing: name your brokers, as in --set 'config.input.kafka.brokers={kafka-bootstrap.kafka:9092}'" -}}
{{- end -}}
{{- $hpa := .Values.autoscaling.hpa -}}
{{- $keda := .Values.autoscaling.keda -}}
{{- $partitions := .Values.worker.partitions -}}
{{- if and $hpa.enabled $keda.enabled -}}
{{- fail "autoscaling.hpa.enabled and autoscaling.keda.enabled exclude each other: KEDA makes an HPA of its own, and two would pull at one Deployment" -}}
{{- end -}}
{{- if and (or $hpa.enabled $keda.enabled) (not $partitions) -}}
{{- fail "worker.partitions is missing: to scale by itself it must be known how many partitions the input has, for more workers have nothing to do" -}}
{{- end -}}
{{- if and $partitions (not (or $hpa.enabled $keda.enabled)) (gt (int .Values.worker.replicas) (int $partitions)) -}}
{{- fail (printf "worker.replicas is %d, and worker.partitions %d: the rest would have nothing to do" (int .Values.worker.replicas) (int $partitions)) -}}
{{- end -}}
{{- if and $hpa.enabled (not $hpa.targetCPUUtilizationPercentage) (not $hpa.metrics) -}}
{{- fail "autoscaling.hpa has nothing to scale by: set targetCPUUtilizationPercentage or metrics" -}}
{{- end -}}
{{- if and $keda.enabled (not $keda.triggers) -}}
{{- if kindIs "string" $input.kafka.topics -}}
{{- fail "autoscaling.keda needs autoscaling.keda.triggers here: the lag of a pattern of topics can't be looked up" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.view.enabled .Values.view.ingress.enabled -}}
{{- if not .Values.view.ingress.hosts -}}
{{- fail "view.ingress.hosts is empty: name at least one" -}}
{{- end -}}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.viewFrom) -}}
{{- fail "networkPolicy.viewFrom is empty, so that view.ingress would reach nothing: name the pods of your ingress controller, or set networkPolicy.enabled to false" -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- /* Most workers that make sense. */ -}}
{{- define "segtide.maxReplicas" -}}
{{- $partitions := int .Values.worker.partitions -}}
{{- min $partitions (int (default $partitions (int .Values.autoscaling.maxReplicas))) -}}
{{- end }}

{{- define "segtide.minReplicas" -}}
{{- min (int .Values.autoscaling.minReplicas) (int (include "segtide.maxReplicas" .)) -}}
{{- end }}
