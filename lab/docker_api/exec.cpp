#include "lab/docker_api/exec.h"

#include <memory>

#include "lab/base/json.h"
#include "lab/docker_api/convert.h"
#include "lab/docker_api/stream_demux.h"

namespace echolab::docker_api {

namespace {

constexpr std::size_t most_output = 1u << 20;

void start_exec(Client& client, const std::string& id, Callback<ExecResult> done) {
  auto result = std::make_shared<ExecResult>();
  auto demux = std::make_shared<StreamDemux>([result](Stream stream, std::string_view bytes) {
    std::string& kept = stream == Stream::standard_output ? result->output : result->errors;
    kept += bytes.substr(0, most_output - std::min(most_output, kept.size()));
  });
  Request request{.method = "POST",
                  .path = "/exec/" + id + "/start",
                  .body = R"({"Detach":false,"Tty":false})",
                  .limit = std::chrono::seconds(60),
                  .on_data = [demux](std::string_view bytes) { return demux->feed(bytes); }};
  client.call(std::move(request), [&client, id, result, demux, done = std::move(done)](Reply<std::string> reply) {
    if (!reply) return done(reply.error());
    client.call({.path = "/exec/" + id + "/json"}, converted<ExecResult>(done, [result](const nlohmann::json& value) {
                  result->exit_code = static_cast<int>(number(value, "ExitCode"));
                  return std::move(*result);
                }));
  });
}

}  // namespace

void run_exec(Client& client, const std::string& container, const std::vector<std::string>& command,
              Callback<ExecResult> done) {
  const nlohmann::json body{{"Cmd", command}, {"AttachStdout", true}, {"AttachStderr", true}};
  client.call({.method = "POST", .path = "/containers/" + percent_encoded(container) + "/exec", .body = body.dump()},
              converted<std::string>(
                  [&client, done = std::move(done)](Reply<std::string> id) {
                    if (!id) return done(id.error());
                    start_exec(client, id.value(), done);
                  },
                  [](const nlohmann::json& value) { return text(value, "Id"); }));
}

}  // namespace echolab::docker_api
