#include "services/supervisor/bound_ports.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>

#include "services/common/endpoint.h"

namespace echo {

namespace {

constexpr std::size_t most_sockets = 8;
// A hostile program can hold very many sockets; so many lines are read of each file.
constexpr int most_lines = 4096;
constexpr unsigned tcp_listen = 10;  // of enum in <netinet/tcp.h>, as the file has it in hexadecimal

template <typename Number>
bool read_hex(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  return error == std::errc() && end == text.data() + text.size();
}

struct Row {
  Endpoint local;
  unsigned state = 0;
};

// proc_net(5): "  sl: local_address:port remote_address:port state …". The address is one or four 32-bit words, each
// printed as a number of this machine's byte order.
std::optional<Row> parse_row(std::string_view line) {
  std::array<std::string_view, 4> fields;
  for (std::string_view& field : fields) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t end = std::min(line.find(' ', begin), line.size());
    field = line.substr(begin, end - begin);
    line.remove_prefix(end);
  }
  const std::size_t colon = fields[1].find(':');
  if (colon != 8 && colon != 32) return std::nullopt;
  Row row;
  row.local.family = colon == 8 ? Endpoint::Family::ipv4 : Endpoint::Family::ipv6;
  for (std::size_t i = 0; i < colon / 8; ++i) {
    std::uint32_t word = 0;
    if (!read_hex(fields[1].substr(8 * i, 8), word)) return std::nullopt;
    std::memcpy(row.local.address.data() + 4 * i, &word, sizeof word);
  }
  if (!read_hex(fields[1].substr(colon + 1), row.local.port) || !read_hex(fields[3], row.state)) return std::nullopt;
  return row;
}

}  // namespace

std::vector<std::string> sockets_on(std::uint16_t port, Protocols protocols, const std::string& folder) {
  std::vector<std::string> found;
  for (const std::string name : {"udp", "udp6", "tcp", "tcp6"}) {
    const bool udp = name.starts_with("udp");
    if (protocols == (udp ? Protocols::tcp : Protocols::udp)) continue;
    std::ifstream file(folder + '/' + name);
    std::string line;
    std::getline(file, line);  // the headings
    for (int i = 0; i < most_lines && std::getline(file, line); ++i) {
      const auto row = parse_row(line);
      if (!row || row->local.port != port || (!udp && row->state != tcp_listen)) continue;
      if (found.size() < most_sockets) found.push_back((udp ? "udp " : "tcp ") + row->local.to_string());
    }
  }
  return found;
}

}  // namespace echo
