#include "lab/scenario/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "lab/base/text.h"

namespace echolab::scenario {

namespace {

constexpr std::size_t max_values = 10'000;
constexpr std::size_t max_depth = 32;
constexpr std::size_t max_keys = 256;

struct Stop {};  // ends parsing after a mistake that makes the rest meaningless or dangerous

// Builds the tree from yaml-cpp's events, so that its own graph (shared, possibly cyclic nodes; duplicate keys kept
// silently) never exists.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, std::vector<Diagnostic>& mistakes) : source_(source), mistakes_(mistakes) {}

  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      refuse(offset_of(mark), 3, "a second document begins here", "a scenario file holds one document: remove '---'");
      throw Stop{};
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    Node node;
    node.offset = offset_of(mark);
    check_properties(node.offset);
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Node node;
    node.kind = Node::Kind::refused;
    node.offset = offset_of(mark);
    refuse(node.offset, word_length(node.offset), "aliases (*name) are not allowed", "write the value out");
    add(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    Node node;
    node.kind = Node::Kind::scalar;
    node.offset = offset_of(mark);
    node.quoted = tag == "!";  // yaml-cpp's tag for every scalar that is not plain
    node.text = value;
    node.length = scalar_length(node);
    check_properties(node.offset);
    if (node.quoted) check_closed(node.offset);
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  // A list or map that is being filled.
  struct Frame {
    Node node;
    std::optional<Node> key;  // map: waits for its value
    std::set<std::string> keys;
  };

  // yaml-cpp counts bytes from the start of what it was given; a null mark is -1.
  std::size_t offset_of(const YAML::Mark& mark) const {
    return mark.pos < 0 ? 0 : std::min(static_cast<std::size_t>(mark.pos), source_.text().size());
  }

  std::size_t word_length(std::size_t offset) const {
    const std::size_t end = source_.text().find_first_of(" \t\r\n,]}", offset);
    return (end == std::string::npos ? source_.text().size() : end) - offset;
  }

  std::size_t scalar_length(const Node& node) const {
    const std::string_view rest = std::string_view(source_.text()).substr(node.offset);
    if (rest.starts_with(node.text)) return node.text.size();
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return 1;
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != rest[0] && rest[end] != '\n') end += rest[end] == '\\' ? 2u : 1u;
    return std::min(end + 1, rest.size());
  }

  void refuse(std::size_t offset, std::size_t length, std::string message, std::string hint) {
    mistakes_.push_back({source_.span(offset, length), std::move(message), std::move(hint)});
  }

  // yaml-cpp 0.7 takes the end of the file for the end of a quoted text.
  void check_closed(std::size_t offset) {
    const std::string_view rest = std::string_view(source_.text()).substr(offset);
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return;  // a block, or after a refused property
    for (std::size_t i = 1; i < rest.size(); ++i) {
      if (rest[i] == '\\' && rest[0] == '"') {
        ++i;
      } else if (rest[i] == rest[0]) {
        if (rest[0] == '"' || rest.substr(i + 1, 1) != "'") return;
        ++i;  // '' is a quote inside single quotes
      }
    }
    refuse(offset, 1, "a quoted text is never closed", "add the closing quote");
    throw Stop{};
  }

  // Anchors and tags stand before the value, and yaml-cpp's mark then points at them. No plain scalar can begin so.
  void check_properties(std::size_t offset) {
    const char first = offset < source_.text().size() ? source_.text()[offset] : ' ';
    if (first == '&') {
      refuse(offset, word_length(offset), "anchors (&name) are not allowed", "write the value out where it is needed");
    } else if (first == '!') {
      refuse(offset, word_length(offset), "tags (!name) are not allowed",
             "types follow from the key; put text that begins with '!' in quotes");
    }
  }

  void open(Node::Kind kind, const YAML::Mark& mark) {
    Frame frame;
    frame.node.kind = kind;
    frame.node.offset = offset_of(mark);
    check_properties(frame.node.offset);
    if (stack_.size() >= max_depth) {
      refuse(frame.node.offset, 1, fmt::format("nested more than {} levels deep", max_depth),
             "a scenario needs six; are brackets missing their ends?");
      throw Stop{};
    }
    stack_.push_back(std::move(frame));
  }

  void close() {
    Node node = std::move(stack_.back().node);
    stack_.pop_back();
    if (node.is(Node::Kind::map) && !node.entries.empty() && source_.text()[node.offset] != '{') {
      node.length = node.entries.front().key.length;
    }
    add(std::move(node));
  }

  void add(Node node) {
    if (++values_ > max_values) {
      refuse(node.offset, 1, fmt::format("more than {} values", with_thousands(max_values)),
             "use containers, clients_per_container and count instead of repeating entries");
      throw Stop{};
    }
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.node.is(Node::Kind::list)) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key) {
      frame.key = std::move(node);
    } else {
      add_entry(frame, std::move(*frame.key), std::move(node));
      frame.key.reset();
    }
  }

  void add_entry(Frame& frame, Node key, Node value) {
    if (!key.is(Node::Kind::scalar)) {
      refuse(key.offset, key.length, "a key must be a word", "write 'key: value'");
      return;
    }
    if (!frame.keys.insert(key.text).second) {
      const Node* const first = frame.node.find_key(key.text);
      refuse(key.offset, key.length, fmt::format("duplicate key '{}'", cut_to_width(key.text, 40)),
             first == nullptr ? "" : fmt::format("it is first given on line {}", source_.line_of(first->offset)));
      return;
    }
    if (frame.keys.size() > max_keys) {
      refuse(key.offset, key.length, fmt::format("more than {} keys in one map", max_keys), "");
      throw Stop{};
    }
    frame.node.entries.push_back({std::move(key), std::move(value)});
  }

  const SourceText& source_;
  std::vector<Diagnostic>& mistakes_;
  Node root_;
  std::vector<Frame> stack_;
  std::size_t values_ = 0;
  int documents_ = 0;
};

struct Explanation {
  std::string_view yaml_cpp;  // beginning of its message
  std::string_view message, hint;
};

// yaml-cpp's words are those of a parser; these are for whoever wrote the file.
constexpr std::array<Explanation, 17> explanations{{
    {"end of map flow not found", "a '{' has no matching '}'", "close it, or separate its entries with commas"},
    {"end of sequence flow not found", "a '[' has no matching ']'", "close it, or separate its items with commas"},
    {"end of map not found", "this line does not fit the map around it",
     "keys of one map begin in the same column and end with ': '"},
    {"end of sequence not found", "this line does not fit the list around it",
     "items of one list begin with '- ' in the same column"},
    {"illegal EOF in scalar", "a quoted text is never closed", "add the closing quote"},
    {"illegal document indicator in scalar", "a document marker inside a quoted text", "close the quote before it"},
    {"illegal tab when looking for indentation", "a tab where indentation is expected", "YAML indents with spaces"},
    {"illegal map value", "a second ': ' cannot stand here", "put text that contains ': ' in quotes"},
    {"illegal map key", "a key cannot begin here", "begin keys on a line of their own"},
    {"illegal block entry", "a list item cannot begin here", "put '- ' on a line of its own, indented with spaces"},
    {"illegal flow end", "a closing bracket without its opening one", ""},
    {"unknown escape character", "an unknown escape after a backslash",
     "in double quotes a backslash is written \\\\; in single quotes it stands for itself"},
    {"the referenced anchor is not defined", "aliases (*name) are not allowed",
     "write the value out, or put text that begins with '*' in quotes"},
    {"alias not found after *", "aliases (*name) are not allowed", "put text that begins with '*' in quotes"},
    {"anchor not found after &", "anchors (&name) are not allowed", "put text that begins with '&' in quotes"},
    {"unknown token", "this character cannot begin a value", "put the text in quotes"},
    {"invalid unicode", "an escape that is no character", ""},
}};

Diagnostic explain(const SourceText& source, const YAML::Exception& error) {
  const std::size_t offset = error.mark.pos < 0 ? 0 : static_cast<std::size_t>(error.mark.pos);
  const SourceSpan where = source.span(offset, 1);
  for (const Explanation& e : explanations) {
    if (std::string_view(error.msg).starts_with(e.yaml_cpp))
      return {where, std::string(e.message), std::string(e.hint)};
  }
  return {where, "not valid YAML: " + error.msg, ""};
}

}  // namespace

const Node* Node::find_key(std::string_view key) const {
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.key.text == key; });
  return entry == entries.end() ? nullptr : &entry->key;
}

const Node* Node::find(std::string_view key) const {
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.key.text == key; });
  return entry == entries.end() ? nullptr : &entry->value;
}

YamlResult parse_yaml(const SourceText& source) {
  YamlResult result;
  TreeBuilder builder(source, result.mistakes);
  try {
    std::istringstream in(source.text());
    YAML::Parser parser(in);
    // The second call finds a second document, if there is one; never more: yaml-cpp 0.7 can loop at the end.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const Stop&) {
    result.whole = false;
  } catch (const YAML::Exception& error) {
    result.mistakes.push_back(explain(source, error));
    result.whole = false;
  }
  result.root = builder.take_root();
  return result;
}

}  // namespace echolab::scenario
