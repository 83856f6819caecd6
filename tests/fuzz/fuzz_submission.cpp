// What students hand in, and class lists. The first byte chooses what the rest is.

#include <cstdlib>
#include <string>
#include <string_view>

#include "lab/base/diagnostic.h"
#include "lab/base/unicode.h"
#include "lab/capture/packet_decoder.h"
#include "lab/capture/read_capture.h"
#include "lab/submission/archive_reader.h"
#include "lab/submission/dockerfile_recipe.h"
#include "lab/submission/echoed_texts.h"
#include "lab/submission/entry_name.h"
#include "lab/submission/picture_pixels.h"
#include "lab/submission/recipe_words.h"
#include "lab/submission/roster.h"

using namespace echolab;
using namespace echolab::submission;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// Whatever a name was, what is made of it stays below the folder.
void check_name(std::string_view raw) {
  const EntryName name = clean_name(raw, {});
  require(name.path.empty() || name.reason.empty());
  require(is_utf8(name.path) && name.path.find('\0') == std::string::npos && !name.path.starts_with('/'));
  const std::string framed = "/" + name.path + "/";
  require(framed.find("/../") == std::string::npos && framed.find("/./") == std::string::npos);
  require(name.path.empty() || framed.find("//") == std::string::npos);
  static_cast<void>(is_junk(name.path));
}

void read_archive(std::string_view bytes, ArchiveReader::Format format) {
  constexpr std::uint64_t most = std::uint64_t{1} << 22;
  std::uint64_t unpacked = 0, entries = 0;
  try {
    ArchiveReader reader(bytes, format, {most, 100});
    for (ArchiveEntry entry; reader.next(entry); ++entries) {
      require((entry.kind == ArchiveEntry::Kind::other) == !entry.refusal.empty());
      check_name(entry.name);
      if (entries % 2 == 1) continue;  // next() passes over what is not read
      for (std::string_view piece = reader.read(); !piece.empty(); piece = reader.read()) unpacked += piece.size();
    }
  } catch (const ArchiveError& error) {
    require(*error.what() != '\0');
  }
  require(unpacked <= most && entries <= 100);
}

void read_roster(std::string_view bytes) {
  try {
    for (const marks::Student& student : parse_roster("fuzz", bytes)) {
      const EntryName name = clean_name(student.id, {});
      require(name.path == student.id && student.id.find('/') == std::string::npos);
    }
  } catch (const InvalidInput& error) {
    require(!render(error.file(), error.source(), error.diagnostics()).empty());
  }
}

void read_dockerfile(std::string_view bytes) {
  const auto result = recipe_of_dockerfile(bytes, "Dockerfile", "server");
  if (const auto* const program = std::get_if<ChosenProgram>(&result)) {
    require(!program->start.empty() && program->start.front() == "env");
  } else {
    require(!std::get<NoProgram>(result).reason.empty());
  }
  require(!java_class(bytes, "Server").empty());
}

void search_capture(std::string_view bytes) {
  EchoedTexts texts({sought("20261234"), sought("홍길동"), sought("a")});
  std::uint64_t packets = 0;
  try {
    capture::FrameReader reader(capture::Bytes(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
    capture::PacketDecoder decoder(texts);
    for (capture::Frame frame; reader.next(frame); ++packets) decoder.decode(frame);
  } catch (const capture::CaptureError&) {
    // What came before still counts.
  }
  texts.finish();
  for (const TextSighting& sighting : texts.sightings()) {
    require(sighting.echo_packet <= packets && sighting.sent_packet <= packets);
    require(!sighting.echoed() || (sighting.request_packet >= 1 && sighting.request_packet <= sighting.echo_packet));
  }
}

void look_at_picture(std::string_view bytes) {
  const PixelFacts facts = examine_png(bytes);
  require(facts.most_frequent <= std::uint64_t{facts.width} * facts.height);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 7) {
    case 0:
      read_roster(rest);
      break;
    case 1:
      check_name(rest);
      break;
    case 2:
      read_archive(rest, ArchiveReader::Format::zip);
      break;
    case 3:
      read_archive(rest, ArchiveReader::Format::tar);
      break;
    case 4:
      read_dockerfile(rest);
      break;
    case 5:
      search_capture(rest);
      break;
    default:
      look_at_picture(rest);
  }
  return 0;
}
