#pragma once
// How the regions of `embed` are read: in steps that bound the memory, in units that can be done
// apart. Torch-free.
#include <string>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::tasks {

struct NamedRegion {
    genome::Interval place;
    std::string name;
};

// Part of a region that is read at once.
struct Part {
    std::int64_t region;
    genome::Interval place;
};
// Regions whose rows belong together, in steps of parts.
using Unit = std::vector<std::vector<Part>>;

// Short regions share a step of at most `step_bases`, a long one has several steps. Every region is
// in one unit.
std::vector<Unit> make_units(const std::vector<NamedRegion>& regions, std::int64_t step_bases);

}  // namespace dna_hnet::tasks
