#pragma once
// What a client group sends, as written → as meant; and whether it can be sent, captured and judged at all.

#include <vector>

#include "lab/scenario/mistakes.h"
#include "lab/scenario/reader.h"
#include "lab/scenario/scenario.h"

namespace echolab::scenario {

constexpr std::size_t max_udp_payload = 65507;  // 65,535 - 20 (IPv4 header) - 8 (UDP header)

// Fills group.messages and group.identities. The other members of group must be set.
void read_messages(const Reader& client, const std::string& scenario_name, ClientGroup& group, Mistakes& mistakes);
// Time, amount of data, number of clients: what shows only with the limits known.
void check_amounts(const Scenario& scenario, const std::vector<Reader>& client_readers, Mistakes& mistakes);

// A text in which only the variables of a student are filled in.
void check_student_template(const Node& text, Mistakes& mistakes);

}  // namespace echolab::scenario
