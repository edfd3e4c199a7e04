# The commands of scripts/recording.ts. Environment: EWMS_URL, and WMS_SCHEDD for the simulated TMS.

type_line() {
  printf '\033[1;32m$\033[0m '
  for ((i = 0; i < ${#1}; i++)); do
    printf '%s' "${1:i:1}"
    sleep 0.03
  done
  printf '\n'
  sleep 0.3
}

ewms() { node client/bin/ewms.js "$@"; }

type_line "WF=\$(npx ewms submit --quiet examples/workflow.json)"
WF=$(ewms submit --quiet examples/workflow.json)
type_line "npx ewms why \$WF"
ewms why "$WF"
sleep 2
node_modules/.bin/tsx scripts/simulate-tms.ts --schedd "$WMS_SCHEDD" --url "$EWMS_URL" >/dev/null 2>&1 &
tms=$!
(
  sleep 14
  ewms finish --yes "$WF" >/dev/null
) &
type_line "npx ewms watch \$WF"
ewms watch "$WF"
sleep 2
kill "$tms"
