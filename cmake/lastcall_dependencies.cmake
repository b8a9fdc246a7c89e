# Every library that Lastcall stands on is found here, and nowhere else.
# All of them are in Debian 12 and in vcpkg (see vcpkg.json); nothing is downloaded while configuring.

find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED)  # Boost::headers; older Boost.MSM does not compile as C++20
find_package(fmt CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(rapidcheck CONFIG REQUIRED)
include("${CMAKE_CURRENT_LIST_DIR}/lastcall_nghttp2.cmake")  # lastcall_nghttp2
lastcall_find_nghttp2()
if(NOT TARGET lastcall_nghttp2)
  message(FATAL_ERROR "nghttp2 was found neither as a CMake package nor by pkg-config (Debian: libnghttp2-dev)")
endif()

if(BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()
