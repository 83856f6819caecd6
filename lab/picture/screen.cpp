#include "lab/picture/screen.h"

#include <algorithm>

#include "lab/base/text.h"
#include "lab/picture/transcript.h"

namespace echolab::picture {

Screen::Screen(const Size& size) : columns_(std::max(size.columns, 2)) {
  const auto rows = static_cast<std::size_t>(std::max(size.rows, 3));
  first_ = rows / 2;
  last_ = rows - first_;
  row_.resize(static_cast<std::size_t>(columns_));
}

void Screen::write(std::string_view transcript) {
  read_transcript(transcript, [this](const Step& step) {
    switch (step.kind) {
      case Step::Kind::character:
        return put(step.text, step.width, pen_.cell());
      case Step::Kind::escape:
        return put(step.text, step.width, pen_.escape_cell());
      case Step::Kind::colours:
        return pen_.apply(step.text);
      case Step::Kind::new_line:
        return new_row();
      case Step::Kind::carriage_return:
        column_ = 0;
        return;
      case Step::Kind::backspace:
        column_ = std::max(0, std::min(column_, columns_ - 1) - 1);
        return;
      case Step::Kind::tab:
        column_ = std::max(column_, std::min(column_ / 8 * 8 + 8, columns_ - 1));
        return;
    }
  });
}

void Screen::put(std::string_view text, int width, Cell look) {
  width = std::clamp(width, 1, 2);
  if (column_ + width > columns_) new_row();
  for (int i = 0; i < width; ++i) blank(column_ + i);
  look.text = text;
  look.wide = width == 2;
  Cell& cell = row_[static_cast<std::size_t>(column_)];
  cell = std::move(look);
  if (width == 2) {
    Cell& right = row_[static_cast<std::size_t>(column_) + 1];
    right = cell;
    right.text.clear();
    right.wide = false;
  }
  column_ += width;
  used_ = true;
}

void Screen::blank(int column) {
  const auto at = static_cast<std::size_t>(column);
  if (row_[at].wide) row_[at + 1].text.clear();
  if (at > 0 && row_[at - 1].wide) {
    row_[at - 1].text.clear();
    row_[at - 1].wide = false;
  }
  row_[at].text.clear();
  row_[at].wide = false;
}

void Screen::new_row() {
  if (beginning_.size() < first_) {
    beginning_.push_back(row_);
  } else {
    end_.push_back(std::move(row_));
    row_.clear();
    if (end_.size() > last_) {
      row_ = std::move(end_.front());  // its memory serves again
      end_.pop_front();
      ++left_out_;
    }
  }
  row_.assign(static_cast<std::size_t>(columns_), Cell{});
  column_ = 0;
  used_ = false;
}

std::vector<Row> Screen::rows() const {
  std::vector<Row> rows = beginning_;
  std::deque<Row> end = end_;
  std::uint64_t left_out = left_out_;
  if (used_) {
    end.push_back(row_);
    if (end.size() > last_ + (first_ - beginning_.size())) {
      end.pop_front();
      ++left_out;
    }
  }
  if (left_out > 0) {
    end.pop_front();  // makes room for the row that says so
    Row note(static_cast<std::size_t>(columns_));
    Cell look;
    look.foreground = escape_text;
    put_text(note, 0, columns_, "⋯ " + counted(left_out + 1, "row", "rows") + " left out ⋯", look);
    rows.push_back(std::move(note));
  }
  rows.insert(rows.end(), end.begin(), end.end());
  return rows;
}

void put_text(Row& row, int column, int columns, std::string_view text, const Cell& look) {
  const std::string fitting = cut_to_width(escape_for_terminal(text), static_cast<std::size_t>(std::max(columns, 0)));
  read_transcript(fitting, [&](const Step& step) {
    Cell& cell = row[static_cast<std::size_t>(column)];
    cell = look;
    cell.text = step.text;
    cell.wide = step.width == 2;
    if (cell.wide) row[static_cast<std::size_t>(column) + 1] = look;
    column += std::max(step.width, 1);
  });
}

}  // namespace echolab::picture
