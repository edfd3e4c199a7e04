{{/*
A Deployment of a program. Takes a dict with `root`, the scope of the chart, `component` (web or worker), `port`, the
name and number of its port for probes, and `args` of its container.
*/}}
{{- define "ewms-wms.deployment" -}}
{{- $root := .root -}}
{{- $values := index $root.Values .component -}}
{{- $settings := $root.Values.settings -}}
{{- $stopSeconds := addf $settings.SHUTDOWN_GRACE_SECONDS $settings.SHUTDOWN_SECONDS -}}
{{- $redisWaitSeconds := $settings.REDIS_WAIT_SECONDS | default 60 -}}
{{- $pilotImages := or $root.Values.pilotImages.hostPath $root.Values.pilotImages.existingClaim -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "ewms-wms.metadata" . | nindent 2 }}
spec:
  {{- if not (and (eq .component "web") $root.Values.autoscaling.enabled) }}
  replicas: {{ $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector:
    matchLabels:
      {{- include "ewms-wms.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      # Without the version of the chart, so that a new chart alone restarts no pod.
      labels:
        {{- include "ewms-wms.selectorLabels" . | nindent 8 }}
      annotations:
        # Pods read settings only when they start.
        checksum/settings: {{ include "ewms-wms.settings" $root | sha256sum }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      automountServiceAccountToken: false
      # A Service with the name `rest` would set REST_PORT.
      enableServiceLinks: false
      # After SIGTERM the program itself serves on while /readyz answers 503, so that no preStop hook has to wait.
      terminationGracePeriodSeconds: {{ add (ceil $stopSeconds) 5 }}
      securityContext:
        {{- include "ewms-wms.podSecurity" 1000 | nindent 8 }}
      {{- with $root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          matchLabelKeys: [pod-template-hash]
          labelSelector:
            matchLabels:
              {{- include "ewms-wms.selectorLabels" . | nindent 14 }}
      containers:
        - name: {{ .component }}
          image: {{ printf "%s:%s" $root.Values.image.repository (coalesce $values.imageTag $root.Values.image.tag $root.Chart.AppVersion) | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          {{- with .args }}
          args: {{ toJson . }}
          {{- end }}
          envFrom:
            - configMapRef: { name: {{ include "ewms-wms.fullname" $root }}-settings }
            {{- if include "ewms-wms.secretSettings" $root | fromJson }}
            - secretRef: { name: {{ include "ewms-wms.fullname" $root }}-settings }
            {{- end }}
            {{- with $root.Values.existingSecret }}
            - secretRef: { name: {{ . }} }
            {{- end }}
          {{- with $values.nodeOptions }}
          env:
            - { name: NODE_OPTIONS, value: {{ . | quote }} }
          {{- end }}
          ports:
            - { name: {{ .port.name }}, containerPort: {{ .port.number }} }
          # The program listens as soon as it has Redis, for which it waits up to REDIS_WAIT_SECONDS.
          startupProbe:
            httpGet: { path: /healthz, port: {{ .port.name }} }
            periodSeconds: 2
            timeoutSeconds: 3
            failureThreshold: {{ ceil (divf (addf $redisWaitSeconds 30) 2) }}
          readinessProbe:
            httpGet: { path: /readyz, port: {{ .port.name }} }
            periodSeconds: 5
            timeoutSeconds: 3
            failureThreshold: 2
          # Not /readyz: a restart does not help while Redis is unreachable.
          livenessProbe:
            httpGet: { path: /healthz, port: {{ .port.name }} }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          securityContext:
            {{- include "ewms-wms.containerSecurity" . | nindent 12 }}
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          {{- if or $pilotImages $root.Values.volumeMounts }}
          volumeMounts:
            {{- if $pilotImages }}
            - name: pilot-images
              mountPath: {{ $root.Values.pilotImages.mountPath | default $settings.CVMFS_PILOT_SINGULARITY_IMAGES_DIR }}
              readOnly: true
              {{- if $root.Values.pilotImages.hostPath }}
              # CVMFS mounts its repositories on first use.
              mountPropagation: HostToContainer
              {{- end }}
            {{- end }}
            {{- with $root.Values.volumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- end }}
      {{- if or $pilotImages $root.Values.volumes }}
      volumes:
        {{- with $root.Values.pilotImages.hostPath }}
        - name: pilot-images
          hostPath: { path: {{ . }}, type: Directory }
        {{- end }}
        {{- with $root.Values.pilotImages.existingClaim }}
        - name: pilot-images
          persistentVolumeClaim: { claimName: {{ . }}, readOnly: true }
        {{- end }}
        {{- with $root.Values.volumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}
