# shellcheck shell=bash
# Which Debian packages are needed, and how they get here. docs/dependencies.md says what each is for.
build_packages=(
  cmake fonts-dejavu-core fonts-naver-d2coding g++ libarchive-dev libasio-dev libcli11-dev libcurl4-openssl-dev
  libfreetype-dev libmnl-dev libnftables-dev libpcap-dev libpng-dev libpugixml-dev libre2-dev libseccomp-dev libspdlog-dev libutf8proc-dev libxxhash-dev
  libyaml-cpp-dev libzstd-dev nettle-dev ninja-build nlohmann-json3-dev pkg-config zlib1g-dev)
test_packages=(libgmock-dev libgtest-dev librapidcheck-dev libssl-dev mold)
# Tests skip without these, and say so.
test_tools=(
  docker-compose ethtool iproute2 python3 python3-jsonschema python3-pil python3-yaml shellcheck tcpdump tshark zstd)
fuzz_packages=(clang)
local_packages=(tcpdump)  # what the local engine runs
bench_packages=(bridge-utils docker-compose iproute2 mininet socat sockperf tcpdump tshark)
engine_packages=(docker.io iptables)
image_packages=(mmdebstrap)

lists_are_fresh=''

missing_packages() {
  local package
  declare -A installed=()
  while read -r package; do installed[$package]=1; done < <(
    dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p')
  for package in "$@"; do [[ -v installed[$package] ]] || printf '%s\n' "$package"; done
}

# A machine is ours to set up when its root called, and either said so or had no Docker: then it is a bare one. Once
# set up by us it stays so, for an engine that we started ourselves is no reason to stop.
may_set_up() {
  ((EUID == 0)) && command -v apt-get >/dev/null || return 1
  [[ ${ECHOLAB_INSTALL:-} == 1 || -e $state/set-up-by-us ]] && return 0
  [[ -z ${DOCKER_HOST:-} && -z ${DOCKER_CONTEXT:-} ]] && ! engine_answers
}

# need_packages PACKAGE...: installs what is missing, or says which command does.
need_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  local install="apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  command -v dpkg-query >/dev/null ||
    give_up 'this script knows Debian packages only' "install by other means what matches: ${missing[*]}"
  if ! may_set_up; then
    local how="$install"
    ((EUID == 0)) || how="sudo sh -c '$install'"
    give_up "missing Debian packages: ${missing[*]}" "$how"
  fi
  say "installing from Debian's packages: ${missing[*]}"
  mkdir -p -- "$state" && touch -- "$state/set-up-by-us"
  export DEBIAN_FRONTEND=noninteractive
  if ! { [[ -n $lists_are_fresh ]] || logged apt-update apt-get update; } ||
    ! logged apt-install apt-get install -y --no-install-recommends "${missing[@]}" 9>&-; then
    give_up 'packages could not be installed' "$install"
  fi
  lists_are_fresh=yes
}
