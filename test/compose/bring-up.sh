#!/usr/bin/env bash
# Brings compose.yaml up as it stands with podman-compose, on Debian and as root, and sees whether the parts do their work:
# all become healthy, the lab ends with PASS, and the collector stores what the exporter sent. Then takes it all down again.
#
#   test/compose/bring-up.sh [--install]      --install: have apt-get install what is missing
#
# The images stay, so the next run is quick. Exit codes: 0 all seen, 1 something was not, 2 usage, 3 something is missing here.
# It takes minutes and needs root, so it is no part of `npm test`.
set -euo pipefail
cd "$(dirname "$0")/../.."

project=flowlab-bring-up
base=docker.io/library/node:20-slim
# For each thing waited for; an idle machine needs a few seconds.
patience=300
packages=(podman podman-compose runc netavark aardvark-dns iptables debootstrap)

say() { echo "bring-up: $*"; }
missing() { say "$*" >&2; exit 3; }

[ "$(id -u)" = 0 ] || missing 'this needs root'
[ "${1:---install}" = --install ] || { say "\"$1\" is not an option; the only one is --install" >&2; exit 2; }
if [ "${1:-}" = --install ]; then
  # An update that reaches only some of the sources is good enough.
  apt-get update -qq || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null ||
    missing 'apt-get could not install all'
fi
for program in podman podman-compose; do
  command -v "$program" >/dev/null || missing "$program is not installed; --install installs ${packages[*]}"
done

work=$(mktemp -d)
job=
composing=

container() { podman ps -aq --filter "label=io.podman.compose.project=$project" --filter "label=com.docker.compose.service=$1"; }
log() { podman logs "$(container "$1")" 2>&1; }

# By label, because podman-compose keeps the networks, and does not get through when a container is missing or half made.
take_down() {
  podman-compose -p "$project" down -v || true
  local label="label=io.podman.compose.project=$project"
  podman ps -aq --filter "$label" | xargs -r podman rm -f -t 0
  podman volume ls -q --filter "$label" | xargs -r podman volume rm -f
  podman network ls -q --filter "$label" | xargs -r podman network rm -f
}

# eventually SECONDS COMMAND...: tries until it succeeds.
eventually() {
  local give_up_at=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$give_up_at" ] || return 1
    sleep 1
  done
}

# start COMMAND...: in the background and in a process group of its own, which Ctrl-C does not reach.
start() {
  setsid "$@" >"$work/output" 2>&1 </dev/null &
  job=$!
}
job_gone() { ! kill -0 "$job" && ! kill -0 -- "-$job"; }

clean_up() {
  trap '' INT TERM
  if [ -n "$job" ]; then
    # podman-compose goes, but podman is let finish: stopped halfway, it leaves behind a build's containers, with npm running in
    # them, or a network namespace.
    say 'ending' >&2
    [ -z "$composing" ] || kill "$job" 2>/dev/null || true
    eventually 120 job_gone || kill -- "-$job" 2>/dev/null || true
  fi
  take_down >/dev/null 2>&1 || true
  # A debootstrap that was stopped may have left its /proc and /sys mounted.
  umount -q "$work"/root/proc "$work"/root/sys 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  for service in ntp-server collector exporter lab; do
    [ -z "$(container "$service")" ] || { echo "--- $service"; log "$service" | tail -n 20; } >&2
  done
  say "$*" >&2
  exit 1
}

# The end of what the last command left in its output first.
fail_with_output() {
  tail -n 40 "$work/output" >&2
  fail "$*"
}

# Without a configuration of its own, podman sets limits above those of this process, which in a container or a sandbox it
# may not (its own limit of processes it first lowers to the number of process ids), and takes crun, which refuses some
# machines' control groups where runc does not.
if [ -z "${CONTAINERS_CONF:-}" ] && [ ! -e /etc/containers/containers.conf ]; then
  export CONTAINERS_CONF=$work/containers.conf
  files=$(ulimit -H -n) processes=$(ulimit -H -u) ids=$(cat /proc/sys/kernel/pid_max)
  if [ "$processes" = unlimited ] || [ "$processes" -gt "$ids" ]; then processes=$ids; fi
  echo "[containers]
default_ulimits = [\"nofile=$files:$files\", \"nproc=$processes:$processes\"]" >"$CONTAINERS_CONF"
  ! command -v runc >/dev/null || echo '[engine]
runtime = "runc"' >>"$CONTAINERS_CONF"
fi
# podman has systemd's timers call the health checks; here they are called below, whether there is systemd or not.
export DISABLE_HC_SYSTEMD=true

# Where no image registry can be reached: the least Debian there is, with the node and npm of this machine.
import_base() {
  local root=$work/root suite
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  debootstrap --variant=minbase "$suite" "$root"
  cp "$(node -p process.execPath)" "$root/usr/local/bin/node"
  chroot "$root" node --version
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -R "$(npm root -g)/npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,locale,man}/*
  tar -C "$root" --one-file-system -c . | podman import - "$base"
}

if ! podman image exists "$base" 2>/dev/null && ! timeout --foreground 300 podman pull -q "$base" >/dev/null 2>&1; then
  for program in debootstrap node npm; do
    command -v "$program" >/dev/null || missing "no registry gives $base, and $program, to make it from Debian, is not installed"
  done
  # A shell of its own, as `set -e` does not hold inside a function that is asked for its outcome.
  export work base
  say "no registry gives $base: making it from Debian and this machine's node"
  bash -euo pipefail -c "$(declare -f import_base); import_base" >"$work/output" 2>&1 </dev/null ||
    fail_with_output 'the base image could not be made'
fi

# Inside the build npm asks the registry this machine asks and trusts whom it trusts. Both are in a home for root that is
# mounted while building, so nothing of it gets into the image. Proxies of the environment podman passes on; they may listen
# on loopback, as may the name server, therefore the host's network.
mkdir -m 700 "$work/home"
if command -v npm >/dev/null; then
  authorities=$work/home/authorities.pem
  printf '%s\n' "${NODE_EXTRA_CA_CERTS:-}" "$(npm config get cafile)" /etc/ssl/certs/ca-certificates.crt | sort -u |
    while read -r file; do [ ! -f "$file" ] || cat "$file"; done >"$authorities"
  echo "registry=$(npm config get registry)" >"$work/home/.npmrc"
  [ ! -s "$authorities" ] || echo "cafile=/root/${authorities##*/}" >>"$work/home/.npmrc"
fi
say 'building the image'
start podman build --network host --volume "$work/home:/root" --tag flowlab --file Containerfile .
wait "$job" || fail_with_output 'the image could not be built'
job=

say 'bringing compose.yaml up'
take_down >/dev/null 2>&1 || true
# In the background, as newer releases of podman-compose wait for the health that is asked for here.
composing=yes
start podman-compose -p "$project" up -d --no-build
healthy() { podman healthcheck run "$(container "$1")"; }
for service in ntp-server collector exporter; do
  eventually "$patience" healthy "$service" || fail_with_output "$service did not become healthy within $patience s"
  say "$service is healthy"
done
eventually "$patience" job_gone || fail_with_output "podman-compose did not end within $patience s"
wait "$job" || fail_with_output 'podman-compose up failed'
job=

state() { podman inspect --format "{{.State.$2}}" "$(container "$1")"; }
lab_ended() { [ "$(state lab Status)" = exited ]; }
eventually "$patience" lab_ended || fail "the lab did not end within $patience s"
[ "$(state lab ExitCode)" = 0 ] || fail "the lab ended with exit code $(state lab ExitCode)"
verdict=$(log lab | grep '^PASS ') || fail 'the lab did not say PASS'
say "the lab ended: $verdict"

# The first connections of the exporter's office end within half a minute; the collector says every 10 s what it has.
has_flows() { log collector | grep '^[1-9][0-9,]* flows of '; }
eventually "$patience" has_flows || fail "the collector received no flows within $patience s"

# The exporter first, so that what it sends at the end is still collected.
for service in exporter collector ntp-server; do
  podman stop -t 30 "$(container "$service")" >/dev/null
  [ "$(state "$service" ExitCode)" = 0 ] || fail "$service ended with exit code $(state "$service" ExitCode)"
done
exported=$(log exporter | sed -n 's/.*, \([0-9]*\) flow records, .*/\1/p' | tail -n 1)
collected=$(log collector | sed -n 's/^\([0-9,]*\) flows of .*/\1/p' | tail -n 1 | tr -d ,)
[ "$exported" = "$collected" ] || fail "the exporter sent $exported flow records, but the collector has $collected"

size=$(podman image inspect --format '{{.Size}}' flowlab)
take_down >/dev/null 2>&1 || true
label="label=io.podman.compose.project=$project"
left=$(podman ps -aq --filter "$label" && podman volume ls -q --filter "$label" && podman network ls -q --filter "$label")
[ -z "$left" ] || fail "left behind: $left"
say "compose.yaml came up in $(podman --version): ntp-server, collector and exporter healthy, lab PASS, all $collected flow" \
  "records of the exporter at the collector, nothing left; the image has $(((size + 500000) / 1000000)) MB, it took $SECONDS s"
