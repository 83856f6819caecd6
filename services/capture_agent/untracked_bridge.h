#pragma once
// Rules for one bridge: connection tracking is kept away from it, so that its capture shows fragments, and the host out of
// its nodes' reach.
//
// Where Docker has loaded br_netfilter, the host's connection tracking reassembles fragments as they enter a bridge and
// cuts them up again as they leave it; a capture on the bridge would show datagrams larger than any wire carries. A rule
// that marks the bridge's packets "untracked" before the reassembly (nft(8), priority below NF_IP_PRI_CONNTRACK_DEFRAG,
// which is -400) leaves them as they are. It also spares the lab an entry per conversation in the host's table.
//
// A bridge is an interface of the host as well. Docker can leave it without an IPv4 address, but not without IPv6 ones:
// the gateway's, fe80::1, and one that the kernel makes. What nodes send to any of them is dropped before a socket sees
// it; frames between nodes pass the bridge below that.

#include <memory>
#include <string>
#include <string_view>

namespace echo {

class UntrackedBridge {
 public:
  // Makes the table "echolab_<id>". Throws Failure when this kernel or process can't; then nothing was changed.
  UntrackedBridge(std::string_view bridge, std::string_view id);
  UntrackedBridge(const UntrackedBridge&) = delete;
  UntrackedBridge& operator=(const UntrackedBridge&) = delete;
  // The table has an owner: the kernel removes it with our netlink socket, also when this process is killed.
  ~UntrackedBridge();

 private:
  struct Socket;
  std::unique_ptr<Socket> socket_;
};

}  // namespace echo
