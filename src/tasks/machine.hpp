#pragma once
// What this machine and this build offer: versions, devices, and the self-test of `dna-hnet
// doctor`. Torch-free.
#include <string>
#include <utility>
#include <vector>

namespace dna_hnet::tasks {

// {"htslib", "1.16"}, {"LibTorch", "2.11.0"}: the libraries that were loaded.
std::vector<std::pair<std::string, std::string>> library_versions();

// "auto" -> "cuda" where this build and machine have one, else "cpu"; "cpu" and "cuda" stay. usage
// error for anything else, and for cuda where there is none.
std::string resolve_device(const std::string& text);

struct DoctorReport {
    std::string text;  // lines of "what: value"
    bool passed = true;
};
// Versions, SIMD level, threads, GPUs, paths of the loaded libraries, and a self-test: a small
// model must say the same read at once and base by base, and its gradients must be finite.
DoctorReport run_doctor(int threads);

}  // namespace dna_hnet::tasks
