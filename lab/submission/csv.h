#pragma once
// Comma-separated values (RFC 4180), as spreadsheets write them.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace echolab::submission {

struct CsvCell {
  std::string text;        // unquoted, without white space around it; ="20261234" as 20261234
  std::size_t offset = 0;  // of the cell in the source, with its quote
  std::size_t length = 0;
};

struct CsvRow {
  std::vector<CsvCell> cells;
  std::size_t offset = 0;
  bool blank() const;  // no cell has text
};

struct CsvMistake {
  std::size_t offset = 0, length = 1;
  std::string message, hint;
};

struct Csv {
  char separator = ',';
  std::vector<CsvRow> rows;  // blank ones too
  std::vector<CsvMistake> mistakes;
};

// The separator is ',', ';' or tab, whichever the first line has most of outside quotes, or what a line "sep=;" says, as
// Excel reads it. Cells may hold separators, quotes and line ends when they are quoted. Reads to the end whatever comes.
Csv read_csv(std::string_view text);

}  // namespace echolab::submission
