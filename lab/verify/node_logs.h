#pragma once
// The two witnesses beside the wire: what clients and servers logged, and how their containers ended.

#include <string>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/verify/endpoint_directory.h"
#include "lab/verify/ledger.h"

namespace echolab::verify {

struct NodeRecord {
  artifacts::NodeExit exit;
  bool ended = false;  // an exit code is known
  bool never_started = false;
  bool crashed = false;    // ended by itself with a signal, by the kernel for memory, or not executable
  std::string last_words;  // last lines of its standard error, escaped; only when it ended badly
};

// How every node ended, in the plan's order.
std::vector<NodeRecord> read_node_records(const artifacts::RunFolder& run);
// Before the capture is read: what clients say they sent and received, and their ports.
void read_client_logs(const artifacts::RunFolder& run, Ledger& ledger);
// After the capture was read: the ports of the clients are known then.
void read_server_logs(const artifacts::RunFolder& run, Ledger& ledger, EndpointDirectory& directory);
// After both: each message in the three witnesses; disagreements become troubles.
void compare_witnesses(Ledger& ledger);

}  // namespace echolab::verify
