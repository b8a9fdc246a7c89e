# Checks of the source tree that no compiler makes. One check a run, so that each is a test of its own:
#   cmake -D CHECK=layering -D TREE=<repository> -P check_tree.cmake
# Written in CMake's own language so that it runs wherever the project builds. offenders.cmake proves that each check can fail.
cmake_minimum_required(VERSION 3.25)

# Each room and what of ours its files may include. The first room that holds a file is the file's room.
set(rooms model/wire model sim/explore traces/format sim real properties cli tests)
set(may_include_model/wire    model)
set(may_include_model         model)  # but not model/wire: see check_layering
set(may_include_sim/explore   sim/explore)
set(may_include_traces/format model traces/format)
set(may_include_sim           model traces/format sim)
set(may_include_real          model traces/format real)
set(may_include_properties    model traces/format sim real properties)
set(may_include_cli           model traces/format sim real properties cli)
set(may_include_tests         model traces/format sim real properties cli tests)

# Standard headers and libraries through which I/O, clocks, threads or chance would enter the model.
string(CONCAT banned_in_model
  "^(asio|boost/asio|nghttp2|openssl|sys)[/.]|"
  "^(chrono|ctime|time\\.h|thread|mutex|shared_mutex|future|condition_variable|stop_token|semaphore|latch|barrier|atomic|"
  "random|iostream|istream|ostream|fstream|filesystem|csignal|signal\\.h|unistd\\.h|windows\\.h|winsock2\\.h)$")

# What answers otherwise on another machine or another day.
set(banned_in_deterministic_code
  "std::[a-z_]+_distribution|std::hash<[^>]*[*] *>|random_device|system_clock|high_resolution_clock|[^a-z_]s?rand *[(]")

# The brackets keep this line from being its own offender.
set(banned_words "(^|[^A-Za-z0-9_])(TOD[O]|FIXM[E]|XX[X]|HAC[K])([^A-Za-z0-9_]|$)")

set(lines_max 800)

set(folders model sim real properties traces cli tests)

# Sets <variable> to the paths, relative to the tree, of the files whose names match one of <patterns>, in <folders> and below.
function(files_of variable folders patterns)
  set(globs "")
  foreach(folder IN LISTS folders)
    foreach(pattern IN LISTS patterns)
      list(APPEND globs "${TREE}/${folder}/${pattern}")
    endforeach()
  endforeach()
  file(GLOB_RECURSE files RELATIVE "${TREE}" ${globs})
  set(${variable} "${files}" PARENT_SCOPE)
endfunction()

# Every *.cpp and *.hpp, or those of the given folders.
function(cpp_files_of variable folders)
  files_of(files "${folders}" "*.hpp;*.cpp")
  set(${variable} "${files}" PARENT_SCOPE)
endfunction()

function(all_source_files variable)
  cpp_files_of(files "${folders}")
  files_of(cmake_files "${folders};cmake" "*.cmake;CMakeLists.txt")
  file(GLOB other_files RELATIVE "${TREE}" "${TREE}/CMakeLists.txt" "${TREE}/scripts/*")
  set(${variable} ${files} ${cmake_files} ${other_files} PARENT_SCOPE)
endfunction()

# Sets <variable> to the paths that <file> includes.
function(includes_of variable file)
  file(READ "${TREE}/${file}" text)
  string(REGEX MATCHALL "(^|\n)[ \t]*#[ \t]*include[ \t]*[<\"][^>\"\n]+" lines "${text}")
  list(TRANSFORM lines REPLACE "^[^<\"]*[<\"]" "")
  set(${variable} "${lines}" PARENT_SCOPE)
endfunction()

# Reports the first place in <file> where <regex> matches <text>, which is the file's text or an edited copy with the same lines.
function(report_match file text regex complaint)
  if(NOT text MATCHES "${regex}")
    return()
  endif()
  set(match "${CMAKE_MATCH_0}")
  string(FIND "${text}" "${match}" position)
  string(SUBSTRING "${text}" 0 ${position} before)
  string(REGEX MATCHALL "\n" newlines "${before}\n")
  list(LENGTH newlines line)
  string(STRIP "${match}" match)
  message(SEND_ERROR "${file}:${line}: '${match}' ${complaint}")
endfunction()

# Every include of ours starts at the root of the repository, and stays on its floor or goes down.
function(check_layering)
  cpp_files_of(files "${folders}")
  foreach(file IN LISTS files)
    set(home "")
    foreach(room IN LISTS rooms)
      if(file MATCHES "^${room}/")
        set(home "${room}")
        break()
      endif()
    endforeach()
    if(NOT home)
      message(SEND_ERROR "${file}: lies in no room of the house (tests/house/check_tree.cmake lists them)")
    endif()
    includes_of(includes "${file}")
    foreach(include IN LISTS includes)
      set(allowed FALSE)
      foreach(room IN LISTS may_include_${home})
        if(include MATCHES "^${room}/")
          set(allowed TRUE)
        endif()
      endforeach()
      if(home STREQUAL "model" AND include MATCHES "^model/wire/")
        set(allowed FALSE)
      endif()
      cmake_path(GET file PARENT_PATH here)
      if(include MATCHES "^(model|sim|real|properties|traces|cli|tests)/")
        if(NOT allowed)
          message(SEND_ERROR "${file}: '${home}' must not include '${include}'")
        endif()
      elseif(include MATCHES "^[.]" OR EXISTS "${TREE}/${here}/${include}")
        message(SEND_ERROR "${file}: write the path of '${include}' from the root of the repository")
      endif()
    endforeach()
  endforeach()
endfunction()

# The model is a set of functions of their arguments: nothing that could make it more is within its reach.
function(check_pure_model)
  cpp_files_of(files model)
  list(FILTER files EXCLUDE REGEX "^model/wire/")
  foreach(file IN LISTS files)
    includes_of(includes "${file}")
    foreach(include IN LISTS includes)
      if(include MATCHES "${banned_in_model}")
        message(SEND_ERROR "${file}: the model must not include <${include}>")
      endif()
    endforeach()
  endforeach()
endfunction()

# The same seed gives the same run, everywhere.
function(check_determinism)
  cpp_files_of(files "model;sim")
  foreach(file IN LISTS files)
    file(READ "${TREE}/${file}" text)
    string(REGEX REPLACE "//[^\n]*" "" code "${text}")
    report_match("${file}" "${code}" "${banned_in_deterministic_code}" "differs between machines or runs")
  endforeach()
endfunction()

function(check_size)
  all_source_files(files)
  foreach(file IN LISTS files)
    file(READ "${TREE}/${file}" text)
    string(REGEX MATCHALL "\n" newlines "${text}")
    list(LENGTH newlines lines)
    if(lines GREATER lines_max)
      message(SEND_ERROR "${file}: ${lines} lines, more than ${lines_max}; split it")
    endif()
  endforeach()
endfunction()

function(check_words)
  all_source_files(files)
  foreach(file IN LISTS files)
    file(READ "${TREE}/${file}" text)
    report_match("${file}" "${text}" "${banned_words}" "promises work instead of doing it")
  endforeach()
endfunction()

# A header that nobody includes is dead.
function(check_dead_headers)
  cpp_files_of(files "${folders}")
  set(included "")
  foreach(file IN LISTS files)
    includes_of(includes "${file}")
    list(APPEND included ${includes})
  endforeach()
  list(FILTER files INCLUDE REGEX "[.]hpp$")
  foreach(header IN LISTS files)
    if(NOT header IN_LIST included)
      message(SEND_ERROR "${header}: nobody includes it")
    endif()
  endforeach()
endfunction()

cmake_language(CALL check_${CHECK})
