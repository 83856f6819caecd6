// The dialect that GitLab, the common GitHub actions and Jenkins have in common: testsuites, testsuite, testcase, and in it
// failure, error or skipped, then system-out. There are no times: equal work gives equal bytes.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <utility>

#include "lab/report/class_reports.h"
#include "lab/report/class_words.h"

namespace echolab::report {

namespace {

using verify::Outcome;

struct Case {
  const marks::StudentResult* student;
  const marks::CheckMark* check;  // null: the student has none
};

struct Suite {
  std::string name, file;
  std::vector<Case> cases;
};

Outcome outcome_of(const Case& test) {
  if (test.check == nullptr) {
    return test.student->status == marks::Status::inconclusive ? Outcome::inconclusive : Outcome::failed;
  }
  const bool decides = test.check->level == scenario::Level::error;
  return decides || test.check->outcome == Outcome::not_run ? test.check->outcome : Outcome::passed;
}

// In the order of the class's scenarios, then of what else the checks name.
std::vector<Suite> suites_of(const marks::ClassResult& result) {
  std::vector<Suite> suites;
  std::map<std::string, std::size_t> by_name;
  const auto suite_of = [&](const std::string& name, const std::string& file) -> Suite& {
    const auto [at, fresh] = by_name.try_emplace(name, suites.size());
    if (fresh) suites.push_back({name, file, {}});
    return suites[at->second];
  };
  for (const marks::ScenarioUse& use : result.scenarios) suite_of(use.name, use.file);
  for (const marks::StudentResult& student : result.students) {
    for (const marks::CheckMark& mark : student.checks) suite_of(mark.scenario, "").cases.push_back({&student, &mark});
    if (student.checks.empty()) suite_of("submissions", "").cases.push_back({&student, nullptr});
  }
  return suites;
}

// The first sentence is the attribute `message`; this is what one reads after a click.
std::string body_of(const Case& test) {
  std::string body = shown(test.check != nullptr ? test.check->message : test.student->reason) + "\n";
  if (test.check != nullptr) {
    if (!test.check->hint.empty()) body += "hint: " + shown(test.check->hint) + "\n";
    for (const verify::Evidence& evidence : test.check->evidence) body += "look: " + evidence_text(evidence) + "\n";
  }
  for (const marks::LimitHit& hit : test.student->limits) body += limit_text(hit) + "\n";
  for (const std::string& note : test.student->notes) body += "note: " + shown(note) + "\n";
  return body;
}

void add_text(pugi::xml_node parent, const char* element, const std::string& text) {
  parent.append_child(element).append_child(pugi::node_pcdata).set_value(text.c_str());
}

void add_outcome(pugi::xml_node node, const Case& test) {
  const std::string message = shown(test.check != nullptr ? test.check->message : test.student->reason);
  const auto add = [&](const char* element, const char* type) {
    pugi::xml_node child = node.append_child(element);
    child.append_attribute("message") = message.c_str();
    if (type != nullptr) child.append_attribute("type") = type;
    child.append_child(pugi::node_pcdata).set_value(body_of(test).c_str());
  };
  switch (outcome_of(test)) {
    case Outcome::failed:
      return add("failure", "failed");
    case Outcome::inconclusive:
      return add("error", "inconclusive");
    case Outcome::not_run:
      node.append_child("skipped").append_attribute("message") = message.c_str();
      return;
    case Outcome::passed:
      if (test.check->outcome != Outcome::passed) add_text(node, "system-out", "warning: " + body_of(test));
      return;
  }
}

void add_counts(pugi::xml_node node, const std::vector<const Case*>& cases) {
  const auto count = [&](Outcome outcome) {
    return static_cast<unsigned>(
        std::count_if(cases.begin(), cases.end(), [&](const Case* test) { return outcome_of(*test) == outcome; }));
  };
  node.append_attribute("tests") = static_cast<unsigned>(cases.size());
  node.append_attribute("failures") = count(Outcome::failed);
  node.append_attribute("errors") = count(Outcome::inconclusive);
  node.append_attribute("skipped") = count(Outcome::not_run);
}

std::vector<const Case*> pointers(const std::vector<Case>& cases) {
  std::vector<const Case*> all;
  for (const Case& test : cases) all.push_back(&test);
  return all;
}

struct StringWriter : pugi::xml_writer {
  std::string text;
  void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
};

}  // namespace

std::string junit_xml(const marks::ClassResult& result, const std::string& folder) {
  const std::vector<Suite> suites = suites_of(result);
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node root = document.append_child("testsuites");
  root.append_attribute("name") = "echolab";
  std::vector<const Case*> all;
  for (const Suite& suite : suites) {
    for (const Case& test : suite.cases) all.push_back(&test);
  }
  add_counts(root, all);

  std::set<std::pair<std::string, std::string>> used;  // GitLab drops a case whose class and name were there before
  for (const Suite& suite : suites) {
    pugi::xml_node suite_node = root.append_child("testsuite");
    suite_node.append_attribute("name") = shown(suite.name).c_str();
    add_counts(suite_node, pointers(suite.cases));
    for (const Case& test : suite.cases) {
      const std::string class_name = shown(suite.name) + "." + shown(test.student->student.id);
      const std::string plain = test.check != nullptr ? shown(test.check->check) : "handed in";
      std::string name = plain;
      for (int i = 2; !used.emplace(class_name, name).second; ++i) name = fmt::format("{} ({})", plain, i);
      pugi::xml_node node = suite_node.append_child("testcase");
      node.append_attribute("name") = name.c_str();
      node.append_attribute("classname") = class_name.c_str();
      if (!suite.file.empty()) node.append_attribute("file") = shown(suite.file).c_str();
      if (test.check != nullptr && test.check->line > 0) {
        node.append_attribute("line") = static_cast<unsigned long long>(test.check->line);
      }
      add_outcome(node, test);
      const bool passed = outcome_of(test) == Outcome::passed;
      if (!folder.empty() && !passed && test.student->status != marks::Status::missing) {
        const std::string id = shown(test.student->student.id);
        add_text(node, "system-out", fmt::format("[[ATTACHMENT|{}/{}/{}.png]]", shown(folder), id, id));
      }
    }
  }
  StringWriter writer;
  document.save(writer, "  ");
  return writer.text;
}

}  // namespace echolab::report
