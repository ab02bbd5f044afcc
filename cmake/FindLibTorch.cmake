# LibTorch as one imported target, dna_hnet_torch, from the folder DNA_HNET_TORCH_DIR.
#
# DNA_HNET_TORCH_DIR is a folder that holds include/ and lib/ of LibTorch >= 2.9 (the wheel's `torch` folder, or an unpacked
# LibTorch). The wheel's own TorchConfig.cmake is not used: it demands a CUDA toolkit and picks flags of its own.
# A CPU build links torch_cpu and c10 only; libtorch.so would pull in the CUDA libraries.

if(NOT DNA_HNET_TORCH_DIR)
    if(DEFINED ENV{DNA_HNET_TORCH_DIR})
        set(DNA_HNET_TORCH_DIR "$ENV{DNA_HNET_TORCH_DIR}")
    else()
        set(cache_home "$ENV{XDG_CACHE_HOME}")
        if(NOT cache_home)
            set(cache_home "$ENV{HOME}/.cache")
        endif()
        set(DNA_HNET_TORCH_DIR "${cache_home}/dna-hnet/torch-2.11.0/torch")
    endif()
endif()
set(DNA_HNET_TORCH_DIR "${DNA_HNET_TORCH_DIR}" CACHE PATH "Folder with include/ and lib/ of LibTorch" FORCE)

set(torch_lib "${DNA_HNET_TORCH_DIR}/lib")
foreach(file "${DNA_HNET_TORCH_DIR}/include/ATen/ATen.h" "${torch_lib}/libtorch_cpu.so" "${torch_lib}/libc10.so")
    if(NOT EXISTS "${file}")
        message(FATAL_ERROR "LibTorch: no ${file}. Run cmake/bootstrap.sh, or set DNA_HNET_TORCH_DIR to a LibTorch folder.")
    endif()
endforeach()
set(version_header "${DNA_HNET_TORCH_DIR}/include/torch/headeronly/version.h")
if(NOT EXISTS "${version_header}")
    set(version_header "${DNA_HNET_TORCH_DIR}/include/torch/csrc/api/include/torch/version.h")
endif()
file(STRINGS "${version_header}" version_lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
string(REGEX MATCHALL "[0-9]+" version_numbers "${version_lines}")
list(JOIN version_numbers "." DNA_HNET_TORCH_VERSION)
if(NOT DNA_HNET_TORCH_VERSION OR DNA_HNET_TORCH_VERSION VERSION_LESS 2.9)
    message(FATAL_ERROR "LibTorch: found version '${DNA_HNET_TORCH_VERSION}' in ${DNA_HNET_TORCH_DIR}, need 2.9 or later")
endif()
message(STATUS "LibTorch ${DNA_HNET_TORCH_VERSION}: ${DNA_HNET_TORCH_DIR}")

add_library(dna_hnet_torch INTERFACE)
target_include_directories(dna_hnet_torch SYSTEM INTERFACE
    "${DNA_HNET_TORCH_DIR}/include" "${DNA_HNET_TORCH_DIR}/include/torch/csrc/api/include")
# libtorch_cpu exports symbols of std::filesystem: libstdc++ comes first, so that ours bind to it.
target_link_libraries(dna_hnet_torch INTERFACE
    -lstdc++ "-L${torch_lib}" -Wl,-rpath,${torch_lib} -Wl,--disable-new-dtags
    -Wl,--unresolved-symbols=ignore-in-shared-libs
    "${torch_lib}/libtorch_cpu.so" "${torch_lib}/libc10.so")
if(DNA_HNET_CUDA)
    foreach(file libtorch_cuda.so libc10_cuda.so)
        if(NOT EXISTS "${torch_lib}/${file}")
            message(FATAL_ERROR "LibTorch: DNA_HNET_CUDA is ON, but ${torch_lib}/${file} is not there")
        endif()
    endforeach()
    # Nothing refers to a symbol of libtorch_cuda directly; it registers its kernels when it is loaded.
    target_link_libraries(dna_hnet_torch INTERFACE
        -Wl,--no-as-needed "${torch_lib}/libtorch_cuda.so" "${torch_lib}/libc10_cuda.so" -Wl,--as-needed)
endif()
