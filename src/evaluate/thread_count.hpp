#pragma once
// LibTorch's own threads are set for the whole process in part: this puts back what was.
#include <ATen/Parallel.h>

namespace dna_hnet::evaluate {

struct ThreadCount {
    int before = at::get_num_threads();
    ThreadCount() = default;
    ~ThreadCount() { at::set_num_threads(before); }
    ThreadCount(const ThreadCount&) = delete;
    ThreadCount& operator=(const ThreadCount&) = delete;
};

}  // namespace dna_hnet::evaluate
