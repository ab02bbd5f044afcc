#pragma once
#include <vector>

#include "annotation/contig_signal.hpp"

namespace dna_hnet::test {

// Marks at these bases of a contig.
inline annotation::BaseMarks marks_at(const std::vector<std::int64_t>& bases, std::int64_t length) {
    annotation::BaseMarks marks(static_cast<std::size_t>(length));
    for (const std::int64_t base : bases) marks.at(static_cast<std::size_t>(base)) = true;
    return marks;
}

}  // namespace dna_hnet::test
