// What the runner image has compilers and interpreters for. Chosen for a cage of 256 MiB and 64 processes.
#include "lab/scenario/scenario.h"

namespace echolab::scenario {

const std::vector<Recipe>& built_in_recipes() {
  // GNU dialects: with -std=c17 the C library hides sigaction, getaddrinfo and other POSIX names that socket programs
  // use, and that gcc shows students who name no standard at all.
  static const std::vector<Recipe> recipes{
      {"python", {"*.py"}, {}, {"python3", "-u", "{main}"}},
      {"c", {"*.c"}, {{"gcc", "-std=gnu17", "-O2", "-Wall", "-pthread", "-o", "program", "{sources}"}}, {"./program"}},
      {"c++",
       {"*.cpp", "*.cc", "*.cxx"},
       {{"g++", "-std=gnu++20", "-O2", "-Wall", "-pthread", "-o", "program", "{sources}"}},
       {"./program"}},
      // One garbage collector thread, one compiler thread: a JVM's own choice takes 30 threads and a quarter of the
      // memory of the host.
      {"java",
       {"*.java"},
       {{"javac", "-J-Xmx160m", "-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1", "-encoding", "UTF-8", "-d",
         "classes", "{sources}"}},
       {"java", "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Dfile.encoding=UTF-8",
        "-Dsun.stdout.encoding=UTF-8", "-cp", "classes", "{class}"}},
      {"make", {"Makefile", "makefile", "GNUmakefile"}, {{"make"}}, {"./{role}"}},
  };
  return recipes;
}

}  // namespace echolab::scenario
