#pragma once

#include <sys/types.h>

#include "lab/engine/local/channel.h"
#include "lab/engine/local/lab_init.h"

namespace echolab::engine::local {

// The controller's hold on the lab process. The destructor kills it, and the kernel with it every process, interface
// and mount of the lab.
class LabProcess {
 public:
  // Only while this process has one thread. Throws EnvironmentError naming the switch when namespaces are forbidden.
  explicit LabProcess(const LabSpec& spec);
  LabProcess(const LabProcess&) = delete;
  LabProcess& operator=(const LabProcess&) = delete;
  ~LabProcess() { end(); }

  const Channel& channel() const { return channel_; }
  void end();  // returns when no process of the lab is left

 private:
  LabProcess(const LabSpec& spec, std::pair<UniqueFd, UniqueFd> ends);

  Channel channel_;
  pid_t pid_ = -1;
};

// Of a status as of waitpid(2), as a shell and Docker tell it: 128 and the signal's number for a program that one ended.
int exit_code_of(int status);

// What the user has to change so that namespaces can be made; empty when nothing is known.
std::string mend_for_namespaces();

}  // namespace echolab::engine::local
