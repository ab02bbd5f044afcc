#pragma once
// The carried state of N sequences: forward is also step. Scoring in tiles, generation and variant
// suffixes are one code path.
#include <cstdint>
#include <vector>

#include "nn/isotropic.hpp"

namespace dna_hnet::model {

struct StageState {
    std::vector<std::int64_t>
        positions;  // tokens of this stage read so far, per sequence; 0 = not seen
    nn::StackState encoder, decoder, main;  // main in the innermost stage only
    at::Tensor router_last_ND;              // encoder output of the last token read
    at::Tensor smoothed_last_ND;            // last smoothed chunk, float32
};

struct ModelState {
    std::vector<StageState> stages;  // outermost first
    std::int64_t sequences() const {
        return static_cast<std::int64_t>(stages.at(0).positions.size());
    }

    // The named sequences, in this order (a sequence may be named several times).
    ModelState select(const std::vector<std::int64_t>& rows) const;
    ModelState repeat(std::int64_t times) const;  // all sequences, then all again, ...
    static ModelState concat(const std::vector<const ModelState*>& states);
};

}  // namespace dna_hnet::model
