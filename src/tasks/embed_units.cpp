#include "tasks/embed_units.hpp"

#include <algorithm>

namespace dna_hnet::tasks {

using genome::Interval;

std::vector<Unit> make_units(const std::vector<NamedRegion>& regions, std::int64_t step_bases) {
    std::vector<Unit> units;
    std::int64_t bases = step_bases;
    for (std::size_t i = 0; i < regions.size(); ++i) {
        const auto number = static_cast<std::int64_t>(i);
        Interval rest = regions[i].place;
        if (bases + rest.length() > step_bases) {
            units.emplace_back(1);
            bases = 0;
        }
        bases += rest.length();
        units.back().back().push_back(
            {number, {rest.contig, rest.begin, std::min(rest.end, rest.begin + step_bases)}});
        for (rest.begin += step_bases; rest.begin < rest.end; rest.begin += step_bases) {
            units.back().push_back(
                {{number, {rest.contig, rest.begin, std::min(rest.end, rest.begin + step_bases)}}});
        }
    }
    return units;
}

}  // namespace dna_hnet::tasks
