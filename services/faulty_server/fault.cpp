#include "services/faulty_server/fault.h"

namespace echo {

const std::map<std::string, Fault>& fault_names() {
  static const std::map<std::string, Fault> names{{"drop", Fault::drop},
                                                  {"double", Fault::duplicate},
                                                  {"alter", Fault::alter},
                                                  {"delay", Fault::delay},
                                                  {"truncate", Fault::truncate},
                                                  {"append", Fault::append},
                                                  {"upper", Fault::upper},
                                                  {"other-port", Fault::other_port},
                                                  {"wrong-client", Fault::wrong_client},
                                                  {"unsolicited", Fault::unsolicited},
                                                  {"close-early", Fault::close_early},
                                                  {"first-client-only", Fault::first_client_only}};
  return names;
}

std::vector<std::uint8_t> faulty_echo(Fault fault, std::span<const std::uint8_t> bytes) {
  std::vector<std::uint8_t> out(bytes.begin(), bytes.end());
  if (fault == Fault::append) out.push_back('!');
  if (out.empty()) return out;
  if (fault == Fault::alter) out[out.size() / 2] ^= 0x01;
  if (fault == Fault::truncate) out.pop_back();
  if (fault == Fault::upper) {
    for (std::uint8_t& byte : out) {
      if (byte >= 'a' && byte <= 'z') byte = static_cast<std::uint8_t>(byte - 'a' + 'A');
    }
  }
  return out;
}

}  // namespace echo
