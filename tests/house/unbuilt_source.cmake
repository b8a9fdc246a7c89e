# Configures a small project with the source file OFFENDER, which no target names: that has to fail and name the file.
# With OFFENDER=none every file has its target, and the configuration has to succeed.
#   cmake -D OFFENDER=<path> -D GENERATOR=<name> -D SCRATCH=<folder> -D REPOSITORY=<repository> -P unbuilt_source.cmake
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${SCRATCH}")
file(WRITE "${SCRATCH}/sim/built.cpp" "")
file(WRITE "${SCRATCH}/sim/CMakeLists.txt" "add_custom_target(sim_target SOURCES built.cpp)\n")
file(WRITE "${SCRATCH}/tests/sim/built_test.cpp" "")
file(WRITE "${SCRATCH}/tests/CMakeLists.txt" "add_custom_target(test_target SOURCES sim/built_test.cpp)\n")
file(WRITE "${SCRATCH}/CMakeLists.txt"
  "cmake_minimum_required(VERSION 3.25)\nproject(house LANGUAGES NONE)\n"
  "include(\"${REPOSITORY}/cmake/lastcall_sources.cmake\")\nadd_subdirectory(sim)\nadd_subdirectory(tests)\n"
  "lastcall_require_every_source_built(FATAL_ERROR sim tests)\n")
if(NOT OFFENDER STREQUAL "none")
  file(WRITE "${SCRATCH}/${OFFENDER}" "")
endif()

execute_process(COMMAND "${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${SCRATCH}" -B "${SCRATCH}/build"
  RESULT_VARIABLE exit_code ERROR_VARIABLE output OUTPUT_QUIET)
if(OFFENDER STREQUAL "none")
  if(NOT exit_code EQUAL 0)
    message(FATAL_ERROR "every file has a target, and still:\n${output}")
  endif()
elseif(exit_code EQUAL 0 OR NOT output MATCHES "/${OFFENDER}")
  message(FATAL_ERROR "${OFFENDER} was not reported (exit code ${exit_code}):\n${output}")
endif()
