# shellcheck shell=bash
# Benchmarks. They are no tests: they print numbers beside those of peers from the same run, and judge nothing.

# run_benchmark NAME [OPTIONS]: builds with the preset bench, which compiles the program as it is shipped.
run_benchmark() {
  local name=${1:-}
  if [[ -z $name || ! -e $root/bench/$name.cpp ]]; then
    say 'usage: ./echolab bench verify [--packets N] [--rounds N] [--json]'
    say '       ./echolab bench grade [--students N] [--pairs N] [--json]'
    say '       ./echolab bench start [--nodes N...] [--rounds N] [--json]'
    exit 2
  fi
  shift
  need_packages "${build_packages[@]}" "${bench_packages[@]}"
  say "building the benchmark $name"
  { logged configure-bench configure bench &&
    logged build-bench cmake --build "$root/build/bench" --target lab/cli/echolab count_packets "bench_$name"; } ||
    give_up 'the benchmark could not be built' 'see above'
  local options=(--program "$root/build/bench/lab/cli/echolab")
  case $name in
    start)
      need_services
      export ECHOLAB_SERVICES=$services
      ;;
    grade) need_images ;;
    verify) options+=(--counter "$root/build/bench/bench/count_packets") ;;
  esac
  exec "$root/build/bench/bench/bench_$name" "${options[@]}" "$@"
}
