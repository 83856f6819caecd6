#include <algorithm>

#include "lab/picture/colours.h"
#include "lab/picture/screen.h"
#include "lab/picture/terminals.h"

namespace echolab::picture {

namespace {

constexpr int padding = 1;     // columns between a window's edge and its text
constexpr int gap = 2;         // columns between windows
constexpr int window_row = 2;  // header, a free row, then the windows
constexpr int body_row = 2;    // inside a window: title bar, a free row, then the text

Cell look(Colour foreground, Colour background, bool bold = false) {
  Cell cell;
  cell.foreground = foreground;
  cell.background = background;
  cell.bold = bold;
  return cell;
}

class Canvas {
 public:
  Canvas(int columns, int rows) : columns_(columns) {
    rows_.assign(static_cast<std::size_t>(rows), Row(static_cast<std::size_t>(columns), look(page_text, page_colour)));
  }

  Row& row(int row) { return rows_[static_cast<std::size_t>(row)]; }

  void fill(const Window& area, const Cell& with) {
    for (int i = 0; i < area.rows; ++i) {
      const auto begin = row(area.row + i).begin() + area.column;
      std::fill(begin, begin + area.columns, with);
    }
  }

  Grid grid(std::vector<Window> windows) && {
    Grid grid{columns_, static_cast<int>(rows_.size()), {}, std::move(windows)};
    grid.cells.reserve(rows_.size() * static_cast<std::size_t>(columns_));
    for (Row& row : rows_) std::move(row.begin(), row.end(), std::back_inserter(grid.cells));
    return grid;
  }

 private:
  int columns_;
  std::vector<Row> rows_;
};

void draw_window(Canvas& canvas, const Window& window, const std::string& title, const std::vector<Row>& text) {
  const Cell bar = look(title_text, title_bar_colour, true);
  canvas.fill({window.row, window.column, 1, window.columns}, bar);
  const int inside = window.column + padding, columns = window.columns - 2 * padding;
  put_text(canvas.row(window.row), inside, columns, title, bar);
  canvas.fill({window.row + 1, window.column, window.rows - 1, window.columns}, Cell{});
  int row = window.row + body_row;
  for (const Row& line : text) {
    std::copy(line.begin(), line.end(), canvas.row(row++).begin() + inside);
  }
  if (text.empty()) put_text(canvas.row(row), inside, columns, "(no output)", look(escape_text, body_colour));
}

}  // namespace

Grid lay_out(const std::string& header, const std::vector<Terminal>& terminals, const Size& size) {
  std::vector<std::vector<Row>> texts;
  std::size_t longest = 1;
  for (const Terminal& terminal : terminals) {
    Screen screen(size);
    screen.write(terminal.transcript);
    texts.push_back(screen.rows());
    longest = std::max(longest, texts.back().size());
  }
  const int windows = std::max(1, static_cast<int>(terminals.size()));
  const int width = std::max(size.columns, 2) + 2 * padding;
  const int height = body_row + static_cast<int>(longest) + 1;  // and a free row at the end

  Canvas canvas(windows * width + (windows - 1) * gap, terminals.empty() ? 1 : window_row + height);
  put_text(canvas.row(0), 0, windows * width, header, look(page_text, page_colour, true));
  std::vector<Window> frames;
  for (std::size_t i = 0; i < terminals.size(); ++i) {
    frames.push_back({window_row, static_cast<int>(i) * (width + gap), height, width});
    draw_window(canvas, frames.back(), terminals[i].title, texts[i]);
  }
  return std::move(canvas).grid(std::move(frames));
}

}  // namespace echolab::picture
