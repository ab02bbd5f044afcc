#!/usr/bin/env bash
# Brings what this machine lacks to build dna-hnet: Debian packages and LibTorch. Does nothing, quickly, when nothing is missing.
#
#   cmake/bootstrap.sh [--tests] [--no-io] [--no-packages]
#
#   --tests        also the outside tools that the tests compare with, and clang-format
#   --no-io        without htslib and HDF5 (for -DDNA_HNET_IO=OFF)
#   --no-packages  leave the system's packages alone: the libraries come from elsewhere, and CMake looks for them
#
# Environment:
#   DNA_HNET_TORCH_DIR  a LibTorch folder (>= 2.9, holds include/ and lib/) to use instead of the one that is downloaded
#   XDG_CACHE_HOME      LibTorch goes to $XDG_CACHE_HOME/dna-hnet/torch-2.11.0 (about 1.2 GB); default ~/.cache
#
# Packages are installed as root or with a sudo that asks nothing. Exit codes: 0 everything is there; 1 an installation failed;
# 2 wrong option; 3 something is missing that this user cannot install (the message names it and the command).
set -euo pipefail

torch_version=2.11.0
build_packages=(g++ cmake ninja-build ccache git ca-certificates python3 python3-pip libhwy-dev libcli11-dev
                libfmt-dev nlohmann-json3-dev libssl-dev zlib1g-dev catch2)
io_packages=(libhts-dev libhdf5-dev)
test_packages=(samtools bcftools tabix bedtools python3-pybigwig python3-anndata python3-pysam hdf5-tools snakemake clang-format)

say() { printf 'bootstrap: %s\n' "$*" >&2; }
stop() {
    local code=$1
    shift
    say "$*"
    exit "$code"
}

with_tests=no with_io=yes with_packages=yes
for option in "$@"; do
    case $option in
        --tests) with_tests=yes ;;
        --no-io) with_io=no ;;
        --no-packages) with_packages=no ;;
        -h | --help)
            sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
            exit 0
            ;;
        *) stop 2 "unknown option '$option'; expected --tests, --no-io, --no-packages or --help" ;;
    esac
done

# Prints the packages among the arguments that are not installed, one a line.
missing_packages() {
    local installed
    # dpkg-query exits 1 when it does not know a name; what it does know is on its output all the same.
    # `|| true` covers that, and a dpkg-query that fails altogether reports every package as missing.
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    local name
    for name in "$@"; do
        grep -qxF "installed $name" <<<"$installed" || printf '%s\n' "$name"
    done
}

install_packages() {
    local as_root=(env DEBIAN_FRONTEND=noninteractive)
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
            stop 3 "missing packages: $*. Not root, and no sudo without a password: run" \
                "'sudo apt-get install $*', then this again" \
                "(or --no-packages when the libraries come from elsewhere)"
        fi
        as_root=(sudo -n "${as_root[@]}")
    fi
    say "installing $# packages: $*"
    local apt=("${as_root[@]}" apt-get -y -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    # One unreachable third-party source must not stop us; apt-get install fails if a package is really not to be had.
    "${apt[@]}" update >&2 || say "apt-get update reported an error; going on with the lists that are there"
    "${apt[@]}" install --no-install-recommends "$@" >&2 || stop 1 "apt-get install failed for: $*"
}

ensure_packages() {
    local wanted=("${build_packages[@]}") missing
    [ "$with_io" = no ] || wanted+=("${io_packages[@]}")
    [ "$with_tests" = no ] || wanted+=("${test_packages[@]}")
    if ! command -v dpkg-query >/dev/null; then
        stop 3 "this is not a Debian system. Install what these packages hold by its own means, then run with" \
            "--no-packages: ${wanted[*]}"
    fi
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

is_libtorch() { [ -e "$1/include/ATen/ATen.h" ] && [ -e "$1/lib/libtorch_cpu.so" ] && [ -e "$1/lib/libc10.so" ]; }

# LibTorch from the Python wheel, without its dependencies: the CPU half needs only the two small run-time wheels, which its
# RPATH finds when all three are unpacked into one folder.
download_libtorch() {
    local target=$1 parent try
    python3 -m pip --version >/dev/null 2>&1 ||
        stop 3 "LibTorch: python3 has no pip. Install python3-pip, or set DNA_HNET_TORCH_DIR to a LibTorch folder"
    parent=$(dirname "$target")
    mkdir -p "$parent" || stop 1 "LibTorch: cannot make the folder $parent"
    temporary=$(mktemp -d "$parent/torch-$torch_version.partial.XXXXXX") || stop 1 "LibTorch: cannot write in $parent"
    trap 'rm -rf "$temporary"' EXIT
    say "LibTorch $torch_version into $target (download about 540 MB, unpacked about 1.2 GB)"
    for try in 1 2 3; do
        # The unpacking goes through TMPDIR, which is often a small memory disk.
        mkdir -p "$temporary/tmp"
        if TMPDIR="$temporary/tmp" python3 -m pip install --quiet --no-deps --no-compile --no-cache-dir \
            --only-binary=:all: --disable-pip-version-check --root-user-action=ignore --retries 5 --timeout 120 \
            --target "$temporary/site" "torch==$torch_version" 'nvidia-cuda-runtime==13.0.*' \
            'nvidia-cuda-cupti==13.0.*' >&2; then
            break
        fi
        [ "$try" -lt 3 ] || stop 1 "LibTorch: pip failed three times; see its messages above"
        say "LibTorch: pip failed, trying again in $((10 * try)) s"
        rm -rf "$temporary/site" "$temporary/tmp"
        sleep $((10 * try))
    done
    is_libtorch "$temporary/site/torch" ||
        stop 1 "LibTorch: the wheel unpacked, but ATen.h, libtorch_cpu.so or libc10.so is not in it"
    if is_libtorch "$target/torch"; then
        return 0  # another run finished first
    fi
    rm -rf "$target"  # something that is not a LibTorch stands in the place of this version
    mv -T "$temporary/site" "$target" || stop 1 "LibTorch: cannot rename $temporary/site to $target"
}

ensure_libtorch() {
    if [ -n "${DNA_HNET_TORCH_DIR:-}" ]; then
        is_libtorch "$DNA_HNET_TORCH_DIR" || stop 3 "DNA_HNET_TORCH_DIR=$DNA_HNET_TORCH_DIR is not a LibTorch folder:" \
            "expected include/ATen/ATen.h, lib/libtorch_cpu.so and lib/libc10.so in it"
        return 0
    fi
    local target=${XDG_CACHE_HOME:-$HOME/.cache}/dna-hnet/torch-$torch_version
    is_libtorch "$target/torch" || download_libtorch "$target"
}

[ "$with_packages" = no ] || ensure_packages
ensure_libtorch
