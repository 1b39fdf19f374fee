{{- define "caviar.labels" -}}
app.kubernetes.io/name: caviar
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "caviar.selector" -}}
app.kubernetes.io/name: caviar
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "caviar.secret" -}}
{{ .Values.existingSecret | default (printf "%s-caviar" .Release.Name) }}
{{- end }}

{{- define "caviar.pullSecrets" -}}
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Every pod: without root, on a read-only file system, without capabilities, without a token of the cluster. */}}
{{- define "caviar.podSecurity" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "caviar.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{- define "caviar.databases" -}}
- name: DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ include "caviar.secret" . }}, key: DATABASE_URL } }
- name: REDIS_URL
  valueFrom: { secretKeyRef: { name: {{ include "caviar.secret" . }}, key: REDIS_URL } }
- name: LOG_LEVEL
  value: {{ .Values.logLevel | quote }}
{{- end }}
