#include "bench/capture/capture.h"

#include "bench/capture/completeness.h"
#include "bench/capture/recorders.h"
#include "bench/core/work_folder.h"
#include "bench/labs/lab.h"

namespace echolab::bench {

Section run_capture(const Settings& settings) {
  const WorkFolder folder(settings.folder);
  Section section{
      "capture",
      "One client, ten messages and their echoes, TCP and UDP in turn: every datagram, every piece of a stream, every "
      "SYN "
      "and FIN that the programs' logs tell of is looked for in the capture, apart from the judge. The script has the "
      "same exchange on a loopback. CPU is that of the recorders while 19 clients talk to a server over a bridge.",
      {},
      {}};
  add_completeness(section, settings, folder, "local", settings.quick ? 40 : 1000);
  if (const std::string why = why_no_docker(); why.empty()) {
    add_completeness(section, settings, folder, "docker", settings.quick ? 2 : 100);
  } else {
    section.notes.push_back(why);
  }
  add_naive_script(section, settings, folder, "0", settings.quick ? 6 : 100);
  add_naive_script(section, settings, folder, "1", settings.quick ? 2 : 30);
  add_recorders(section, settings, folder);
  return section;
}

}  // namespace echolab::bench
