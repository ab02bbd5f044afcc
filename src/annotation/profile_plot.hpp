#pragma once
// The offset profiles as one self-contained SVG.
#include <cstdint>
#include <string>
#include <vector>

namespace dna_hnet::annotation {

struct ProfileLine {
    std::string label;  // observed, kmer6, control
    std::vector<double>
        values;  // boundaries per base, one per offset; NaN where nothing is counted
};

struct ProfilePanel {
    std::string title;
    std::vector<ProfileLine> lines;
};

// Panels in rows of two; offsets from -reach to +reach in reading direction.
std::string profile_svg(const std::vector<ProfilePanel>& panels, std::int64_t reach);

}  // namespace dna_hnet::annotation
