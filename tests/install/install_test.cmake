# Installs Lastcall into a scratch folder, then configures, builds and runs a project that knows nothing but that folder.
#   cmake -D BUILD=<build tree> -D CONFIG=<configuration> -D SCRATCH=<folder> -D CONSUMER=<folder> -D GENERATOR=<name>
#         -D CXX=<compiler> -P install_test.cmake
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${SCRATCH}")
execute_process(COMMAND_ERROR_IS_FATAL ANY
  COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --config "${CONFIG}" --prefix "${SCRATCH}/prefix" OUTPUT_QUIET)
execute_process(COMMAND_ERROR_IS_FATAL ANY
  COMMAND "${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${CONSUMER}" -B "${SCRATCH}/build" -D "CMAKE_PREFIX_PATH=${SCRATCH}/prefix"
          -D "CMAKE_CXX_COMPILER=${CXX}" -D "CMAKE_BUILD_TYPE=${CONFIG}" -D "CMAKE_RUNTIME_OUTPUT_DIRECTORY=${SCRATCH}/$<0:>")
execute_process(COMMAND_ERROR_IS_FATAL ANY
  COMMAND "${CMAKE_COMMAND}" --build "${SCRATCH}/build" --config "${CONFIG}")
execute_process(COMMAND_ERROR_IS_FATAL ANY COMMAND "${SCRATCH}/consumer")
