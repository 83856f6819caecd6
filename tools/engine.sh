# shellcheck shell=bash
# The Docker engine: found, or on a bare machine installed and started. What we start, we can stop; nothing else.

engine_answers() {
  command -v docker >/dev/null && timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1 </dev/null
}

# The time a process started (field 22 of proc(5) stat) tells it from a later one with the same number.
start_time_of() { sed -e 's/.*) //' -- "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

our_engine_pid() {
  local pid started
  read -r pid started 2>/dev/null <"$state/dockerd.pid" || return 1
  [[ -n $started && $(start_time_of "$pid") == "$started" ]] || return 1
  printf '%s\n' "$pid"
}

need_engine() {
  engine_answers && return 0
  if [[ -n ${DOCKER_HOST:-} ]]; then
    give_up "no Docker engine answers at $DOCKER_HOST (DOCKER_HOST)" 'unset DOCKER_HOST, or start that engine'
  fi
  if ! may_set_up; then
    local problem
    problem=$(docker version --format '{{.Server.Version}}' 2>&1 </dev/null | tail -n 1) || true
    case $problem in
      *[Pp]ermission\ denied*)
        give_up 'the Docker engine runs, but you may not use it' "sudo usermod -aG docker $(id -un), then log in again" ;;
      *) give_up 'no Docker engine answers' 'sudo apt-get install docker.io iptables && sudo systemctl start docker' ;;
    esac
  fi
  need_packages "${engine_packages[@]}"
  engine_answers && return 0  # a machine with an init system starts it on installation
  if [[ -d /run/systemd/system ]]; then
    give_up 'no Docker engine answers' 'systemctl start docker'
  fi
  start_engine
}

start_engine() {
  local log="$state/dockerd.log" pid
  mkdir -p -- "$state" && touch -- "$state/set-up-by-us"
  say "starting the Docker engine (log: $log; './echolab stop-engine' ends it)"
  : >"$log"
  setsid dockerd >>"$log" 2>&1 </dev/null 9>&- &
  pid=$!
  printf '%s %s\n' "$pid" "$(start_time_of "$pid")" >"$state/dockerd.pid"
  # Its log says when it listens; tail ends with the process, so an engine that dies is seen at once.
  timeout 60 grep -q -m 1 'API listen on' < <(exec 9>&-; exec timeout 60 tail -n +1 -f --pid="$pid" -- "$log") || true
  if ! engine_answers; then
    tail -n 20 -- "$log" >&2
    give_up 'the Docker engine did not start' "see $log"
  fi
}

# Ends the engine that this checkout started, and nothing else.
stop_engine() {
  local pid
  if pid=$(our_engine_pid); then
    kill -TERM "$pid"
    timeout 60 tail -f --pid="$pid" /dev/null || say "the engine (process $pid) has not ended after a minute"
  fi
  rm -f -- "$state/dockerd.pid"
}
