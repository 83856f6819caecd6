#include "lab/engine/docker/submission_image.h"

#include <fmt/format.h>

#include "lab/base/error.h"
#include "lab/base/hash.h"
#include "lab/docker_api/images.h"
#include "lab/engine/docker/build_context.h"

namespace echolab::engine::docker {

namespace {

// A tag holds letters, digits, '_', '.' and '-', at most 128 of them.
std::string tag_of(const std::string& runner_id, const plan::Bundle& bundle, const std::string& run) {
  return "echolab/submission:" + sha256_hex(fmt::format("{}/{}/{}", run, runner_id, bundle.sha256)).substr(0, 32);
}

// Labels come first, so that what a broken-off build leaves has them too. Nothing is run, so no program of the bundle is,
// and no file of it is at the context's top, where a .dockerignore or a Dockerfile would mean something.
std::string dockerfile_of(const std::string& runner_id, const docker_api::Labels& labels) {
  std::string text = "FROM " + runner_id + "\nLABEL";
  for (const auto& [name, value] : labels) text += fmt::format(" \"{}\"=\"{}\"", name, value);
  return text + "\nCOPY submission /submission\n";
}

}  // namespace

std::string build_submission_image(docker_api::Client& client, const std::string& runner_id, const plan::Bundle& bundle,
                                   const std::string& run, const Owner& owner) {
  const std::string dockerfile =
      dockerfile_of(runner_id, {{label_run, run}, {label_owner, owner.to_string()}, {label_role, "submission"}});
  docker_api::BuildSpec spec{tag_of(runner_id, bundle, run),
                             "Dockerfile",
                             tar_of_folder(bundle.folder, "submission", {{"Dockerfile", dockerfile}}),
                             {}};
  auto id = client.await<std::string>([&](docker_api::Callback<std::string> done) {
    docker_api::build_image(client, std::move(spec), {}, std::move(done));
  });
  if (!id) {
    throw EnvironmentError("make an image of " + bundle.folder, id.error().message,
                           "see whether the Docker engine has room left: docker system df");
  }
  return id.take();
}

}  // namespace echolab::engine::docker
