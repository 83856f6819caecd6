#include "lab/engine/docker/images.h"

#include <fmt/format.h>

#include <deque>
#include <map>

#include "lab/base/hash.h"
#include "lab/base/text.h"
#include "lab/docker_api/images.h"
#include "lab/engine/docker/build_context.h"
#include "lab/engine/docker/submission_image.h"

namespace echolab::engine::docker {

namespace {

using docker_api::Callback;

constexpr std::size_t shown_lines = 12;

docker_api::Reply<std::string> look_up(docker_api::Client& client, const std::string& reference) {
  return client.await<std::string>(
      [&](Callback<std::string> done) { docker_api::inspect_image(client, reference, std::move(done)); });
}

// An image is named after what went into it, so that an unchanged context is built once.
std::string build(docker_api::Client& client, const RunContext& context, const scenario::Build& program) {
  const auto folder = std::filesystem::path(context.plan.scenario_file).parent_path() / program.context;
  std::string archive = tar_of_folder(folder);
  const std::string tag = "echolab/build:" + sha256_hex(program.dockerfile + '\0' + archive).substr(0, 32);
  if (auto known = look_up(client, tag)) return known.take();

  context.observer.step("building " + program.context);
  context.folder.log_step("build", program.context);
  std::deque<std::string> last;
  auto reply = client.await<std::string>([&](Callback<std::string> done) {
    docker_api::build_image(
        client, {tag, program.dockerfile, std::move(archive), {{"echolab.build", program.context}}},
        [&last](std::string_view line) {
          last.emplace_back(line.substr(0, 500));
          if (last.size() > shown_lines) last.pop_front();
        },
        std::move(done));
  });
  if (reply) return reply.take();
  std::string cause = reply.error().message;
  for (const auto& line : last) cause += "\n  " + escape_for_terminal(line.substr(0, line.find_last_not_of('\n') + 1));
  throw EnvironmentError("build the image of " + folder.string(), cause, "correct its " + program.dockerfile);
}

// Equal for equal programs.
std::string key_of(const plan::Program& program) {
  if (const auto* const image = std::get_if<scenario::Image>(&program)) return "image" + image->reference;
  if (const auto* const folder = std::get_if<scenario::Build>(&program)) {
    return "build" + folder->context + '\0' + folder->dockerfile;
  }
  return "bundle" + std::get<plan::Bundle>(program).sha256;
}

}  // namespace

std::string require_image(docker_api::Client& client, const std::string& reference) {
  auto reply = look_up(client, reference);
  if (!reply && reply.error().status == 404) {
    throw EnvironmentError(
        "find the image " + reference, "the Docker engine has no such image",
        reference.starts_with("echolab/") ? "./echolab images makes the lab's own images" : "docker pull " + reference);
  }
  return reply.take();
}

std::vector<NodeImage> resolve_images(docker_api::Client& client, const RunContext& context,
                                      const std::string& runner_image, const Owner& owner) {
  const auto find = [&](const plan::Program& program) -> NodeImage {
    if (const auto* const image = std::get_if<scenario::Image>(&program)) {
      const std::string id = require_image(client, image->reference);
      return {id, id};
    }
    if (const auto* const folder = std::get_if<scenario::Build>(&program)) {
      const std::string id = build(client, context, *folder);
      return {id, id};
    }
    const std::string runner = require_image(client, runner_image);
    const auto& bundle = std::get<plan::Bundle>(program);
    return {build_submission_image(client, runner, bundle, context.plan.run_id, owner), runner};
  };
  std::map<std::string, NodeImage> known;  // by what the plan says
  std::vector<NodeImage> images;
  for (const auto& node : context.plan.nodes) {
    const std::string key = key_of(node.program);
    auto found = known.find(key);
    if (found == known.end()) {
      context.interrupt.check();
      found = known.emplace(key, find(node.program)).first;
    }
    images.push_back(found->second);
  }
  return images;
}

}  // namespace echolab::engine::docker
