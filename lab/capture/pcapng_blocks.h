#pragma once
// Numbers of the pcapng format (draft-ietf-opsawg-pcapng), shared by reader and writer. Every block is
//
//   type u32 | total length u32 | body, padded to 32 bits | total length u32
//
// and options are code u16 | length u16 | value, padded to 32 bits, ended by code 0.

#include <cstdint>

namespace echolab::capture::pcapng {

inline constexpr std::uint32_t section_header = 0x0A0D0D0A;  // reads the same in both byte orders
inline constexpr std::uint32_t interface_description = 1;
inline constexpr std::uint32_t packet = 2;  // obsolete, still read
inline constexpr std::uint32_t simple_packet = 3;
inline constexpr std::uint32_t name_resolution = 4;
inline constexpr std::uint32_t interface_statistics = 5;
inline constexpr std::uint32_t enhanced_packet = 6;

inline constexpr std::uint32_t byte_order_magic = 0x1A2B3C4D;

namespace option {
inline constexpr std::uint16_t end = 0, comment = 1;                            // of every block
inline constexpr std::uint16_t hardware = 2, os = 3, application = 4;           // of a section
inline constexpr std::uint16_t name = 2, description = 3, time_resolution = 9,  // of an interface
    filter = 11, interface_os = 12, time_offset = 14;
inline constexpr std::uint16_t flags = 2, packet_id = 5;                                 // of a packet
inline constexpr std::uint16_t start_time = 2, end_time = 3, received = 4, dropped = 5,  // of statistics
    filter_accepted = 6, os_dropped = 7, delivered = 8;
}  // namespace option

inline constexpr std::uint16_t record_end = 0, record_ipv4 = 1, record_ipv6 = 2;  // of name resolution

}  // namespace echolab::capture::pcapng
