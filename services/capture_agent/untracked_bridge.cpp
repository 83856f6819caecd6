#include "services/capture_agent/untracked_bridge.h"

#include <fmt/format.h>
#include <nftables/libnftables.h>

#include <algorithm>
#include <cctype>

#include "services/common/failure.h"

namespace echo {

namespace {

// Both go into a command of nft's language.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

struct UntrackedBridge::Socket {
  nft_ctx* context = nft_ctx_new(NFT_CTX_DEFAULT);
  ~Socket() { nft_ctx_free(context); }
};

UntrackedBridge::UntrackedBridge(std::string_view bridge, std::string_view id) : socket_(std::make_unique<Socket>()) {
  const std::string operation = fmt::format("keep connection tracking away from {}", bridge);
  if (!is_plain_name(bridge) || !is_plain_name(id)) throw Failure(operation, "not a plain name");
  nft_ctx_buffer_output(socket_->context);
  nft_ctx_buffer_error(socket_->context);
  // One batch: all of it or nothing.
  const std::string commands = fmt::format(
      "add table inet echolab_{0} {{ flags owner; }}\n"
      "add chain inet echolab_{0} early {{ type filter hook prerouting priority -450; }}\n"
      "add rule inet echolab_{0} early iifname \"{1}\" notrack\n"
      "add chain inet echolab_{0} host {{ type filter hook input priority -450; }}\n"
      "add rule inet echolab_{0} host iifname \"{1}\" drop\n",
      id, bridge);
  if (nft_run_cmd_from_buffer(socket_->context, commands.c_str()) != 0) {
    std::string cause = nft_ctx_get_error_buffer(socket_->context);
    cause = cause.substr(0, cause.find('\n'));
    throw Failure(operation, cause.empty() ? "nftables refused" : cause);
  }
}

UntrackedBridge::~UntrackedBridge() = default;

}  // namespace echo
