# shellcheck shell=bash
# The images that labs run. Each carries the hash of the sources it was built from, so one call tells whether all of
# them are current, whoever built them.
images=(echo-server echo-client faulty-server capture-agent runner)
image_sources=(CMakeLists.txt Dockerfile cmake services)
base_image=debian:bookworm-slim

images_current() {
  local want=$1 found label
  found=$(timeout 20 docker image inspect --format '{{index .Config.Labels "echolab.sources"}}' \
    "${images[@]/#/echolab/}" 2>/dev/null </dev/null) || return 1
  while read -r label; do [[ $label == "$want" ]] || return 1; done <<<"$found"
}

need_images() {
  command -v docker >/dev/null && images_current "$(hash_of "${image_sources[@]}")" && return 0
  take_turn
  need_engine
  local want image old new
  want=$(hash_of "${image_sources[@]}")
  if ! images_current "$want"; then
    need_base_image
    say "building the lab's images"
    for image in "${images[@]}"; do
      old=$(docker image inspect --format '{{.Id}}' "echolab/$image" 2>/dev/null) || old=''
      logged "image-$image" docker build --label "echolab.sources=$want" --target "$image" --tag "echolab/$image" \
        "$root" || give_up "the image echolab/$image could not be built" "see $state/image-$image.log"
      new=$(docker image inspect --format '{{.Id}}' "echolab/$image")
      # The one it replaces; kept by the engine while anything uses it.
      if [[ -n $old && $old != "$new" ]]; then docker image rm "$old" >/dev/null 2>&1 || true; fi
    done
  fi
  end_turn
}

# Debian's image from a registry, or, where none can be reached, the same made from this machine's package sources.
need_base_image() {
  docker image inspect "$base_image" >/dev/null 2>&1 && return 0
  say "fetching the base image $base_image"
  timeout 30 docker pull --quiet "$base_image" >/dev/null 2>&1 </dev/null && return 0
  may_set_up || ((EUID == 0)) ||
    give_up "no registry gives $base_image" "docker pull $base_image   (or, as root: ./echolab images)"
  need_packages "${image_packages[@]}"
  say "no registry answers: making $base_image from Debian's packages"
  logged base-image make_base_image || give_up "$base_image could not be made" "see $state/base-image.log"
}

make_base_image() {
  local sources
  mapfile -t sources < <(debian_sources)
  if ((${#sources[@]} == 0)); then
    apt-get update >&2
    mapfile -t sources < <(debian_sources)
  fi
  # What the slim image leaves out is left out here too; licences stay.
  mmdebstrap --variant=minbase --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    bookworm - "${sources[@]}" 2>"$state/mmdebstrap.log" |
    docker import --change 'CMD ["bash"]' --change 'LABEL echolab.base=made-here' - "$base_image" || {
    cat -- "$state/mmdebstrap.log"
    return 1
  }
}

# The sources of this machine that are Debian's own, third parties left out.
debian_sources() {
  # shellcheck disable=SC2016  # apt-get fills the fields in
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    LC_ALL=C sort -u
}
