#pragma once
// Who is there: compose decides how many clients run and which addresses they have; the plan is made to fit.

#include <string>
#include <vector>

#include "lab/base/address.h"
#include "lab/plan/make_plan.h"
#include "lab/plan/plan.h"
#include "lab/scenario/scenario.h"

namespace echolab::engine {

struct Discovered {
  IpAddress server;
  std::vector<IpAddress> clients;  // ascending
  Prefix subnet;                   // of the lab's network, with all of them in it
  std::string nonce;               // that the capture's sentinels carry; empty: unknown
};

// IPv4 addresses of a service: one for each of its containers that run. Ascending.
std::vector<IpAddress> resolve_service(const std::string& name);
// The subnet of this machine's interface that reaches the address without a gateway.
Prefix local_subnet_of(const IpAddress& address);

// Pure. The scenario must have one network, one server and one client group over IPv4 (else InvalidInput); as many
// containers are planned as were found, and client-1 is the one with the lowest address.
plan::Plan plan_for(scenario::Scenario scenario, plan::PlanInputs inputs, const Discovered& found);

}  // namespace echolab::engine
