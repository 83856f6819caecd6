#pragma once
// The profile of programs that nobody trusts: docs/decisions/0009-untrusted-programs.md says what each line is for.

#include <cstdint>
#include <string>

#include "lab/docker_api/containers.h"
#include "lab/scenario/scenario.h"

namespace echolab::engine::docker {

constexpr std::uint64_t node_work_bytes = 64u << 20;  // of /work, where a node's program lives and may write

// The user and group of one program of one run, from 100,000 to 2^31 - 1: the kernel counts processes and keys per user
// over all containers, so two programs that share a user could starve each other.
std::uint32_t cage_user(const std::string& run, const std::string& program);

// Beyond what every container of ours has: no capabilities, no new privileges, a root file system that is read-only, no
// logs on the host, no restart. Sets user, limits and what is writable.
void put_in_cage(docker_api::ContainerSpec& spec, std::uint32_t user, const scenario::Limits& limits,
                 std::uint64_t work_bytes);

}  // namespace echolab::engine::docker
