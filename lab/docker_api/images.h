#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/docker_api/client.h"
#include "lab/docker_api/networks.h"

namespace echolab::docker_api {

// The image's id; status 404 when there is none of that name.
void inspect_image(Client& client, const std::string& reference, Callback<std::string> done);

struct BuildSpec {
  std::string tag;
  std::string dockerfile;  // relative to the context
  std::string context;     // a tar archive
  Labels labels;
};
// `on_line` gets the builder's output line by line. The result is the image's id.
void build_image(Client& client, BuildSpec spec, std::function<void(std::string_view line)> on_line,
                 Callback<std::string> done);

struct ImageInfo {
  std::string id;
  std::string name;  // its first tag, or the id's beginning
  Labels labels;
};
// Those with the label that no other image was made from.
void list_images(Client& client, const std::string& label, Callback<std::vector<ImageInfo>> done);
// With its tags, and with those of its parents that have no tag and no other child. Status 409: a container runs it.
void remove_image(Client& client, const std::string& id, Callback<Nothing> done);

}  // namespace echolab::docker_api
