#include "lab/engine/local/system_view.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "lab/base/file.h"
#include "lab/engine/local/sandbox.h"
#include "lab/engine/local/setup_failure.h"

namespace echolab::engine::local {

namespace {

constexpr const char* tmp = "/tmp";
constexpr std::array<const char*, 6> devices{"null", "zero", "full", "random", "urandom", "tty"};

void mount_or_throw(const char* source, const char* target, const char* type, unsigned long flags, const char* data) {
  if (::mount(source, target, type, flags, data) != 0) throw SetupFailure(fmt::format("mount {}", target), errno);
}

void write_new(const std::string& file, std::string_view content) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd || ::write(fd.get(), content.data(), content.size()) < 0) throw SetupFailure("write " + file, errno);
}

std::string hosts_file(std::size_t network) {
  return fmt::format("/run/hosts-{}", network);
}

void make_folder(const char* folder) {
  if (::mkdir(folder, 0755) != 0) throw SetupFailure(fmt::format("make {}", folder), errno);
}

void make_dev() {
  make_folder("/run/dev");
  make_folder("/run/dev/shm");
  make_folder("/run/dev/pts");
  for (const char* const device : devices) {
    const std::string file = fmt::format("/run/dev/{}", device);
    write_new(file, "");
    mount_or_throw(fmt::format("/dev/{}", device).c_str(), file.c_str(), nullptr, MS_BIND, nullptr);
  }
  for (const auto& [target, name] : std::initializer_list<std::pair<const char*, const char*>>{
           {"/proc/self/fd", "fd"}, {"fd/0", "stdin"}, {"fd/1", "stdout"}, {"fd/2", "stderr"}, {"pts/ptmx", "ptmx"}}) {
    if (::symlink(target, fmt::format("/run/dev/{}", name).c_str()) != 0) throw SetupFailure("fill /dev", errno);
  }
  mount_or_throw("/run/dev", "/dev", nullptr, MS_BIND | MS_REC, nullptr);
}

// The folder with what is mounted below it, to be put somewhere else; read-only, as all of the host's is by then.
UniqueFd open_folder(const std::filesystem::path& folder) {
  UniqueFd fd(::open_tree(AT_FDCWD, folder.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!fd) throw SetupFailure("open " + folder.string(), errno);
  return fd;
}

void move_to(const UniqueFd& tree, const std::filesystem::path& folder) {
  if (::move_mount(tree.get(), "", AT_FDCWD, folder.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    throw SetupFailure("mount " + folder.string(), errno);
  }
}

bool is_below(const std::filesystem::path& path, const char* folder) {
  return path.native().starts_with(std::string(folder) + "/");
}

}  // namespace

void make_system_view(const std::vector<std::string>& hosts) {
  // Nothing that follows reaches the host's own mount namespace.
  mount_or_throw(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  mount_or_throw("tmpfs", "/run", "tmpfs", MS_NOSUID, "mode=755");
  make_dev();
  make_folder(submission_folder);
  make_folder(work_folder);
  for (std::size_t i = 0; i < hosts.size(); ++i) write_new(hosts_file(i), hosts[i]);
  mount_attr read_only{};
  read_only.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID;
  if (::mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &read_only, sizeof read_only) != 0) {
    throw SetupFailure("make the system's files read-only", errno);
  }
}

void mount_proc() {
  mount_or_throw("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
}

void make_node_view(const NodeView& view) {
  // Before /tmp hides them.
  const UniqueFd hidden = is_below(view.folder, tmp) ? open_folder(view.folder) : UniqueFd();
  const UniqueFd submission = view.submission.empty() ? UniqueFd() : open_folder(view.submission);
  mount_or_throw("tmpfs", tmp, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=64m");
  if (hidden) {
    std::error_code error;
    std::filesystem::create_directories(view.folder, error);
    move_to(hidden, view.folder);
  }
  mount_or_throw("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m");
  if (view.network) mount_or_throw(hosts_file(*view.network).c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr);
  if (submission) {
    move_to(submission, submission_folder);
    const std::string options =
        fmt::format("mode=0700,size={},nr_inodes=16k,uid={},gid={}", view.work_bytes, node_user, node_user);
    mount_or_throw("tmpfs", work_folder, "tmpfs", MS_NOSUID | MS_NODEV, options.c_str());
    // Where that is not allowed there are no terminals, and the supervisor makes do with pipes.
    ::mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0600");
  }
  if (::sethostname(view.name.data(), view.name.size()) != 0) throw SetupFailure("set the host name", errno);
}

}  // namespace echolab::engine::local
