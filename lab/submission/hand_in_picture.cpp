#include <fmt/format.h>

#include <array>
#include <string_view>

#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/submission/hand_in.h"
#include "lab/submission/hand_in_finding.h"
#include "lab/submission/picture_pixels.h"

namespace echolab::submission {

namespace {

// Read whole; a screen of 8K takes less even without compression that works.
constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;
constexpr std::string_view png_signature("\x89PNG\r\n\x1a\n", 8);

struct Signature {
  std::size_t offset;
  std::string_view bytes, name;
};

std::string_view other_format(std::string_view bytes) {
  using namespace std::string_view_literals;
  static constexpr std::array<Signature, 11> known{{{0, "\xff\xd8\xff"sv, "a JPEG picture"},
                                                    {0, "GIF8"sv, "a GIF picture"},
                                                    {0, "BM"sv, "a BMP picture"},
                                                    {8, "WEBP"sv, "a WebP picture"},
                                                    {4, "ftyp"sv, "a HEIC or AVIF picture, or a video"},
                                                    {0, "II*\0"sv, "a TIFF picture"},
                                                    {0, "MM\0*"sv, "a TIFF picture"},
                                                    {0, "%PDF"sv, "a PDF document"},
                                                    {0, "PK\x03\x04"sv, "a zip archive or an office document"},
                                                    {0, "\xd0\xcf\x11\xe0"sv, "an office document"},
                                                    {0, "\x0a\x0d\x0d\x0a"sv, "a capture"}}};
  for (const Signature& signature : known) {
    if (bytes.size() > signature.offset && bytes.substr(signature.offset).starts_with(signature.bytes)) {
      return signature.name;
    }
  }
  return {};
}

// Black, white, or a wall: nearly all pixels alike, and fewer others than a line of text lights up (20 letters have about
// 600); or all of them within what noise does.
bool is_blank(const PixelFacts& facts) {
  constexpr std::uint64_t few = 500;
  constexpr int noise = 16;
  const std::uint64_t all = std::uint64_t{facts.width} * facts.height;
  const std::uint64_t others = all - facts.most_frequent;
  return facts.spread <= noise || (others < few && others * 1000 <= all);
}

}  // namespace

verify::Finding judge_picture(const std::optional<std::filesystem::path>& file, const std::string&,
                              const scenario::HandIn&, const scenario::Identity& identity) {
  verify::Finding finding = hand_in_finding("hand_in_picture", identity);
  const auto fail = [&](std::string message, std::string hint) {
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    return finding;
  };
  if (!file) return fail("no picture was handed in", fmt::format("hand in {}.png", finding.subject));
  if (std::filesystem::file_size(*file) > most_bytes) {
    return fail(fmt::format("the picture is larger than {}", humanize_bytes(most_bytes)), "hand in a screenshot");
  }
  const std::string bytes = read_file(*file, most_bytes);
  if (bytes.empty()) return fail("the picture is an empty file", "save it again");
  if (!std::string_view(bytes).starts_with(png_signature)) {
    const std::string_view format = other_format(bytes);
    return fail(fmt::format("the file is {}, not a PNG picture", format.empty() ? "something else" : format),
                "save it as PNG: another ending in its name is not enough");
  }
  const PixelFacts facts = examine_png(bytes);
  const std::string size = fmt::format("{} × {}", facts.width, facts.height);
  if (!facts.fault.empty()) {
    return fail(fmt::format("the picture can't be decoded: {}", escape_for_terminal(facts.fault)), "save it again");
  }
  if (facts.width < least_width || facts.height < least_height) {
    return fail(fmt::format("the picture has {} pixels: too few to read terminals", size),
                fmt::format("at least {} × {}", least_width, least_height));
  }
  if (facts.width > most_side || facts.height > most_side) {
    return fail(fmt::format("the picture has {} pixels, more than {} a side", size, most_side), "hand in a screenshot");
  }
  if (is_blank(facts)) {
    return fail(fmt::format("the picture ({} pixels) is blank", size), "show the terminals of server and client");
  }
  finding.outcome = verify::Outcome::passed;
  finding.message = fmt::format("a picture of {} pixels, not blank", size);
  return finding;
}

}  // namespace echolab::submission
