#pragma once
// A terminal that only grows downwards: the cursor never leaves the last row, so earlier rows are final. Memory depends on
// the size of the picture, not on how much a program wrote.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "lab/picture/colours.h"
#include "lab/picture/terminals.h"

namespace echolab::picture {

using Row = std::vector<Cell>;

class Screen {
 public:
  explicit Screen(const Size& size);

  void write(std::string_view transcript);
  // At most size.rows; where rows are left out, one says how many.
  std::vector<Row> rows() const;

 private:
  void put(std::string_view text, int width, Cell look);
  void blank(int column);  // also the other half of a wide character
  void new_row();

  int columns_;
  std::size_t first_, last_;  // how many rows of the beginning and of the end are kept
  Pen pen_;
  Row row_;            // the one that is written
  int column_ = 0;     // columns_: the next character begins a new row
  bool used_ = false;  // row_ holds something
  std::vector<Row> beginning_;
  std::deque<Row> end_;
  std::uint64_t left_out_ = 0;
};

// Text that we write ourselves, controls escaped, in the cells from `column` on; what does not fit is cut with "…".
void put_text(Row& row, int column, int columns, std::string_view text, const Cell& look);

}  // namespace echolab::picture
