#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "lab/docker_api/client.h"

namespace echolab::docker_api {

// The image's id; status 404 when there is none of that name.
void inspect_image(Client& client, const std::string& reference, Callback<std::string> done);

struct BuildSpec {
  std::string tag;
  std::string dockerfile;  // relative to the context
  std::string context;     // a tar archive
  std::map<std::string, std::string> labels;
};
// `on_line` gets the builder's output line by line. The result is the image's id.
void build_image(Client& client, BuildSpec spec, std::function<void(std::string_view line)> on_line,
                 Callback<std::string> done);

}  // namespace echolab::docker_api
