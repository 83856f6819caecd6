#include "lab/engine/engine.h"

#include "lab/base/error.h"

namespace echolab::engine {

JobResult Engine::run_job(const Job& job, Interrupt&) {
  throw EnvironmentError("run " + job.name, "the engine '" + std::string(name()) + "' runs labs only",
                         "use --engine docker");
}

}  // namespace echolab::engine
