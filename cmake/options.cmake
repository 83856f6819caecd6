# One interface target carries what every object of echolab is compiled with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# A library that one folder found is known to all of them, tests included.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # With its manual's settings for precompiled headers, which it does not keep anything of otherwise.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
endif()
# Sixty test programs with sanitizers are linked in a tenth of the time.
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND ECHOLAB_TESTS AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

add_library(echolab_options INTERFACE)
target_include_directories(echolab_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_definitions(echolab_options INTERFACE ECHOLAB_VERSION="${PROJECT_VERSION}")
# Designated initializers leave out what has a default on purpose; g++ warns about them all the same.
target_compile_options(echolab_options INTERFACE
  -pthread  # which some libraries ask for: then all files are compiled alike
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Wimplicit-fallthrough -Wno-missing-field-initializers -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside its own standard library at -O2 and above; the sanitizers watch the real thing.
  target_compile_options(echolab_options INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(ECHOLAB_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ThreadSanitizer does not know fences. Ours only decides who wakes whom; data goes over acquire and release.
  target_compile_options(echolab_options INTERFACE -Wno-tsan)
endif()
if(ECHOLAB_SANITIZE)
  target_compile_options(echolab_options INTERFACE
    -fsanitize=${ECHOLAB_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(echolab_options INTERFACE -fsanitize=${ECHOLAB_SANITIZE})
  if(ECHOLAB_SANITIZE_LESS)
    target_compile_options(echolab_options INTERFACE -fno-sanitize=${ECHOLAB_SANITIZE_LESS})
  endif()
endif()

# Reading headers is half of the time of a build. With ECHOLAB_PCH the targets that say echolab_precompiled() share what
# nearly all of their files include; a file that forgets an include is found by a preset without.
# echolab_precompiled(TARGET OWNER headers...): of OWNER, with the headers when it is the owner itself.
option(ECHOLAB_PCH "Precompile the headers that nearly every file includes" OFF)
function(echolab_precompiled target owner)
  if(NOT ECHOLAB_PCH OR NOT TARGET ${owner})
    return()
  endif()
  target_compile_options(${target} PRIVATE -fpch-preprocess)  # for ccache
  if(target STREQUAL owner)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()
set(ECHOLAB_COMMON_HEADERS
  <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string>
  <string_view> <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)

# echolab_module(NAME sources... [LIBS public...] [PRIVATE_LIBS private...]): a static library with the common options.
function(echolab_module name)
  cmake_parse_arguments(ARG "" "" "LIBS;PRIVATE_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC echolab_options ${ARG_LIBS} PRIVATE ${ARG_PRIVATE_LIBS})
  echolab_precompiled(${name} echolab_headers)
endfunction()

# echolab_test(NAME sources... LIBS libs... [ALONE]): one GoogleTest program; each TEST becomes a CTest test. ALONE: no
# other test runs beside it.
# Tests run in the source folder, so that they find scenarios/ and tests/ without configured paths.
function(echolab_test name)
  cmake_parse_arguments(ARG "ALONE" "LABEL;TIMEOUT" "LIBS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE echolab_options ${ARG_LIBS} GTest::gmock_main fmt::fmt)
  echolab_precompiled(${name} test_support)
  add_dependencies(tests ${name})
  # Starts each test: with CI=true it turns a skip into a failure.
  set_target_properties(${name} PROPERTIES CROSSCOMPILING_EMULATOR "${CMAKE_SOURCE_DIR}/tests/support/run-test")
  # A process per test finds what tests share by mistake, and names each; a thousand of them cost a minute and more. On a
  # CI machine a unit's tests are one process.
  if(ARG_LABEL STREQUAL unit AND "$ENV{CI}" STREQUAL true)
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300 RUN_SERIAL ${ARG_ALONE})
    return()
  endif()
  gtest_discover_tests(${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}" DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT} RUN_SERIAL ${ARG_ALONE})
endfunction()

# Presets that build everything at once compile sources in batches: the headers are most of the work. A file that uses a
# name which another file of its target has too says so with echolab_stands_alone().
set(CMAKE_UNITY_BUILD_BATCH_SIZE 10)
function(echolab_stands_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# echolab_cold(sources...): files that only read a command line once. CLI11's templates cost more to optimise and to
# instrument than the whole rest of a program.
function(echolab_cold)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "-O0;-fno-sanitize=all" SKIP_PRECOMPILE_HEADERS ON)
endfunction()
