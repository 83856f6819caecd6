#include "lab/report/points_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lab/base/text.h"

namespace echolab::report {

namespace {

constexpr std::size_t bars = 10;
// Pixels of the drawing, which is scaled to the page.
constexpr int bar_width = 44, bar_step = 50, bar_height = 110, top = 20, bottom = 24;

std::size_t bar_of(const marks::StudentResult& student) {
  const double nothing_to_get = student.status == marks::Status::passed ? 1 : 0;
  const double share = student.most > 0 ? student.points / student.most : nothing_to_get;
  return std::min(bars - 1, static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(bars)));
}

}  // namespace

std::string points_chart(const marks::ClassResult& result) {
  std::array<std::size_t, bars> counts{};
  std::size_t all = 0;
  for (const marks::StudentResult& student : result.students) {
    if (!student.complete()) continue;
    ++counts[bar_of(student)];
    ++all;
  }
  if (all == 0) return {};
  const std::size_t most = *std::max_element(counts.begin(), counts.end());

  std::string drawing, sentence;
  for (std::size_t i = 0; i < bars; ++i) {
    const int x = static_cast<int>(i) * bar_step + (bar_step - bar_width) / 2, middle = x + bar_width / 2;
    const int height = static_cast<int>(static_cast<std::size_t>(bar_height) * counts[i] / most);
    const std::string range = fmt::format("{}–{}", 10 * i, 10 * (i + 1));
    drawing += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", middle, top + bar_height + 17, range);
    if (counts[i] == 0) continue;
    sentence += fmt::format("{}{} %: {}", sentence.empty() ? "" : ", ", range, counts[i]);
    drawing += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\"/>\n", x,
                           top + bar_height - height, bar_width, height);
    drawing += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", middle, top + bar_height - height - 5, counts[i]);
  }
  const int width = static_cast<int>(bars) * bar_step;
  return fmt::format(
      "<figure>\n<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Students by points: {}\">\n"
      "<line x1=\"0\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n{}</svg>\n"
      "<figcaption>{} by percent of the points</figcaption>\n</figure>\n",
      width, top + bar_height + bottom, sentence, top + bar_height, width, top + bar_height, drawing,
      counted(all, "student", "students"));
}

}  // namespace echolab::report
