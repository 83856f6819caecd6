#include "lab/picture/fonts.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <tuple>
#include <type_traits>

#include "lab/base/error.h"
#include "lab/picture/box_drawing.h"
#include "lab/picture/missing_glyph.h"

namespace echolab::picture {

namespace {

// Where fonts-naver-d2coding and fonts-dejavu-core of Debian put them. Sizes are in pixels per em: the advance of D2Coding
// is half of that, of DejaVu Sans Mono 0.602; both come to a cell's width.
struct Source {
  const char* folder;
  const char* file;
  FT_Long index;  // in a collection of fonts
  FT_UInt size;
  bool bold;
};
constexpr const char* d2coding = "D2Coding-Ver1.3.2-20180524-all.ttc";
constexpr std::array<Source, 4> sources{
    {{"/usr/share/fonts/truetype/naver-d2coding", d2coding, 0, 2 * cell_width, false},
     {"/usr/share/fonts/truetype/dejavu", "DejaVuSansMono.ttf", 0, 15, false},
     {"/usr/share/fonts/truetype/naver-d2coding", d2coding, 1, 2 * cell_width, true},
     {"/usr/share/fonts/truetype/dejavu", "DejaVuSansMono-Bold.ttf", 0, 15, true}}};

[[noreturn]] void fail(const std::string& file, FT_Error error) {
  const char* text = FT_Error_String(error);  // null where FreeType was built without the sentences
  throw EnvironmentError("load the font " + file, text != nullptr ? text : "FreeType error " + std::to_string(error),
                         "install fonts-naver-d2coding and fonts-dejavu-core, or name a folder with their files in "
                         "ECHOLAB_FONTS");
}

struct LibraryDeleter {
  void operator()(FT_Library library) const { FT_Done_FreeType(library); }
};
struct FaceDeleter {
  void operator()(FT_Face face) const { FT_Done_Face(face); }
};
using Library = std::unique_ptr<std::remove_pointer_t<FT_Library>, LibraryDeleter>;
using Face = std::unique_ptr<std::remove_pointer_t<FT_Face>, FaceDeleter>;

Library open_library() {
  FT_Library library = nullptr;
  if (const FT_Error error = FT_Init_FreeType(&library); error != 0) fail("library", error);
  return Library(library);
}

Face open_face(FT_Library library, const Source& source) {
  const char* override = std::getenv("ECHOLAB_FONTS");
  const bool elsewhere = override != nullptr && *override != '\0';
  const std::string file = (std::filesystem::path(elsewhere ? override : source.folder) / source.file).string();
  FT_Face face = nullptr;
  if (const FT_Error error = FT_New_Face(library, file.c_str(), source.index, &face); error != 0) fail(file, error);
  Face owner(face);
  if (const FT_Error error = FT_Set_Pixel_Sizes(face, 0, source.size); error != 0) fail(file, error);
  return owner;
}

// No hinting: outlines are drawn as they are, so the pixels depend on the font file and on nothing else.
constexpr FT_Int32 load_flags = FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP;

double advance_of(FT_Face face, FT_UInt index) {
  if (FT_Load_Glyph(face, index, load_flags) != 0) return 0;
  return static_cast<double>(face->glyph->linearHoriAdvance) / 65536;  // 16.16, in pixels
}

Glyph render(FT_Face face, FT_UInt index, int cells) {
  const double advance = advance_of(face, index);
  const FT_GlyphSlot slot = face->glyph;
  if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) != 0) return {};
  const FT_Bitmap& bitmap = slot->bitmap;
  Glyph glyph(static_cast<int>(bitmap.width), static_cast<int>(bitmap.rows));
  for (int y = 0; y < glyph.height; ++y) {
    const unsigned char* row = bitmap.buffer + static_cast<std::ptrdiff_t>(y) * bitmap.pitch;
    for (int x = 0; x < glyph.width; ++x) glyph.at(x, y) = row[x];
  }
  // A mark without an advance stands over the letter before it: its outline lies left of where the pen is by then.
  const int pen = advance == 0 ? cells * cell_width : static_cast<int>(std::lround((cells * cell_width - advance) / 2));
  glyph.left = pen + slot->bitmap_left;
  glyph.top = baseline - slot->bitmap_top;
  return glyph;
}

}  // namespace

struct Fonts::State {
  Library library = open_library();
  std::array<Face, sources.size()> faces;
  std::map<std::tuple<char32_t, bool, int>, Glyph> glyphs;

  State() {
    for (std::size_t i = 0; i < sources.size(); ++i) faces[i] = open_face(library.get(), sources[i]);
  }

  Glyph draw(char32_t character, bool bold, int cells) {
    if (std::optional<Glyph> box = box_drawing(character)) return std::move(*box);
    std::size_t widest = sources.size();  // the first font that has it, but not in this width
    for (std::size_t i = 0; i < sources.size(); ++i) {
      FT_Face face = faces[i].get();
      const FT_UInt index = sources[i].bold == bold ? FT_Get_Char_Index(face, character) : 0;
      if (index == 0) continue;
      if (advance_of(face, index) <= cells * cell_width + 0.5) return render(face, index, cells);
      if (widest == sources.size()) widest = i;
    }
    if (widest == sources.size()) return missing_glyph(character, cells);
    FT_Face face = faces[widest].get();
    const FT_UInt index = FT_Get_Char_Index(face, character);
    const double fits = static_cast<double>(sources[widest].size) * cells * cell_width / advance_of(face, index);
    FT_Set_Pixel_Sizes(face, 0, static_cast<FT_UInt>(fits));
    Glyph glyph = render(face, index, cells);
    FT_Set_Pixel_Sizes(face, 0, sources[widest].size);
    return glyph;
  }
};

Fonts::Fonts() : state_(std::make_unique<State>()) {}
Fonts::~Fonts() = default;

const Glyph& Fonts::glyph(char32_t character, bool bold, int cells) {
  const auto [at, fresh] = state_->glyphs.try_emplace({character, bold, cells});
  if (fresh) at->second = state_->draw(character, bold, cells);
  return at->second;
}

}  // namespace echolab::picture
