#pragma once
// The mistakes found so far in one scenario.

#include <string>
#include <string_view>
#include <vector>

#include "lab/scenario/source_text.h"
#include "lab/scenario/yaml_tree.h"

namespace echolab::scenario {

class Mistakes {
 public:
  explicit Mistakes(const SourceText& source) : source_(source) {}

  void at(const Node& node, std::string message, std::string hint = "");
  // At bytes inside a scalar when they can be found in the source (no escapes, no folding), else at the whole scalar.
  void inside(const Node& scalar, std::size_t offset, std::size_t length, std::string message, std::string hint = "");
  void add(std::vector<Diagnostic> others);

  bool empty() const { return all_.empty(); }
  const SourceText& source() const { return source_; }
  // In file order; of very many only the first, the last of them saying how many were left out.
  std::vector<Diagnostic> take();

 private:
  const SourceText& source_;
  std::vector<Diagnostic> all_;
};

// "did you mean 'x'?", or "allowed: a, b, c" when nothing is near.
std::string suggest(std::string_view word, const std::vector<std::string_view>& allowed);
// A user's word in quotes, cut when it is long.
std::string quote(std::string_view word);

}  // namespace echolab::scenario
