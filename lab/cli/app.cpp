#include "lab/cli/app.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "lab/cli/commands.h"
#include "lab/scenario/load.h"

namespace echolab::cli {

namespace {

constexpr const char* examples = R"(
Examples:
  echolab run scenarios/udp-echo.yaml      start the lab, check every echo, keep logs and captures
  echolab validate scenarios/*.yaml        find every mistake without starting anything
  echolab plan scenarios/tcp-echo.yaml     what a run would do: networks, nodes, addresses, commands
  echolab checks                           what a scenario can be judged by
  echolab verify artifacts/latest          judge a stored run again, from its evidence alone
  echolab verify capture.pcapng            judge any capture: what was asked, what came back
  echolab grade --roster class.csv --submissions hand-ins --scenario grade.yaml --out grades
                                           a lab for every student; marks, captures and pictures
  echolab fetch 20261234 --from grades     a student's capture and picture
  echolab clean                            remove what a killed run left behind
  echolab doctor                           can this machine run labs, and what mends it if not

Exit status: 0 passed, 1 failed, 2 mistake in the scenario or the call, 3 the machine can't, 4 no verdict because the
evidence is incomplete, 5 nothing ran, 130 interrupted.
)";

// What runs. It holds the values; they must not hold it.
using Command = std::function<ExitCode(Terminal&)>;

// What the subcommands fill in while the line is parsed; shared with the chosen command.
struct Values {
  OutputOptions output;
  EngineOptions engine;
  RunOptions run;
  PlanOptions plan;
  std::vector<std::filesystem::path> scenarios;
  VerifyOptions verify;
  GradeOptions grade;
  GradeStudentOptions grade_student;
  RegradeOptions regrade;
  FetchOptions fetch;
  std::string check_kind;
  bool clean_all = false;
};

void add_output_options(CLI::App& app, const std::shared_ptr<Values>& values) {
  app.add_flag("--json", values->output.json, "print the result as JSON on standard output");
  app.add_flag("-q,--quiet", values->output.quiet, "no progress");
  app.add_option("--color,--colour", values->output.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

void add_engine_options(CLI::App& app, const std::shared_ptr<Values>& values) {
  app.add_option("--engine", values->engine.name,
                 "what runs the lab: auto, docker, local, compose, or record: only write down what would be done")
      ->check(CLI::IsMember({"auto", "docker", "local", "compose", "record"}))
      ->envname("ECHOLAB_ENGINE");
  app.add_option("--host", values->engine.host, "Docker engine: unix:///… or tcp://… (default: DOCKER_HOST, context)");
  app.add_option("--context", values->engine.context, "Docker context to take the engine from");
}

void add_run(CLI::App& app, const std::shared_ptr<Values>& values, Command& chosen) {
  CLI::App* command = app.add_subcommand("run", "run a lab and judge it");
  command->add_option("scenario", values->run.scenario, "scenario file (YAML)")->required();
  command->add_option("--out", values->run.out,
                      "run folder (default: artifacts/<run id>, artifacts/latest points to it)");
  add_engine_options(*command, values);
  command->add_option("--evidence", values->engine.evidence, "engine compose: the volume the services write to");
  command->add_option("--server", values->engine.server, "engine compose: name of the server's service");
  command->add_option("--clients", values->engine.clients, "engine compose: name of the clients' service");
  add_output_options(*command, values);
  command->callback([values, &chosen] {
    chosen = [values](Terminal& terminal) {
      values->run.engine = values->engine;
      return run(values->run, terminal);
    };
  });
}

void add_scenario_commands(CLI::App& app, const std::shared_ptr<Values>& values, Command& chosen) {
  CLI::App* validate_app = app.add_subcommand("validate", "check scenario files; nothing is started");
  validate_app->add_option("scenario", values->scenarios, "scenario files")->required();
  add_output_options(*validate_app, values);
  validate_app->callback(
      [values, &chosen] { chosen = [values](Terminal& terminal) { return validate(values->scenarios, terminal); }; });

  CLI::App* plan_app = app.add_subcommand("plan", "print what a run would do; nothing is started");
  plan_app->add_option("scenario", values->plan.scenario, "scenario file")->required();
  plan_app->add_option("--run-id", values->plan.run_id, "automatic addresses are drawn from it");
  add_output_options(*plan_app, values);
  plan_app->callback(
      [values, &chosen] { chosen = [values](Terminal& terminal) { return plan(values->plan, terminal); }; });

  CLI::App* checks_app = app.add_subcommand("checks", "list what a scenario can be judged by, with keys and defaults");
  checks_app->add_option("kind", values->check_kind, "show this one, with an example");
  checks_app->footer(
      "\nExamples:\n"
      "  echolab checks                      all kinds\n"
      "  echolab checks payload_contains     its keys, their defaults, and how it is written\n"
      "  echolab checks --json               the same for programs\n");
  add_output_options(*checks_app, values);
  checks_app->callback(
      [values, &chosen] { chosen = [values](Terminal& terminal) { return checks(values->check_kind, terminal); }; });

  CLI::App* schema_app = app.add_subcommand("schema", "print the JSON Schema of scenarios, for editors");
  add_output_options(*schema_app, values);
  schema_app->callback([values, &chosen] {
    chosen = [](Terminal& terminal) {
      terminal.print(scenario::json_schema());
      return exit_passed;
    };
  });
}

void add_evidence_commands(CLI::App& app, const std::shared_ptr<Values>& values, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("verify", "judge a stored run again, or a capture alone, from the evidence on disk");
  command->add_option("evidence", values->verify.evidence, "folder that a run left, or a pcap or pcapng file")
      ->required();
  command->add_option("--scenario", values->verify.scenario, "capture alone: judge it by this scenario's checks");
  command->add_option("--port", values->verify.ports, "capture alone: the server's port (default: from the packets)")
      ->check(CLI::Range(1, 65535));
  command->add_option("--timeout", values->verify.timeout,
                      "capture alone: how long an echo may take (default: the scenario's, else 2s)");
  command->footer(R"(
Examples:
  echolab verify artifacts/latest                          the newest run again: equal bytes of findings
  echolab verify artifacts/latest/captures/client-1.pcapng one client's packets alone
  echolab verify 20261234.pcapng --port 5000               what a student recorded in Wireshark
  echolab verify lab.pcap --scenario scenarios/udp-echo.yaml --json)");
  add_output_options(*command, values);
  command->callback(
      [values, &chosen] { chosen = [values](Terminal& terminal) { return verify(values->verify, terminal); }; });
}

void add_grade(CLI::App& app, const std::shared_ptr<Values>& values, Command& chosen) {
  GradeOptions& grade = values->grade;
  CLI::App* command = app.add_subcommand("grade", "grade a class: a lab of its own for every student");
  command->add_option("--roster", grade.roster, "class list (CSV with student id, name, department, …)")->required();
  command->add_option("--submissions", grade.submissions, "folder with what was handed in, by student id")->required();
  command->add_option("--scenario", grade.scenarios, "scenario with a 'submission' (may be given again)")->required();
  command->add_option("--out", grade.out, "folder for marks and evidence")->required();
  command->add_option("--jobs", grade.jobs, "students at once, or auto: as many as this machine bears");
  command->add_option("--only", grade.only, "only these students");
  command->add_flag("--resume", grade.resume, "go on with the batch in --out");
  command->add_flag("--again", grade.again,
                    "with --resume: grade those of --only once more, or everybody whose marks are open");
  command->add_option("--seed", grade.seed, "of the students' own messages (default: drawn)");
  command->add_flag("--strict", grade.strict, "exit status 1 when a student has not all points");
  command->add_flag("--trust-programs", grade.trust_programs,
                    "run what was handed in also on an engine that is no sandbox (local)");
  add_engine_options(*command, values);
  add_output_options(*command, values);
  command->footer(R"(
Examples:
  echolab grade --roster scenarios/class/roster.csv --submissions scenarios/class/submissions \
      --scenario scenarios/class/udp-server.yaml --out grades
  echolab grade … --out grades --resume               go on after an interruption; nothing is graded twice
  echolab grade … --out grades --resume --again --only 20261234

Exit status: 0 everybody has a mark, 1 (with --strict) somebody has not all points, 4 somebody's evidence is incomplete.)");
  command->callback([values, &chosen] {
    chosen = [values](Terminal& terminal) {
      values->grade.engine = values->engine;
      return grade_class(values->grade, terminal);
    };
  });

  CLI::App* worker = app.add_subcommand("grade-student", "")->group("");
  worker->add_option("batch", values->grade_student.batch)->required();
  worker->add_option("--student", values->grade_student.student)->required();
  worker->add_option("--into", values->grade_student.into)->required();
  add_engine_options(*worker, values);
  worker->callback([values, &chosen] {
    chosen = [values](Terminal& terminal) {
      values->grade_student.engine = values->engine;
      return grade_student(values->grade_student, terminal);
    };
  });
}

void add_grades(CLI::App& app, const std::shared_ptr<Values>& values, Command& chosen) {
  RegradeOptions& regrade_options = values->regrade;
  CLI::App* regrade_app = app.add_subcommand("regrade", "compute marks again from stored evidence; nothing is started");
  regrade_app->add_option("grades", regrade_options.batch, "folder that grade wrote")->required();
  regrade_app->add_option("--scenario", regrade_options.scenarios,
                          "changed checks, points or hand-ins of a scenario of the batch");
  regrade_app->add_flag("--apply", regrade_options.apply, "write the new marks; without it they are only shown");
  add_output_options(*regrade_app, values);
  regrade_app->callback(
      [values, &chosen] { chosen = [values](Terminal& terminal) { return regrade(values->regrade, terminal); }; });

  FetchOptions& fetch_options = values->fetch;
  CLI::App* fetch_app = app.add_subcommand("fetch", "hand back <id>.pcapng and <id>.png, checked against the manifest");
  fetch_app->add_option("students", fetch_options.students, "student ids");
  fetch_app->add_flag("--all", fetch_options.all, "every graded student");
  fetch_app->add_option("--from", fetch_options.from, "folder that grade wrote (default: this folder)");
  CLI::Option* const to = fetch_app->add_option("--to", fetch_options.to, "folder to copy to (default: this folder)");
  fetch_app->add_option("--archive", fetch_options.archive, "zip archive to write instead")->excludes(to);
  fetch_app->footer(R"(
Examples:
  echolab fetch 20261234 --from grades --to for-hong
  echolab fetch --all --from grades --archive class.zip)");
  add_output_options(*fetch_app, values);
  fetch_app->callback(
      [values, &chosen] { chosen = [values](Terminal& terminal) { return fetch(values->fetch, terminal); }; });
}

void add_machine_commands(CLI::App& app, const std::shared_ptr<Values>& values, Command& chosen) {
  CLI::App* clean_app = app.add_subcommand("clean", "remove what killed runs left: containers and networks, by label");
  clean_app->add_flag("--all", values->clean_all, "also of labs that are running");
  add_engine_options(*clean_app, values);
  add_output_options(*clean_app, values);
  clean_app->callback([values, &chosen] {
    chosen = [values](Terminal& terminal) { return clean(values->engine, values->clean_all, terminal); };
  });

  CLI::App* doctor_app = app.add_subcommand("doctor", "check this machine, with the mend for each problem");
  add_engine_options(*doctor_app, values);
  add_output_options(*doctor_app, values);
  doctor_app->callback(
      [values, &chosen] { chosen = [values](Terminal& terminal) { return doctor(values->engine, terminal); }; });

  CLI::App* version_app = app.add_subcommand("version", "print the version");
  add_output_options(*version_app, values);
  version_app->callback([values, &chosen] {
    chosen = [](Terminal& terminal) {
      terminal.print(terminal.json() ? "{\"schema\": \"echolab.version/v1\", \"version\": \"" ECHOLAB_VERSION "\"}\n"
                                     : "echolab " ECHOLAB_VERSION "\n");
      return exit_passed;
    };
  });
}

}  // namespace

ParsedCall parse_call(int argc, const char* const* argv) {
  ParsedCall call;
  const auto values = std::make_shared<Values>();
  CLI::App app("echolab runs network labs from YAML scenarios and judges every echo by the packets on the wire.",
               "echolab");
  app.footer(examples);
  app.require_subcommand(1);
  app.set_version_flag("--version", "echolab " ECHOLAB_VERSION);
  add_run(app, values, call.command);
  add_scenario_commands(app, values, call.command);
  add_evidence_commands(app, values, call.command);
  add_grade(app, values, call.command);
  add_grades(app, values, call.command);
  add_machine_commands(app, values, call.command);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 prints help to standard output and mistakes to standard error; its own statuses begin at 100.
    call.exit_status = app.exit(error) == 0 ? exit_passed : exit_usage;
    return call;
  }
  call.output = values->output;
  return call;
}

}  // namespace echolab::cli
