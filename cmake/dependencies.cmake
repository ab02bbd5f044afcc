# Third-party libraries and the flags that every target shares.

add_library(dna_hnet_options INTERFACE)
if(DNA_HNET_SANITIZE)
    target_compile_options(dna_hnet_options INTERFACE -fsanitize=${DNA_HNET_SANITIZE} -fno-sanitize-recover=all
                           -fno-omit-frame-pointer)
    target_link_options(dna_hnet_options INTERFACE -fsanitize=${DNA_HNET_SANITIZE})
endif()

add_library(dna_hnet_warnings INTERFACE)
target_compile_options(dna_hnet_warnings INTERFACE -Wall -Wextra -Wshadow)
# Instrumented code makes GCC see uninitialised values that are not there; every other build stops at a warning.
if(NOT DNA_HNET_SANITIZE)
    target_compile_options(dna_hnet_warnings INTERFACE -Werror)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(nlohmann_json 3.11 REQUIRED)

# LibTorch's include folder carries its own fmt, of another version, without the compiled half. A folder with nothing but the
# system's fmt is searched before it. (Compiled, fmt takes three seconds less in each file of ours than from its headers alone.)
find_package(fmt REQUIRED)
find_path(DNA_HNET_FMT_INCLUDE fmt/format.h REQUIRED)
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/system_fmt")
file(CREATE_LINK "${DNA_HNET_FMT_INCLUDE}/fmt" "${PROJECT_BINARY_DIR}/system_fmt/fmt" SYMBOLIC)
target_include_directories(dna_hnet_options SYSTEM INTERFACE $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/system_fmt>)
target_link_libraries(dna_hnet_options INTERFACE Threads::Threads fmt::fmt)

if(DNA_HNET_IO)
    find_path(DNA_HNET_hts_INCLUDE htslib/hts.h)
    find_library(DNA_HNET_hts_LIBRARY hts)
    if(NOT DNA_HNET_hts_INCLUDE OR NOT DNA_HNET_hts_LIBRARY)
        message(FATAL_ERROR "htslib: its header or its library not found. Run cmake/bootstrap.sh, or configure with -DDNA_HNET_IO=OFF.")
    endif()
    add_library(dna_hnet_lib_hts INTERFACE)
    target_include_directories(dna_hnet_lib_hts SYSTEM INTERFACE "${DNA_HNET_hts_INCLUDE}")
    target_link_libraries(dna_hnet_lib_hts INTERFACE "${DNA_HNET_hts_LIBRARY}")
    find_package(ZLIB REQUIRED)
    find_package(HDF5 1.10 REQUIRED COMPONENTS C)
    add_library(dna_hnet_lib_hdf5 INTERFACE)
    target_include_directories(dna_hnet_lib_hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
    target_link_libraries(dna_hnet_lib_hdf5 INTERFACE ${HDF5_C_LIBRARIES})
endif()

find_path(DNA_HNET_CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
include(FindLibTorch)
