#include "lab/engine/local/sandbox.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <initializer_list>
#include <memory>

#include "lab/base/file.h"
#include "lab/engine/local/setup_failure.h"

namespace echolab::engine::local {

namespace {

constexpr rlim_t open_files = 16384;  // a server's 10,000 idle connections, and room

constexpr std::array refused{"acct",
                             "add_key",
                             "bpf",
                             "chroot",
                             "delete_module",
                             "finit_module",
                             "fsconfig",
                             "fsmount",
                             "fsopen",
                             "fspick",
                             "init_module",
                             "io_uring_enter",
                             "io_uring_register",
                             "io_uring_setup",
                             "kexec_load",
                             "kexec_file_load",
                             "keyctl",
                             "mount",
                             "mount_setattr",
                             "move_mount",
                             "name_to_handle_at",
                             "open_by_handle_at",
                             "open_tree",
                             "perf_event_open",
                             "pivot_root",
                             "process_vm_readv",
                             "process_vm_writev",
                             "ptrace",
                             "quotactl",
                             "reboot",
                             "request_key",
                             "setns",
                             "swapoff",
                             "swapon",
                             "syslog",
                             "umount2",
                             "unshare",
                             "userfaultfd"};

constexpr std::initializer_list<unsigned long> namespaces{CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                                          CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};

void check(int result, const char* what) {
  if (result < 0) throw SetupFailure(what, result == -1 ? errno : -result);
}

void become_node_user(bool changes_groups) {
  if (changes_groups) check(::setgroups(0, nullptr), "give up groups");
  check(::setresgid(node_user, node_user, node_user), "change the group");
  check(::setresuid(node_user, node_user, node_user), "change the user");
}

void set_capabilities(std::uint32_t kept) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  data[0] = {kept, kept, kept};
  check(static_cast<int>(::syscall(SYS_capset, &header, data.data())), "drop capabilities");
}

void shrink_bounding_set(std::uint32_t kept) {
  for (unsigned long capability = 0; capability < 64; ++capability) {
    if (capability < 32 && (kept >> capability & 1u) != 0) continue;
    // EINVAL: beyond the last that this kernel knows.
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
      if (errno == EINVAL) return;
      throw SetupFailure("drop capabilities", errno);
    }
  }
}

}  // namespace

CallFilter::CallFilter() {
  const std::unique_ptr<void, decltype(&::seccomp_release)> filter(::seccomp_init(SCMP_ACT_ALLOW), &::seccomp_release);
  if (!filter) throw SetupFailure("make a system call filter", ENOMEM);
  const auto refuse = [&filter](int call, int error, std::initializer_list<scmp_arg_cmp> when) {
    check(::seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), call,
                                   static_cast<unsigned>(when.size()), when.begin()),
          "make a system call filter");
  };
  for (const char* const name : refused) {
    const int call = ::seccomp_syscall_resolve_name(name);
    if (call != __NR_SCMP_ERROR) refuse(call, EPERM, {});
  }
  for (const unsigned long flag : namespaces) refuse(SCMP_SYS(clone), EPERM, {SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag)});
  // Its flags lie in memory, where no filter sees them; the C library goes on with clone.
  refuse(SCMP_SYS(clone3), ENOSYS, {});
  // The kernel looks at the lower half of the argument only.
  refuse(SCMP_SYS(socket), EPERM, {SCMP_A0(SCMP_CMP_MASKED_EQ, 0xffffffffu, AF_PACKET)});

  const UniqueFd memory(::memfd_create("filter", MFD_CLOEXEC));
  if (!memory) throw SetupFailure("make a system call filter", errno);
  check(::seccomp_export_bpf(filter.get(), memory.get()), "make a system call filter");
  struct stat status {};
  check(::fstat(memory.get(), &status), "make a system call filter");
  program_.resize(static_cast<std::size_t>(status.st_size) / sizeof(sock_filter));
  check(static_cast<int>(::pread(memory.get(), program_.data(), program_.size() * sizeof(sock_filter), 0)),
        "make a system call filter");
}

void CallFilter::apply() const {
  check(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "give up new privileges");
  // The kernel only reads it.
  const sock_fprog program{static_cast<unsigned short>(program_.size()), const_cast<sock_filter*>(program_.data())};
  check(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0), "filter system calls");
}

void limit_resources(const scenario::Limits& limits, std::size_t nodes) {
  const auto set = [](__rlimit_resource resource, rlim_t value) {
    rlimit limit{};
    ::getrlimit(resource, &limit);
    limit.rlim_cur = limit.rlim_max = std::min(value, limit.rlim_max);
    check(::setrlimit(resource, &limit), "limit resources");
  };
  set(RLIMIT_CORE, 0);
  set(RLIMIT_NOFILE, open_files);
  set(RLIMIT_DATA, limits.memory_bytes);
  // Counted for the user in the lab's user namespace: every node together.
  set(RLIMIT_NPROC, static_cast<rlim_t>(limits.pids) * nodes);
}

void drop_privileges(bool changes_groups) {
  shrink_bounding_set(0);
  become_node_user(changes_groups);
  set_capabilities(0);
}

void keep_capture_rights(bool changes_groups) {
  constexpr std::uint32_t kept = 1u << CAP_NET_RAW | 1u << CAP_NET_ADMIN;
  shrink_bounding_set(kept);
  check(::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities");
  become_node_user(changes_groups);
  set_capabilities(kept);
  for (const int capability : {CAP_NET_RAW, CAP_NET_ADMIN}) {
    check(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0), "keep capabilities");
  }
}

}  // namespace echolab::engine::local
