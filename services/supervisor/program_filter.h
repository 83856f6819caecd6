#pragma once
// What a program that nobody trusts may not ask of the kernel, whatever the engine around it allows.

namespace echo {

// For this process and all that come from it, for ever: io_uring, sockets other than of IP, of the file system and of
// netlink, and every call of another architecture than ours is refused. Needs PR_SET_NO_NEW_PRIVS. False, with errno,
// when the kernel can't. Async-signal-safe.
bool refuse_dangerous_calls();

}  // namespace echo
