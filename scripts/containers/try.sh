#!/usr/bin/env bash
# Tries the containers for real: builds the images, brings the whole of docker-compose.yml up with three workers, posts a
# search through the published port, kills a worker in the middle of it, stops and starts everything, waits for the
# result, and takes it all down again. Needs Docker with compose (v2, or docker-compose 1.29) and Node.
#
#   bash scripts/containers/try.sh                    builds the images first
#   bash scripts/containers/try.sh --no-build         takes caviar-api, caviar-worker, caviar-migrate as they are
#
# BUILD_ARGS goes to docker build: BUILD_ARGS="--network host --build-arg NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca.crt"
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

key=$(node -p 'crypto.randomBytes(16).toString("hex")')
port=$(node -e 'const s = net.createServer().listen(0, () => { console.log(s.address().port); s.close(); });')
export CAVIAR_API_KEYS=$key CAVIAR_PORT=$port
if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
compose+=(--project-name "caviar-try-$$")
url=http://127.0.0.1:$port

step() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }
fail() {
  printf 'try-containers: %s\n' "$1" >&2
  "${compose[@]}" ps >&2 || true
  "${compose[@]}" logs --tail 20 >&2 || true
  exit 1
}
down() { "${compose[@]}" down --volumes --timeout 30 >/dev/null 2>&1 || true; }
trap down EXIT

# get PATH EXPRESSION: the answer to a GET, seen through a JavaScript expression over `it`
get() {
  curl --silent --show-error --fail --header "Authorization: Bearer $key" "$url$1" |
    node -p "const it = JSON.parse(fs.readFileSync(0)); $2"
}
containers() { docker ps --quiet --filter "label=com.docker.compose.project=caviar-try-$$" --filter "label=com.docker.compose.service=$1"; }
wait_for() { # wait_for SECONDS WHAT COMMAND...
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || fail "$what did not happen in time"
    sleep 1
  done
}
all_healthy() {
  local name status
  for name in $(containers api) $(containers worker); do
    status=$(docker inspect --format '{{.State.Health.Status}}' "$name")
    [ "$status" = healthy ] || return 1
  done
}
# quiet: these are asked until they hold, while the service may not answer yet
has_workers() { [ "$(get /v1/workers 'it.items.filter((w) => w.status === "active").length' 2>/dev/null)" = "$1" ]; }
is_completed() { [ "$(get "/v1/searches/$search" it.status 2>/dev/null)" = completed ]; }

if [ "${1:-}" != --no-build ]; then
  step 'build the images'
  for target in api worker migrate; do
    # shellcheck disable=SC2086 -- several arguments on purpose
    docker build --quiet ${BUILD_ARGS:-} --target "$target" --tag "caviar-$target" .
  done
fi
docker images --format '{{.Repository}}: {{.Size}}' | grep '^caviar-' || true

step 'without a key it does not start'
if CAVIAR_API_KEYS='' "${compose[@]}" config >/dev/null 2>&1; then fail 'it would have started'; fi

step 'up, with three workers'
"${compose[@]}" up --detach --no-build --scale worker=3
wait_for 60 'a healthy service' all_healthy
wait_for 20 'the third worker' has_workers 3
[ "$(curl --silent --output /dev/null --write-out '%{http_code}' "$url/v1/searches")" = 401 ] || fail 'it answered without a key'

step 'the dashboard, and a data set of one'"'"'s own'
curl --silent --show-error --fail --header 'Accept: text/html' "$url/searches" | grep '<div id="root">' >/dev/null || fail 'there is no dashboard'
curl --silent --show-error --fail --header "Authorization: Bearer $key" --form 'meta={"name":"flowers","format":"csv"}' \
  --form 'file=@-' "$url/v1/datasets" <<<$'length,kind\n1,rose\n2,tulip\n3,rose\n4,tulip' |
  node -p 'const it = JSON.parse(fs.readFileSync(0)); `${it.name}: ${it.rows} rows`'

step 'a search through the published port'
spec=$(node -p 'const spec = JSON.parse(fs.readFileSync("docs/examples/quickstart.json"));
  spec.trainer.params.epochs = 120; JSON.stringify(spec)')
search=$(curl --silent --show-error --fail --header "Authorization: Bearer $key" --header 'Content-Type: application/json' \
  --data "$spec" "$url/v1/searches" | node -p 'JSON.parse(fs.readFileSync(0)).id')
sleep 3

step 'kill a worker that trains'
host=$(get /v1/workers 'it.items.find((w) => w.status === "active" && w.trials.length > 0).host')
docker kill --signal KILL "$host"

step 'stop and start everything'
"${compose[@]}" stop
"${compose[@]}" up --detach --no-build --scale worker=3
wait_for 300 'the end of the search' is_completed

get "/v1/searches/$search" 'JSON.stringify(it.progress)'
[ "$(get "/v1/searches/$search" 'it.progress.completed + it.progress.infeasible === it.progress.total')" = true ] ||
  fail 'trials were lost'
get "/v1/searches/$search/leaderboard?limit=3" \
  'it.entries.map(({ rank, number, value }) => `${rank}. trial ${number}: ${value}`).join("\n")'
get "/v1/searches/$search/trials?limit=200" \
  'it.items.filter((t) => t.attempts > 1).map((t) => `trial ${t.number} was started ${t.attempts} times`).join("\n")'

step 'down'
