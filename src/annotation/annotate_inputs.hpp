#pragma once
// What `annotate` reads.
#include <string>
#include <vector>

#include "annotation/annotate.hpp"
#include "annotation/boundary_set.hpp"
#include "annotation/feature_file.hpp"

namespace dna_hnet::annotation {

struct AnnotateInputs {
    std::vector<BoundarySet> sets, controls;
    std::vector<genome::Interval> universe;  // merged
    std::vector<FeatureSet> features;

    // The control of the set's strand and stage, or nothing.
    const BoundarySet* control_of(const BoundarySet& set) const;
};

// Reads and checks all files; errors as annotate().
AnnotateInputs read_annotate_inputs(genome::Reference& reference, const AnnotateRequest& request);

std::vector<genome::Interval> on_contig(const std::vector<genome::Interval>& intervals,
                                        std::int64_t contig);

}  // namespace dna_hnet::annotation
