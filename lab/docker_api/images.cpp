#include "lab/docker_api/images.h"

#include <memory>

#include "lab/base/json.h"
#include "lab/docker_api/convert.h"

namespace echolab::docker_api {

namespace {

constexpr std::size_t longest_line = 1u << 20;

// A slash separates the parts of a reference and stays as it is in the path.
std::string reference_path(const std::string& reference) {
  std::string path;
  std::size_t begin = 0;
  for (std::size_t end = reference.find('/'); end != std::string::npos; end = reference.find('/', begin)) {
    path += percent_encoded(reference.substr(begin, end - begin)) + "/";
    begin = end + 1;
  }
  return path + percent_encoded(reference.substr(begin));
}

// The build's answer: one JSON object per line, "stream" for output and "errorDetail" for failure.
struct BuildOutput {
  std::function<void(std::string_view)> on_line;
  std::string pending, error;

  bool feed(std::string_view bytes) {
    pending += bytes;
    std::size_t end = 0;
    while ((end = pending.find('\n')) != std::string::npos) {
      const std::string line = pending.substr(0, end);
      pending.erase(0, end + 1);
      if (line.find_first_not_of(" \r") != std::string::npos) take(line);
    }
    return pending.size() <= longest_line;
  }
  void take(const std::string& line) {
    const auto value = parse_json(line, "the build's output");
    if (const auto output = text(value, "stream"); !output.empty() && on_line) on_line(output);
    if (const auto message = text(member(value, "errorDetail"), "message"); !message.empty()) error = message;
  }
};

ImageInfo listed_image(const nlohmann::json& value) {
  ImageInfo info{text(value, "Id"), {}, string_map(member(value, "Labels"))};
  const auto& tags = member(value, "RepoTags");
  if (tags.is_array() && !tags.empty() && tags[0].is_string()) info.name = tags[0].get<std::string>();
  if (info.name.empty() || info.name == "<none>:<none>") info.name = info.id.substr(0, 19);
  return info;
}

}  // namespace

void inspect_image(Client& client, const std::string& reference, Callback<std::string> done) {
  client.call({.path = "/images/" + reference_path(reference) + "/json"},
              converted<std::string>(std::move(done), [](const nlohmann::json& value) { return text(value, "Id"); }));
}

void build_image(Client& client, BuildSpec spec, std::function<void(std::string_view line)> on_line,
                 Callback<std::string> done) {
  auto output = std::make_shared<BuildOutput>(BuildOutput{std::move(on_line), {}, {}});
  const nlohmann::json labels(spec.labels);
  Request request{.method = "POST",
                  .path = "/build?rm=1&forcerm=1&t=" + percent_encoded(spec.tag) + "&dockerfile=" +
                          percent_encoded(spec.dockerfile) + "&labels=" + percent_encoded(labels.dump()),
                  .body = std::move(spec.context),
                  .content_type = "application/x-tar",
                  .limit = std::chrono::minutes(10),
                  .on_data = [output](std::string_view bytes) { return output->feed(bytes); }};
  client.call(std::move(request), [&client, output, tag = spec.tag, done = std::move(done)](Reply<std::string> reply) {
    if (!reply) return done(reply.error());
    if (!output->error.empty()) return done(ApiError{"POST /build", 0, output->error, "correct the Dockerfile"});
    inspect_image(client, tag, done);
  });
}

void list_images(Client& client, const std::string& label, Callback<std::vector<ImageInfo>> done) {
  client.call({.path = "/images/json" + label_filter("?", label)},
              converted_list<ImageInfo>(std::move(done), listed_image));
}

// Force: an image may have got a second tag from somebody. A container that runs it protects it all the same.
void remove_image(Client& client, const std::string& id, Callback<Nothing> done) {
  client.call(
      {.method = "DELETE", .path = "/images/" + percent_encoded(id) + "?force=1", .limit = std::chrono::seconds(60)},
      ignoring_body(std::move(done)));
}

}  // namespace echolab::docker_api
