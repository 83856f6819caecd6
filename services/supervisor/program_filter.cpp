#include "services/supervisor/program_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace echo {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_AARCH64;
#else
#error "seccomp's name of this architecture is not known here"
#endif
constexpr std::uint32_t x32_calls = 0x40000000;  // the same architecture, other numbers; none elsewhere are as high

constexpr sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
constexpr sock_filter refuse(int error_number) {
  return BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error_number));
}
constexpr sock_filter allow() {
  return BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
}
// Skips so many instructions when it is equal; else, or after them, the next one.
constexpr sock_filter if_equal(std::uint32_t value, std::uint8_t skip) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, skip, 0);
}
constexpr sock_filter if_least(std::uint32_t value, std::uint8_t skip) {
  return BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, value, skip, 0);
}

// Docker refuses io_uring since Engine 25 only, and AF_VSOCK, which leads out of every network namespace to
// a virtual machine's host, since 23 only. (Of an argument the low half comes first on both architectures.)
constexpr std::array<sock_filter, 19> filter{
    load(offsetof(seccomp_data, arch)),
    if_equal(our_architecture, 1),
    refuse(ENOSYS),
    load(offsetof(seccomp_data, nr)),
    if_least(x32_calls, 4),
    if_equal(SYS_io_uring_setup, 4),
    if_equal(SYS_io_uring_enter, 3),
    if_equal(SYS_io_uring_register, 2),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 3, 2),
    refuse(ENOSYS),
    refuse(EPERM),
    allow(),
    load(offsetof(seccomp_data, args)),
    if_equal(AF_UNIX, 4),
    if_equal(AF_INET, 3),
    if_equal(AF_INET6, 2),
    if_equal(AF_NETLINK, 1),
    refuse(EAFNOSUPPORT),
    allow(),
};

}  // namespace

bool refuse_dangerous_calls() {
  const sock_fprog program{filter.size(), const_cast<sock_filter*>(filter.data())};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

}  // namespace echo
