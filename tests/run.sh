#!/usr/bin/env bash
# Sets the machine up, builds everything and runs all tests: complete on a fresh Debian 12.
#
#   tests/run.sh [CTEST OPTION ...]        for example: tests/run.sh -R unit_genome
#
# Environment:
#   DNA_HNET_TEST_DATA  folder of real genomes; tests that need it are skipped, with the reason, where it is not set
#   DNA_HNET_GOLDEN_DIR folder of golden numbers to test against instead of tests/golden/data
#   DNA_HNET_TORCH_DIR  a LibTorch folder of your own
#   DNA_HNET_JOBS       parallel compilations (default: one per processor; each takes up to about 2 GB of memory)
set -euo pipefail
case ${1:-} in
    -h | --help)
        sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
        exit 0
        ;;
esac
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ -n "${DNA_HNET_TEST_DATA:-}" ]; then
    [ -d "$DNA_HNET_TEST_DATA" ] || {
        echo "tests/run.sh: DNA_HNET_TEST_DATA=$DNA_HNET_TEST_DATA is not a folder" >&2
        exit 2
    }
    # The tests run in the build folder: a relative path would point elsewhere there.
    DNA_HNET_TEST_DATA=$(cd "$DNA_HNET_TEST_DATA" && pwd)
    export DNA_HNET_TEST_DATA
fi

cmake/bootstrap.sh --tests
cmake --preset release ${DNA_HNET_TORCH_DIR:+"-DDNA_HNET_TORCH_DIR=$DNA_HNET_TORCH_DIR"}
cmake --build build/release --parallel "${DNA_HNET_JOBS:-$(nproc)}"
ctest --preset release --parallel "${DNA_HNET_JOBS:-$(nproc)}" "$@"
