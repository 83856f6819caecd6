#include "lab/engine/compose/evidence_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "lab/base/error.h"

namespace echolab::engine {

EvidenceWatch::EvidenceWatch() : inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (!inotify_) {
    throw EnvironmentError("watch the evidence", errno_text(errno), "raise fs.inotify.max_user_instances with sysctl");
  }
}

void EvidenceWatch::watch(const std::filesystem::path& folder) {
  if (watched_.contains(folder)) return;
  constexpr std::uint32_t changes = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR | IN_DONT_FOLLOW;
  if (::inotify_add_watch(inotify_.get(), folder.c_str(), changes) >= 0) {
    watched_.insert(folder);
  } else if (errno == ENOSPC) {
    throw EnvironmentError("watch " + folder.string(), "too many watches",
                           "raise fs.inotify.max_user_watches with sysctl");
  }
}

bool EvidenceWatch::wait(const Deadline& deadline, Interrupt& interrupt) {
  std::array<pollfd, 2> fds{{{inotify_.get(), POLLIN, 0}, {interrupt.fd(), POLLIN, 0}}};
  const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(deadline.left().count()));
  if (ready < 0 && errno != EINTR) throw EnvironmentError("wait for the evidence", errno_text(errno), "");
  interrupt.check();
  if (fds[0].revents == 0) return false;
  std::array<char, 16 * 1024> notices{};
  while (::read(inotify_.get(), notices.data(), notices.size()) > 0) {
  }
  return true;
}

}  // namespace echolab::engine
