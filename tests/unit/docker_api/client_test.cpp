// The client against a daemon that misbehaves.

#include "lab/docker_api/client.h"
#include "lab/base/json.h"

#include <gtest/gtest.h>

#include "lab/base/error.h"
#include "lab/docker_api/containers.h"
#include "lab/docker_api/json.h"
#include "lab/docker_api/networks.h"
#include "tests/support/fake_daemon.h"

namespace echolab::docker_api {
namespace {

using test::FakeDaemon;

Endpoint endpoint_of(const std::string& path) {
  return resolve_endpoint({.host = "unix://" + path, .context = ""}, [](const std::string&) { return std::string(); });
}

std::string answer(const std::string& status, const std::string& body, const std::string& header = "") {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + header +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

bool is_ping(const std::string& request) {
  return request.starts_with("GET /_ping ");
}

// Answers the ping with that version and everything else with the script.
FakeDaemon::Script after_ping(FakeDaemon::Script script, const std::string& version = "1.41") {
  return [script = std::move(script), version](int fd, const std::string& request) {
    if (is_ping(request)) {
      FakeDaemon::send(fd, answer("200 OK", "OK", "Api-Version: " + version + "\r\n"));
    } else {
      script(fd, request);
    }
  };
}
FakeDaemon::Script saying(const std::string& bytes) {
  return after_ping([bytes](int fd, const std::string&) { FakeDaemon::send(fd, bytes); });
}

Reply<ContainerInfo> inspect(const FakeDaemon& daemon) {
  Client client(endpoint_of(daemon.path()));
  client.negotiate();
  return client.await<ContainerInfo>(
      [&](Callback<ContainerInfo> done) { inspect_container(client, "abc", std::move(done)); });
}

Reply<std::string> get(const FakeDaemon& daemon, Nanoseconds limit) {
  Client client(endpoint_of(daemon.path()));
  client.negotiate();
  return client.await<std::string>([&](Callback<std::string> done) {
    client.call({.path = "/x", .limit = limit, .body_limit = 4096}, std::move(done));
  });
}

TEST(ApiVersion, ComparesAsNumbers) {
  EXPECT_LT(*ApiVersion::parse("1.9"), *ApiVersion::parse("1.10"));
  for (const auto* text : {"", "1", "1.", ".1", "1.4x", "-1.2"}) EXPECT_FALSE(ApiVersion::parse(text)) << text;
}

TEST(Client, TooOldAnEngineIsRefused) {
  const FakeDaemon daemon(after_ping({}, "1.40"));
  Client client(endpoint_of(daemon.path()));
  try {
    client.negotiate();
    ADD_FAILURE() << "1.40 was accepted";
  } catch (const EnvironmentError& error) {
    EXPECT_EQ(error.cause(), "it speaks API 1.40, and 1.41 is needed");
    EXPECT_EQ(error.mend(), "update Docker to 20.10 or later");
  }
}

TEST(Client, ANewerEngineIsSpokenToInOurVersion) {
  std::string seen;
  const FakeDaemon daemon(after_ping(
      [&seen](int fd, const std::string& request) {
        seen = request.substr(0, request.find('\r'));
        FakeDaemon::send(fd, answer("200 OK", "{}"));
      },
      "1.99"));
  EXPECT_TRUE(inspect(daemon));
  EXPECT_EQ(seen, "GET /v" + newest_known.to_string() + "/containers/abc/json HTTP/1.1");
}

TEST(Client, AMissingSocketIsNamedWithItsMend) {
  Client client(endpoint_of("/nonexistent/docker.sock"));
  try {
    client.negotiate();
    ADD_FAILURE() << "reached nothing";
  } catch (const EnvironmentError& error) {
    EXPECT_EQ(error.cause(), "/nonexistent/docker.sock: No such file or directory");
    EXPECT_NE(error.mend().find("start Docker"), std::string::npos);
  }
}

TEST(Client, TheDaemonsMessageComesThrough) {
  for (const auto* status : {"404 Not Found", "409 Conflict", "500 Internal Server Error"}) {
    const FakeDaemon daemon(saying(answer(status, R"({"message":"No such container: abc"})")));
    const auto reply = inspect(daemon);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().message, "No such container: abc");
    EXPECT_EQ(reply.error().call, "GET /containers/abc/json");
    EXPECT_EQ(std::to_string(reply.error().status), std::string(status).substr(0, 3));
  }
}

TEST(Client, BadAnswersAreErrors) {
  const std::string head = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& bytes : {
           head + "Content-Length: 100\r\n\r\n{\"Id\":",  // truncated
           chunked + "-2\r\n{}\r\n0\r\n\r\n",             // chunk sizes that are none
           chunked + "FFFFFFFFFFFFFFFFF\r\n{}\r\n",
           std::string("garbage\r\n\r\n"),  //
           std::string(),                   // closed without a word
           answer("200 OK", "not json"),
           answer("200 OK", "{\"Id\":\"\xff\xfe\"}"),  // invalid UTF-8
           answer("200 OK", std::string(100'000, '[') + std::string(100'000, ']')),
       }) {
    const FakeDaemon daemon(saying(bytes));
    EXPECT_FALSE(inspect(daemon)) << bytes.substr(0, 120);
  }
}

TEST(Client, EndlessHeadersAndBodiesAreCutOff) {
  const FakeDaemon headers(after_ping([](int fd, const std::string&) {
    FakeDaemon::send(fd, "HTTP/1.1 200 OK\r\n");
    while (FakeDaemon::send(fd, "X-Header: " + std::string(1000, 'x') + "\r\n")) {
    }
  }));
  const auto reply = get(headers, std::chrono::seconds(30));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "the answer's header is longer than 64 KiB");

  const FakeDaemon body(after_ping([](int fd, const std::string&) {
    FakeDaemon::send(fd, "HTTP/1.1 200 OK\r\n\r\n");
    while (FakeDaemon::send(fd, std::string(1000, 'x'))) {
    }
  }));
  const auto reply2 = get(body, std::chrono::seconds(30));
  ASSERT_FALSE(reply2);
  EXPECT_EQ(reply2.error().message, "the answer is longer than 4096 bytes");
}

TEST(Client, ASilentDaemonEndsAtTheDeadline) {
  const FakeDaemon daemon(after_ping([](int fd, const std::string&) { FakeDaemon::wait_for_hang_up(fd); }));
  const auto reply = get(daemon, std::chrono::milliseconds(100));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "no whole answer within 100ms");
}

TEST(Client, ShapesOfNewAndOldEnginesAreRead) {
  const FakeDaemon daemon(
      saying(answer("200 OK", R"([{"Id":"n1","Name":"a","IPAM":{"Config":[{"Subnet":"198.18.0.0/24"}]},"Labels":null},)"
                              R"({"Id":"n2","Name":"b","IPAM":{"Config":null},"Labels":{"k":"v"},"Unknown":[1]}])")));
  Client client(endpoint_of(daemon.path()));
  client.negotiate();
  auto networks = client
                      .await<std::vector<NetworkInfo>>(
                          [&](Callback<std::vector<NetworkInfo>> done) { list_networks(client, "", std::move(done)); })
                      .take();
  ASSERT_EQ(networks.size(), 2u);
  EXPECT_EQ(networks[0].subnets.at(0).subnet, "198.18.0.0/24");
  EXPECT_TRUE(networks[1].subnets.empty());
  EXPECT_EQ(networks[1].labels.at("k"), "v");
}

TEST(Client, AStreamOneByteAtATimeIsWhole) {
  const FakeDaemon daemon(after_ping([](int fd, const std::string&) {
    FakeDaemon::send(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    for (const char byte : std::string("\x01\0\0\0\0\0\0\x02hi\x02\0\0\0\0\0\0\x01!", 19))
      FakeDaemon::send(fd, {&byte, 1});
  }));
  Client client(endpoint_of(daemon.path()));
  client.negotiate();
  std::string out, err;
  bool attached = false;
  std::optional<std::string> trouble;
  attach_container(client, "abc",
                   {.attached = [&] { attached = true; },
                    .output = [&](Stream stream,
                                  std::string_view bytes) { (stream == Stream::standard_output ? out : err) += bytes; },
                    .ended = [&](const std::string& text) { trouble = text; }});
  client.loop().run_until([&] { return trouble.has_value(); }, Deadline::in(std::chrono::seconds(30)));
  EXPECT_TRUE(attached);
  EXPECT_EQ(out, "hi");
  EXPECT_EQ(err, "!");
  EXPECT_EQ(trouble, "");
}

TEST(Json, NestingIsCountedOutsideStringsOnly) {
  EXPECT_NO_THROW(parse_json("\"" + std::string(1000, '[') + "\"", "text"));
  EXPECT_THROW(parse_json(std::string(65, '['), "nest"), EnvironmentError);
  EXPECT_THROW(for_each_object(std::string(65, '['), "nest", [](const nlohmann::json&) {}), EnvironmentError);
}

TEST(Json, TellsTheObjectsOfAListOneByOne) {
  std::vector<std::string> told;
  const auto tell = [&told](const nlohmann::json& object) { told.push_back(object.dump()); };
  for_each_object(R"([{"Id":"a","Labels":{"x":{"y":1}}},7,"text",[{"Id":"deeper"}],{"Id":"b"}])", "list", tell);
  EXPECT_EQ(told, (std::vector<std::string>{R"({"Id":"a","Labels":{"x":{"y":1}}})", R"({"Id":"b"})"}));
  told.clear();
  for (const char* other : {"[]", "{}", "null", "7", R"({"Id":"no list","Labels":{"x":"y"}})"})
    for_each_object(other, "list", tell);
  EXPECT_TRUE(told.empty());
  for (const char* broken : {"", "[{\"Id\":\"a\"}", "[{]", "[{}] x"}) {
    EXPECT_THROW(for_each_object(broken, "list", tell), EnvironmentError) << broken;
  }
}

}  // namespace
}  // namespace echolab::docker_api
