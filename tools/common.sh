# shellcheck shell=bash
# What the other scripts share. $root is the source folder; $state holds what the launcher remembers.
state="$root/build/state"
readonly state

say() { printf 'echolab: %s\n' "$*" >&2; }

# The machine lacks something and nothing may be changed behind the user's back: name the command that mends it.
give_up() {
  local cause=$1 mend=$2
  printf 'echolab: %s\nTo mend it: %s\n' "$cause" "$mend" >&2
  exit 3
}

# One hash over names and contents of all files in these folders. Contents, not times: a checkout or a copy of the
# same sources is current, and 300 files take about 10 ms.
hash_of() {
  (cd -- "$root" && find "$@" -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 -r sha256sum) |
    sha256sum | cut -d' ' -f1
}

# logged NAME COMMAND...: output goes to a log that is shown only when the command fails.
logged() {
  local log="$state/$1.log" status=0
  shift
  mkdir -p -- "$state"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    tail -n 60 -- "$log" >&2
    say "failed with status $status: $* (whole log: $log)"
  fi
  return "$status"
}

# Calls that run at the same time take turns at changing things; the lock ends with the process. Whatever is left
# running must not inherit descriptor 9.
take_turn() {
  mkdir -p -- "$state"
  exec 9>"$state/lock"
  if ! flock --nonblock 9; then
    say 'waiting for another call that is setting things up'
    flock 9
  fi
}
end_turn() { exec 9>&-; }
