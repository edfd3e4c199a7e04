{{/* The text of a setting's value. Helm reads numbers as floats, whose usual text of 33554432 is 3.3554432e+07. */}}
{{- define "ewms-wms.settingText" -}}
{{- if kindIs "invalid" . -}}
{{- else if kindIs "map" . -}}
{{- toJson . -}}
{{- else if kindIs "float64" . -}}
{{- if eq . (floor .) }}{{ printf "%.0f" . }}{{ else }}{{ toString . }}{{ end -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end -}}

{{/* All settings with a value, as JSON. */}}
{{- define "ewms-wms.settings" -}}
{{- $settings := dict -}}
{{- range $name, $value := .Values.settings -}}
{{- $text := include "ewms-wms.settingText" $value -}}
{{- if ne $text "" }}{{ $_ := set $settings $name $text }}{{ end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not (hasKey $settings "TRUST_PROXY")) -}}
{{- $_ := set $settings "TRUST_PROXY" "1" -}}
{{- end -}}
{{- if .Values.redis.enabled -}}
{{- $_ := set $settings "REDIS_URL" (printf "redis://%s-redis:6379" (include "ewms-wms.fullname" .)) -}}
{{- end -}}
{{- toJson $settings -}}
{{- end -}}

{{- define "ewms-wms.secretSettings" -}}
{{- $names := .Files.Get "files/secret-settings.json" | fromJsonArray -}}
{{- $secrets := dict -}}
{{- range $name, $text := include "ewms-wms.settings" . | fromJson -}}
{{- if has $name $names }}{{ $_ := set $secrets $name $text }}{{ end -}}
{{- end -}}
{{- toJson $secrets -}}
{{- end -}}

{{- define "ewms-wms.publicSettings" -}}
{{- $settings := include "ewms-wms.settings" . | fromJson -}}
{{- range $name, $text := include "ewms-wms.secretSettings" . | fromJson }}{{ $_ := unset $settings $name }}{{ end -}}
{{- toJson $settings -}}
{{- end -}}

{{/* Fails where every pod would refuse to start. */}}
{{- define "ewms-wms.checkSettings" -}}
{{- with .Values.settings -}}
{{- $redis := or .REDIS_URL .REDIS_URL_FILE .REDIS_CLUSTER_NODES .REDIS_SENTINELS -}}
{{- if and $redis $.Values.redis.enabled -}}
{{- fail "redis.enabled: can't be combined with settings that name another Redis" -}}
{{- end -}}
{{- if not (or $redis $.Values.redis.enabled $.Values.existingSecret) -}}
{{- fail "settings: no Redis; set REDIS_URL (here or in existingSecret), REDIS_CLUSTER_NODES or REDIS_SENTINELS, or redis.enabled=true for a trial" -}}
{{- end -}}
{{- if not (or .AUTH_OPENID_URL .AUTH_DISABLED) -}}
{{- fail "settings: set AUTH_OPENID_URL, or AUTH_DISABLED=true to let every client do everything" -}}
{{- end -}}
{{- if and $.Values.ingress.enabled (not .PUBLIC_URL) -}}
{{- fail "ingress.enabled: set settings.PUBLIC_URL, whose host and path the Ingress has" -}}
{{- end -}}
{{- if and $.Values.monitoring.serviceMonitor (not (or .METRICS_TOKEN $.Values.existingSecret)) -}}
{{- fail "monitoring.serviceMonitor: set settings.METRICS_TOKEN, or the key METRICS_TOKEN in existingSecret" -}}
{{- end -}}
{{- end -}}
{{- with .Values.pilotImages -}}
{{- if and .hostPath .existingClaim }}{{ fail "pilotImages: hostPath can't be combined with existingClaim" }}{{ end -}}
{{- if and (or .hostPath .existingClaim) (not $.Values.settings.CVMFS_PILOT_SINGULARITY_IMAGES_DIR) -}}
{{- fail "pilotImages: set settings.CVMFS_PILOT_SINGULARITY_IMAGES_DIR, the directory inside of the container" -}}
{{- end -}}
{{- end -}}
{{- end -}}
