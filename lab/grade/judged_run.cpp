#include "lab/grade/judged_run.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/random.h>

#include "lab/base/error.h"
#include "lab/evidence/comment_captures.h"
#include "lab/evidence/write_captures.h"
#include "lab/report/result_json.h"
#include "lab/verify/annotations.h"
#include "lab/verify/packet_comments.h"
#include "lab/verify/verify.h"

namespace echolab::grade {

namespace {

constexpr int most_subnet_tries = 16;

// The judge's words for the writer of captures.
class VerdictComments final : public evidence::CommentSource {
 public:
  VerdictComments(const plan::Plan& plan, const verify::Annotations& annotations) : comments_(plan, annotations) {}
  std::span<const std::string> comments_of(std::uint64_t packet) override { return comments_.of(packet); }
  std::vector<std::string> about_all() override { return comments_.about_all(); }

 private:
  verify::PacketComments comments_;
};

}  // namespace

std::string new_run_id(WallTime now) {
  std::uint32_t random = 0;
  if (::getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    throw EnvironmentError("draw a run id", "getrandom gave too few bytes", "");
  }
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{:06x}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     random & 0xffffff);
}

// Everything after the engine reads the run folder alone: what is printed now is what `echolab verify` prints later.
JudgedRun judge(artifacts::RunFolderWriter& folder, const plan::Plan& plan, const artifacts::EngineRecord& record,
                engine::Observer& observer) {
  observer.step("writing captures");
  folder.log_step("captures");
  const evidence::Evidence captures = evidence::write_captures(folder.folder(), plan, record);
  folder.write_engine(captures.engine);
  observer.step("judging");
  folder.log_step("verify");
  JudgedRun judged{artifacts::read_run_folder(folder.folder()), {}, {}};
  verify::Annotations annotations;
  judged.verdict = verify::verify_run(judged.run, &annotations);
  folder.write_file("findings.json", verify::to_json(judged.verdict));
  folder.write_file("result.json", report::result_json(judged.run, judged.verdict));
  observer.step("writing comments");
  VerdictComments comments(judged.run.plan, annotations);
  judged.warning = evidence::comment_captures(folder.folder(), plan, captures, comments);
  folder.log_step("comments", judged.warning);
  folder.finish(record.finished);
  return judged;
}

JudgedRun run_and_judge(LabRequest request, engine::Engine& engine, engine::Observer& observer, Interrupt& interrupt) {
  std::vector<Prefix> taken = request.inputs.occupied;
  for (int attempt = 1;; ++attempt) {
    request.inputs.occupied = engine.occupied_prefixes();
    request.inputs.occupied.insert(request.inputs.occupied.end(), taken.begin(), taken.end());
    const plan::Plan plan = engine.plan(request.scenario, request.inputs);
    const std::filesystem::path place = request.folder(plan.run_id);
    artifacts::RunFolderWriter folder(place, plan, request.scenario.source);
    try {
      return judge(folder, plan, engine.run({plan, folder, observer, interrupt}), observer);
    } catch (const engine::SubnetTaken& error) {
      if (attempt == most_subnet_tries) {
        throw EnvironmentError("create the lab's network", error.what(), "remove networks that are no longer used");
      }
      taken.push_back(error.prefix());
      std::error_code ignored;
      std::filesystem::remove_all(place, ignored);
    } catch (const Interrupted&) {
      folder.log_step("interrupted");
      folder.finish(false);
      throw;
    } catch (const EnvironmentError&) {
      folder.log_step("failed");
      folder.finish(false);
      throw;
    }
  }
}

}  // namespace echolab::grade
