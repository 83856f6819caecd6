#pragma once
// Judges a stored run. The rules are docs/checks.md.

#include <filesystem>
#include <string>

#include "lab/artifacts/run_folder.h"
#include "lab/verify/finding.h"

namespace echolab::verify {

class Annotations;

// Reads plan, captures, event logs and exit records of the folder and nothing else, so the same folder gives the same
// verdict anywhere and at any time. A capture or log that is missing or broken makes findings inconclusive; it is
// never an exception. Throws EnvironmentError only when a file that exists cannot be read.
// With `annotations` it also says what it saw in which packet of captures/lab.pcapng; the verdict is the same.
Verdict verify_run(const artifacts::RunFolder& run, Annotations* annotations = nullptr);

// Judges one capture by a plan whose exchanges have the endpoints of that capture; there are no logs and no nodes, so the
// plan's checks must not need any. Traffic of endpoints that are not in the plan is left aside.
Verdict verify_capture(const plan::Plan& plan, const std::filesystem::path& file);

// findings.json, schema "echolab.findings/v1": stable key order, two-space indent, ends with a newline.
std::string to_json(const Verdict& verdict);

}  // namespace echolab::verify
