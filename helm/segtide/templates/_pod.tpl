{{- /*
The template of a component's pods: segtide.pod (dict "root" $ "name" "worker" "component" .Values.worker "args" …).
Optional: "tag" of the image, "labels", "env", "ports", "probes", "volumes", "volumeMounts": what the component has of its
own.
*/ -}}
{{- define "segtide.pod" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $component := .component -}}
{{- $secrets := merge (dict) $component.secrets $values.secrets -}}
metadata:
  annotations:
    checksum/config: {{ include (print $root.Template.BasePath "/configmap.yaml") $root | sha256sum }}
    {{- with $component.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  # Without the chart's version: a new one alone is no reason to begin anew.
  labels:
    {{- include "segtide.selectorLabels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
    {{- with $values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with $component.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  serviceAccountName: {{ include "segtide.serviceAccountName" $root }}
  automountServiceAccountToken: false
  # Variables of Services, such as SEGTIDE_VIEW_PORT, would be taken for settings by people if not by segtide.
  enableServiceLinks: false
  {{- with $component.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  terminationGracePeriodSeconds: {{ $component.terminationGracePeriodSeconds }}
  securityContext:
    {{- toYaml $values.podSecurityContext | nindent 4 }}
  containers:
    {{- include "segtide.container" . | nindent 4 }}
  volumes:
    - name: config
      configMap:
        name: {{ include "segtide.fullname" $root }}
    - name: tmp
      emptyDir:
        sizeLimit: 64Mi
    {{- if $secrets }}
    - name: secrets
      projected:
        defaultMode: 288 # 0440
        sources:
          {{- range $name, $secret := $secrets }}
          - secret:
              name: {{ $secret.name }}
              items:
                - key: {{ $secret.key }}
                  path: {{ $name }}
          {{- end }}
    {{- end }}
    {{- with concat (default list .volumes) $values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $component.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $component.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $component.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    {{- with $component.topologySpreadConstraints }}
    {{- toYaml . | nindent 4 }}
    {{- else }}
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "segtide.selectorLabels" $root | nindent 10 }}
          app.kubernetes.io/component: {{ .name }}
    {{- end }}
{{- end }}

{{- /* A list of one container, with what all have: segtide.container takes what segtide.pod does. */ -}}
{{- define "segtide.container" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $component := .component -}}
{{- $secrets := merge (dict) $component.secrets $values.secrets -}}
- name: {{ .name }}
  image: {{ include "segtide.image" (dict "root" $root "tag" (default "" .tag)) | quote }}
  imagePullPolicy: {{ $values.image.pullPolicy }}
  args:
    {{- toYaml .args | nindent 4 }}
  securityContext:
    {{- toYaml $values.securityContext | nindent 4 }}
  env:
    - name: SEGTIDE_CONFIG
      value: /etc/segtide/segtide.yaml
    {{- range $name, $secret := $secrets }}
    - name: {{ $name }}_FILE
      value: /run/secrets/segtide/{{ $name }}
    {{- end }}
    {{- with concat (default list .env) $values.extraEnv $component.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .ports }}
  ports:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .probes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  resources:
    {{- toYaml $component.resources | nindent 4 }}
  volumeMounts:
    - name: config
      mountPath: /etc/segtide
      readOnly: true
    - name: tmp
      mountPath: /tmp
    {{- if $secrets }}
    - name: secrets
      mountPath: /run/secrets/segtide
      readOnly: true
    {{- end }}
    {{- with concat (default list .volumeMounts) $values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- /* Worker and trainer serve health and metrics, and are stopped by SIGTERM alone: nothing routes requests to them. */ -}}
{{- define "segtide.rolePod" -}}
{{- $http := dict "labels" (dict "segtide/metrics" "true") "env" (list
    (dict "name" "SEGTIDE_HTTP__ENABLED" "value" "true")
    (dict "name" "SEGTIDE_HTTP__HOST" "value" "0.0.0.0")
    (dict "name" "SEGTIDE_HTTP__PORT" "value" (include "segtide.httpPort" .root))) -}}
{{- $ports := list (dict "name" "http" "containerPort" (include "segtide.httpPort" .root | int)) -}}
{{- $alive := dict "path" "/healthz" "port" "http" -}}
{{- $probes := dict
    "startupProbe" (dict "httpGet" $alive "periodSeconds" 2 "failureThreshold" 60)
    "livenessProbe" (dict "httpGet" $alive "periodSeconds" 10 "timeoutSeconds" 5 "failureThreshold" 6)
    "readinessProbe" (dict "httpGet" (dict "path" "/readyz" "port" "http") "periodSeconds" 5 "timeoutSeconds" 5) -}}
{{- include "segtide.pod" (merge (dict "ports" $ports "probes" $probes) $http .) }}
{{- end }}
