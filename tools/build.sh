# shellcheck shell=bash
# Builds. A folder remembers the hash of what it was built from; when that is unchanged, no build tool is called.
program="$root/build/release/lab/cli/echolab"
program_sources=(CMakeLists.txt CMakePresets.json cmake lab)

is_current() { [[ -e $1 ]] && [[ $(<"$1") == "$2" ]]; } 2>/dev/null

configure() {
  local preset=$1
  shift
  [[ -e $root/build/$preset/build.ninja ]] && (($# == 0)) && return 0  # ninja reruns cmake when it must
  (cd -- "$root" && cmake --preset "$preset" "$@")
}

# need_program [for-docker]: the program, current. A bare machine that will need an engine gets it in the same
# installation.
need_program() {
  local stamp="$root/build/release/.sources" want
  [[ -x $program ]] && is_current "$stamp" "$(hash_of "${program_sources[@]}")" && return 0
  take_turn
  want=$(hash_of "${program_sources[@]}")  # before the build: a change during it makes the next call build again
  if ! { [[ -x $program ]] && is_current "$stamp" "$want"; }; then
    local packages=("${build_packages[@]}")
    if [[ ${1:-} == for-docker ]] && ! engine_answers && may_set_up; then packages+=("${engine_packages[@]}"); fi
    need_packages "${packages[@]}"
    say 'building the program'
    logged configure-release configure release || give_up 'the build could not be configured' 'see above'
    logged build-release cmake --build "$root/build/release" --target lab/cli/echolab ||
      give_up 'the build failed' 'see above'
    printf '%s' "$want" >"$stamp"
  fi
  end_turn
}

# need_services: the programs that nodes of the local engine run.
services="$root/build/release/bin"
service_sources=(CMakeLists.txt CMakePresets.json cmake services)
service_targets=(echo-server echo-client faulty-server capture-agent supervisor)

need_services() {
  local stamp="$root/build/release/.services" want
  [[ -x $services/echo-server ]] && is_current "$stamp" "$(hash_of "${service_sources[@]}")" && return 0
  take_turn
  want=$(hash_of "${service_sources[@]}")
  if ! { [[ -x $services/echo-server ]] && is_current "$stamp" "$want"; }; then
    need_packages "${build_packages[@]}" "${local_packages[@]}"
    say 'building the programs that nodes run'
    logged configure-release configure release || give_up 'the build could not be configured' 'see above'
    logged build-services cmake --build "$root/build/release" --target "${service_targets[@]}" ||
      give_up 'the build failed' 'see above'
    printf '%s' "$want" >"$stamp"
  fi
  end_turn
}
