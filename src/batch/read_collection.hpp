#pragma once
// Sequencing reads as training data: those of the training split, kept for random access.
#include <cstdint>
#include <memory>
#include <vector>

#include "genome/read_source.hpp"
#include "genome/read_store.hpp"
#include "genome/splits.hpp"

namespace dna_hnet::batch {

struct ReadCollection {
    std::unique_ptr<genome::ReadStore> store;
    std::int64_t bases = 0;
    std::int64_t held_out = 0;  // reads that touch another split, or none
};

// As sequenced. A read is training data when all that it covers is in splits.train; with `unsplit`
// every read is. Files one after another. bad_input when no read remains. Throws Stopped after a
// stop signal.
ReadCollection collect_reads(const std::vector<std::unique_ptr<genome::ReadSource>>& sources,
                             const genome::SplitTable& splits, bool unsplit);

}  // namespace dna_hnet::batch
