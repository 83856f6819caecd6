#include "lab/engine/docker/node_container.h"

namespace echolab::engine::docker {

NodeContainer::NodeContainer(docker_api::Client& client, const plan::Node& node, artifacts::RunFolderWriter& folder)
    : NodeRun(node, folder),
      container_(client, {.output =
                              [this](docker_api::Stream stream, std::string_view bytes) {
                                stream == docker_api::Stream::standard_output ? take_output(bytes) : take_errors(bytes);
                              },
                          .started = [this] { mark_started(); },
                          .failed =
                              [this](const docker_api::ApiError& error) {
                                fail({error.message, error.mend});
                              },
                          .ended =
                              [this](const AttachedContainer::End& end) {
                                if (!end.output_lost.empty()) output_lost(end.output_lost);
                                mark_ended(end.exit_code, end.out_of_memory, end.error);
                              }}) {}

}  // namespace echolab::engine::docker
