# shellcheck shell=bash
# Tests and fuzzing. The tests themselves are built with AddressSanitizer and UBSan (preset test); those that run the
# program or containers use the release build, which is what is shipped.

run_tests() {
  local packages=("${build_packages[@]}" "${test_packages[@]}")
  if may_set_up; then
    packages+=("${test_tools[@]}")
    engine_answers || packages+=("${engine_packages[@]}")
  else
    local absent
    absent=$(missing_packages "${test_tools[@]}" | tr '\n' ' ')
    [[ -z $absent ]] || say "tests that need these packages will be skipped: $absent"
  fi
  need_packages "${packages[@]}"
  # Images are built beside the tests: most of the time of the one goes into unpacking, of the other into compiling.
  build_tests &
  local tests_build=$!
  # In a subshell: where no engine can be had, the tests that need one skip and say why.
  (need_images) || say 'tests that need Docker will be skipped'
  # A CI machine builds everything from nothing: there the tests run the programs of the images, which are built anyway.
  if [[ ${CI:-} == true ]] && take_programs_from_images; then
    program="$shipped/lab/cli/echolab"
  else
    need_program
    need_services
  fi
  wait "$tests_build" || give_up 'the tests could not be built' 'see above'
  cd -- "$root" || exit 3
  export ECHOLAB_PROGRAM="$program"
  exec ctest --test-dir build/test --output-on-failure --no-tests=error --parallel "$(nproc)" \
    --output-junit "$state/tests.xml" "$@"
}

build_tests() {
  say 'building the tests'
  logged configure-test configure test && logged build-test cmake --build "$root/build/test" --target tests
}

# The controller and what nodes run, as the images ship them, where a build would put them; false when they do not run
# on this machine.
shipped="$state/shipped"
take_programs_from_images() {
  local image container folder
  say 'building the image of the controller'
  logged image-lab docker build --target lab --tag echolab/lab "$root" || return 1
  rm -rf -- "$shipped" && mkdir -p -- "$shipped/bin" "$shipped/lab/cli"
  for image in "${images[@]}" lab; do
    folder=bin
    [[ $image != lab ]] || folder=lab/cli
    container=$(docker create "echolab/$image") || return 1
    docker cp "$container:/usr/local/bin/." "$shipped/$folder"
    docker rm "$container" >/dev/null
  done
  "$shipped/lab/cli/echolab" --version >/dev/null 2>&1 && "$shipped/bin/echo-server" --version >/dev/null 2>&1
}

# run_fuzzer TARGET [SECONDS]: seeds from tests/fuzz/corpus/TARGET; what it finds stays in build/fuzz/found/TARGET.
run_fuzzer() {
  local target=${1:-} seconds=${2:-60} binary
  target=${target#fuzz_}
  if [[ -z $target || ! $seconds =~ ^[0-9]+$ ]]; then
    say 'usage: ./echolab fuzz TARGET [SECONDS]'
    exit 2
  fi
  if [[ ! -e $root/tests/fuzz/fuzz_$target.cpp ]]; then
    say "no fuzz target is called $target; there are: $(cd -- "$root/tests/fuzz" && echo fuzz_*.cpp | sed 's/fuzz_\([a-z_]*\)\.cpp/\1/g')"
    exit 2
  fi
  need_packages "${build_packages[@]}" "${test_packages[@]}" "${fuzz_packages[@]}"
  say "building fuzz_$target"
  { logged configure-fuzz configure fuzz && logged build-fuzz cmake --build "$root/build/fuzz" --target "fuzz_$target"; } ||
    give_up 'the fuzz target could not be built' 'see above'
  binary="$root/build/fuzz/tests/fuzz/fuzz_$target"
  local found="$root/build/fuzz/found/$target"
  mkdir -p -- "$found"
  local corpora=("$found")
  [[ ! -d $root/tests/fuzz/corpus/$target ]] || corpora+=("$root/tests/fuzz/corpus/$target")
  exec "$binary" -max_total_time="$seconds" -artifact_prefix="$found/" "${corpora[@]}"
}
