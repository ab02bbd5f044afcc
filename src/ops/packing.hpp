#pragma once
// How sequences lie in one packed axis. Nothing in the model is padded: a batch of N sequences is T
// tokens end to end.
//
//   Packing p = make_packing({3, 0, 2}, device);   // cu = {0, 3, 3, 5}, T = 5, N = 3
//
// Empty sequences are legal: they have no token in this segment and leave their state untouched.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace dna_hnet::ops {

// Tokens per chunk of the state-space scan. The grid is anchored at each sequence's first token, so
// a result does not depend on the packing.
inline constexpr std::int64_t kScanChunk = 64;

// The chunks of all sequences, ordered by (chunk number within its sequence, sequence), sequences
// with more chunks first. So the k-th chunks of all sequences are neighbours, and the sequential
// part of a scan is a loop over slices.
struct ScanGrid {
    std::int64_t chunks = 0;          // C
    std::vector<std::int64_t> order;  // order[rank] = sequence
    std::vector<std::int64_t>
        active;  // active[k] = sequences with more than k chunks (the first ranks)
    std::vector<std::int64_t> first;  // first[k] = first chunk of slice k
    at::Tensor order_N;               // the same as `order`, int64 on the device
    at::Tensor
        gather_CQ;  // token of every slot, int64; a slot past the sequence's end: its first token
    at::Tensor valid_CQ;    // float32, 1 where the slot holds a token, (C, Q)
    at::Tensor scatter_T;   // slot of every token, int64
    bool identity = false;  // slot i holds token i: no gather is needed
};

struct Packing {
    std::vector<std::int64_t> cu;  // N + 1 offsets, host
    std::int64_t longest = 0;
    at::Tensor cu_device;                  // the same, int32 on the device
    std::shared_ptr<const ScanGrid> grid;  // built once, shared by every layer of a stage

    std::int64_t sequences() const { return static_cast<std::int64_t>(cu.size()) - 1; }
    std::int64_t total() const { return cu.back(); }
    std::int64_t length(std::int64_t i) const { return cu[i + 1] - cu[i]; }
    at::Device device() const { return cu_device.device(); }
};

Packing make_packing(const std::vector<std::int64_t>& lengths, at::Device device);

// int64 tensor on `device` from host numbers.
at::Tensor index_tensor(const std::vector<std::int64_t>& values, at::Device device);

// (T, F) -> (C, Q, F) and back. Slots past a sequence's end hold copies of its first token.
at::Tensor to_chunks(const at::Tensor& rows_TF, const ScanGrid& grid);
at::Tensor from_chunks(const at::Tensor& chunks_CQF, const ScanGrid& grid);

}  // namespace dna_hnet::ops
