# Makes the libraries usable by other projects: find_package(lastcall COMPONENTS explore), then link lastcall::explore.

include(CMakePackageConfigHelpers)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/lastcall")
install(EXPORT lastcall_targets NAMESPACE lastcall:: FILE lastcallTargets.cmake DESTINATION "${package_folder}")
configure_package_config_file(cmake/lastcallConfig.cmake.in lastcallConfig.cmake INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file(lastcallConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES
    "${PROJECT_BINARY_DIR}/lastcallConfig.cmake"
    "${PROJECT_BINARY_DIR}/lastcallConfigVersion.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/lastcall_nghttp2.cmake"
  DESTINATION "${package_folder}")
