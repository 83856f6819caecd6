#pragma once
// From fork to exec: a child of the lab process becomes a node's program, or a capture agent.

#include "lab/engine/local/channel.h"
#include "lab/engine/local/lab_init.h"
#include "lab/engine/local/links.h"
#include "lab/engine/local/sandbox.h"

namespace echolab::engine::local {

// What all children share; made once by the lab process.
struct Nursery {
  const LabSpec& spec;
  const Channel& channel;
  CallFilter filter;
  std::vector<unsigned> bridges;  // interface index by network
  std::vector<UniqueFd> files;    // by node: its program, opened before the host's files were hidden; may be empty
  UniqueFd capture_agent;
  std::vector<std::vector<Neighbour>> neighbours;  // by node; empty: nobody is told
};

// Forks with namespaces of its own; returns the child's number. Throws SetupFailure when there can be no child. What
// goes wrong in the child is reported by it.
pid_t bear_node(const Nursery& nursery, std::uint32_t index, const Output& output);
pid_t bear_capture_agent(const Nursery& nursery, std::uint32_t index, const Output& output);

std::string bridge_name(std::size_t network);

}  // namespace echolab::engine::local
