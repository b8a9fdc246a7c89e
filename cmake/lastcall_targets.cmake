# The functions with which each folder declares its targets. What a target needs is said by the target: there are no
# global flags, so a project that takes Lastcall in by add_subdirectory keeps its own.

include(GoogleTest)
include(GNUInstallDirs)

set(LASTCALL_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them, e.g. address,undefined")
option(LASTCALL_COVERAGE "Count executed lines for gcov" OFF)

if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(LASTCALL_CCACHE ccache)
  if(LASTCALL_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${LASTCALL_CCACHE}")
  endif()
endif()

# How our own files are compiled, and nobody else's: linked PRIVATE, never exported.
add_library(lastcall_warnings INTERFACE)
if(MSVC)
  target_compile_options(lastcall_warnings INTERFACE /W4 /permissive- /utf-8 /bigobj)
else()
  target_compile_options(lastcall_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
endif()
if(MINGW)
  # Template tables overflow the default number of sections in an object file.
  target_compile_options(lastcall_warnings INTERFACE -Wa,-mbig-obj)
endif()

add_library(lastcall_instrumentation INTERFACE)
if(LASTCALL_SANITIZE)
  target_compile_options(lastcall_instrumentation INTERFACE
    -fsanitize=${LASTCALL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(lastcall_instrumentation INTERFACE -fsanitize=${LASTCALL_SANITIZE})
endif()
if(LASTCALL_COVERAGE)
  target_compile_options(lastcall_instrumentation INTERFACE --coverage)
  target_link_options(lastcall_instrumentation INTERFACE --coverage)
endif()

function(_lastcall_own target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(${target} PRIVATE
    "$<BUILD_INTERFACE:lastcall_warnings>" "$<BUILD_INTERFACE:lastcall_instrumentation>")
endfunction()

function(_lastcall_expect_no_more arguments)
  if(arguments)
    message(FATAL_ERROR "arguments that no keyword takes: ${arguments}")
  endif()
endfunction()

# lastcall_add_library(<name> [INTERFACE] [SOURCES ...] [PUBLIC_LIBRARIES ...] [PRIVATE_LIBRARIES ...])
#
# Static library lastcall_<name> (header-only with INTERFACE), used as lastcall::<name>. Include paths start at the root of
# the repository. Every *.hpp of the folder and below is installed under include/lastcall, and the target is exported.
function(lastcall_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "INTERFACE" "" "SOURCES;PUBLIC_LIBRARIES;PRIVATE_LIBRARIES")
  _lastcall_expect_no_more("${arg_UNPARSED_ARGUMENTS}")
  set(target lastcall_${name})
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.hpp")

  if(arg_INTERFACE)
    set(public INTERFACE)
    add_library(${target} INTERFACE)
    target_compile_features(${target} INTERFACE cxx_std_20)
  else()
    set(public PUBLIC)
    add_library(${target} STATIC ${arg_SOURCES})
    _lastcall_own(${target})
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE_LIBRARIES})
  endif()
  add_library(lastcall::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_link_libraries(${target} ${public} ${arg_PUBLIC_LIBRARIES})
  target_sources(${target} ${public}
    FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${headers})
  install(TARGETS ${target} EXPORT lastcall_targets
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/lastcall")
endfunction()

# lastcall_add_command(<name> SOURCES ... LIBRARIES ...)
#
# An executable that people run: built at the root of the build tree, and installed.
function(lastcall_add_command name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  _lastcall_expect_no_more("${arg_UNPARSED_ARGUMENTS}")
  add_executable(${name} ${arg_SOURCES})
  _lastcall_own(${name})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
  install(TARGETS ${name})
endfunction()

# lastcall_add_test(NAME <name> SOURCES ... LIBRARIES ... LABELS fast|slow|... [TIMEOUT <seconds>])
#
# A GoogleTest executable; rapidcheck is at hand. Each of its tests becomes a ctest test <name>/<suite>.<claim>.
function(lastcall_add_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;TIMEOUT" "SOURCES;LIBRARIES;LABELS")
  _lastcall_expect_no_more("${arg_UNPARSED_ARGUMENTS}")
  if(NOT arg_LABELS)
    message(FATAL_ERROR "test ${arg_NAME} has no label: CONTRIBUTING.md lists them")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(target lastcall_${arg_NAME}_test)
  add_executable(${target} ${arg_SOURCES})
  _lastcall_own(${target})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} GTest::gtest_main rapidcheck)
  # Discovery waits until ctest runs: a cross-compiled test cannot be asked for its cases while building.
  gtest_discover_tests(${target}
    TEST_PREFIX "${arg_NAME}/"
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    TEST_LIST ${arg_NAME}_tests
    PROPERTIES TIMEOUT ${arg_TIMEOUT})
  # PROPERTIES above would keep only the first label of a list, so labels are set when ctest has read the cases.
  set(labels_file "${CMAKE_CURRENT_BINARY_DIR}/${target}_labels.cmake")
  file(WRITE "${labels_file}"
    "foreach(test IN LISTS ${arg_NAME}_tests)\n"
    "  set_tests_properties(\"\${test}\" PROPERTIES LABELS \"${arg_LABELS}\")\n"
    "endforeach()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels_file}")
endfunction()
