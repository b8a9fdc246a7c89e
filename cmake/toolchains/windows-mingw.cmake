# Cross-compiles for 64-bit Windows with MinGW-w64. LASTCALL_WINDOWS_ROOT (environment) is the folder that holds the libraries
# built for Windows, for example vcpkg_installed/x64-mingw-static.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

# The "posix" flavour is the one whose std::thread works.
find_program(LASTCALL_MINGW_CXX NAMES x86_64-w64-mingw32-g++-posix x86_64-w64-mingw32-g++ REQUIRED)
set(CMAKE_CXX_COMPILER "${LASTCALL_MINGW_CXX}")
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")

set(CMAKE_FIND_ROOT_PATH "$ENV{LASTCALL_WINDOWS_ROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# pkg-config must not answer with the libraries of the machine that compiles.
set(ENV{PKG_CONFIG_LIBDIR} "$ENV{LASTCALL_WINDOWS_ROOT}/lib/pkgconfig")
