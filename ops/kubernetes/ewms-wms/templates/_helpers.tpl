{{- define "ewms-wms.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* A prefix for names. A StatefulSet's name has at most 52 characters: with a hash it is a label of its pods. */}}
{{- define "ewms-wms.fullname" -}}
{{- $name := include "ewms-wms.name" . -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 46 | trimSuffix "-" -}}
{{- end -}}

{{/* Takes a dict with `root`, the scope of the chart, and `component`. */}}
{{- define "ewms-wms.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ewms-wms.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "ewms-wms.labels" -}}
{{ include "ewms-wms.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "ewms-wms.metadata" -}}
{{- $fullname := include "ewms-wms.fullname" .root -}}
name: {{ .name | default (printf "%s-%s" $fullname .component) }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "ewms-wms.labels" . | nindent 2 }}
{{- end -}}

{{/* Restricted pod security. */}}
{{- define "ewms-wms.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Takes the id of user and group. */}}
{{- define "ewms-wms.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
seccompProfile: { type: RuntimeDefault }
{{- end -}}
