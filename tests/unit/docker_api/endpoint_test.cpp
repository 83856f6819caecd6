#include "lab/docker_api/endpoint.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/hash.h"

namespace echolab::docker_api {
namespace {

class EndpointChoiceOrder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "echolab-endpoint-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    variables_["DOCKER_CONFIG"] = folder_;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void add_context(const std::string& name, const std::string& host) {
    const auto folder = folder_ / "contexts" / "meta" / sha256_hex(name);
    create_folders(folder);
    write_file_atomically(folder / "meta.json",
                          R"({"Name":")" + name + R"(","Endpoints":{"docker":{"Host":")" + host + R"("}}})");
  }
  Endpoint resolve(const EndpointChoice& choice = {}) {
    return resolve_endpoint(choice, [this](const std::string& name) { return variables_[name]; });
  }
  std::filesystem::path folder_;
  std::map<std::string, std::string> variables_;
};

TEST_F(EndpointChoiceOrder, IsThatOfTheDockerCommand) {
  EXPECT_EQ(resolve().address, "unix:///var/run/docker.sock");
  add_context("file", "unix:///file.sock");
  add_context("variable", "unix:///variable.sock");
  write_file_atomically(folder_ / "config.json", R"({"currentContext":"file"})");
  EXPECT_EQ(resolve().socket_path, "/file.sock");
  variables_["DOCKER_CONTEXT"] = "variable";
  EXPECT_EQ(resolve().socket_path, "/variable.sock");
  variables_["DOCKER_HOST"] = "unix:///host.sock";
  EXPECT_EQ(resolve().socket_path, "/host.sock");
  EXPECT_EQ(resolve({.host = "", .context = "file"}).socket_path, "/file.sock");
  EXPECT_EQ(resolve({.host = "unix:///flag.sock", .context = ""}).socket_path, "/flag.sock");
}

TEST_F(EndpointChoiceOrder, TlsGoesWithTcp) {
  variables_["DOCKER_HOST"] = "tcp://198.51.100.7:2376";
  EXPECT_EQ(resolve().base_url, "http://198.51.100.7:2376");
  variables_["DOCKER_TLS_VERIFY"] = "1";
  variables_["DOCKER_CERT_PATH"] = "/certs";
  const Endpoint endpoint = resolve();
  EXPECT_EQ(endpoint.base_url, "https://198.51.100.7:2376");
  ASSERT_TRUE(endpoint.tls);
  EXPECT_TRUE(endpoint.tls->verify);
  EXPECT_EQ(endpoint.tls->key, "/certs/key.pem");
}

TEST_F(EndpointChoiceOrder, WhatCannotBeUsedIsNamed) {
  EXPECT_THROW(resolve({.host = "", .context = "nosuch"}), EnvironmentError);
  EXPECT_THROW(resolve({.host = "ssh://somewhere", .context = ""}), EnvironmentError);
  EXPECT_THROW(resolve({.host = "unix://" + std::string(200, 'x'), .context = ""}), EnvironmentError);
  EXPECT_THROW(resolve({.host = "tcp://user@host:1", .context = ""}), EnvironmentError);
  write_file_atomically(folder_ / "config.json", "{");
  EXPECT_THROW(resolve(), EnvironmentError);
}

}  // namespace
}  // namespace echolab::docker_api
