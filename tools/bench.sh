# shellcheck shell=bash
# Benchmarks. They are no tests: they print numbers beside those of peers from the same run.

# run_benchmarks [NAME...] [OPTIONS]: builds with the preset bench, which compiles the program as it is shipped.
run_benchmarks() {
  local build="$root/build/bench"
  need_packages "${build_packages[@]}"
  # Peers: whoever is missing has a row that says so.
  if may_set_up; then need_packages "${bench_packages[@]}"; fi
  say 'building the benchmarks'
  { logged configure-bench configure bench &&
    logged build-bench cmake --build "$build" --target lab/cli/echolab echolab-bench bench_peers "${service_targets[@]}"; } ||
    give_up 'the benchmarks could not be built' 'see above'
  (need_images) || say 'benchmarks that need Docker will say that it is missing'
  export ECHOLAB_SERVICES="$build/bin"
  exec "$build/bench/echolab-bench" --program "$build/lab/cli/echolab" --services "$build/bin" \
    --peers "$build/bench/peers" "$@"
}
