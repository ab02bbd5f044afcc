#include "tracks/track_contigs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/error.hpp"

namespace dna_hnet::tracks {

std::vector<std::int64_t> contig_order(const std::vector<genome::Contig>& contigs) {
    std::vector<std::int64_t> order(contigs.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        return contigs[static_cast<std::size_t>(a)].name <
               contigs[static_cast<std::size_t>(b)].name;
    });
    return order;
}

std::vector<std::int64_t> checked_contig_order(const std::filesystem::path& target,
                                               const std::vector<genome::Contig>& contigs) {
    const auto fail = [&](const std::string& what) {
        throw run_error(fmt::format("{}: {}", target.string(), what));
    };
    if (contigs.empty()) fail("a track without contigs: expected at least one");
    const std::vector<std::int64_t> order = contig_order(contigs);
    constexpr std::int64_t kLongest = std::numeric_limits<std::uint32_t>::max();
    for (std::size_t i = 0; i < order.size(); ++i) {
        const genome::Contig& here = contigs[static_cast<std::size_t>(order[i])];
        if (here.name.empty()) fail("a contig without a name");
        if (here.length < 1 || here.length > kLongest) {
            fail(fmt::format("contig {} has length {}, expected 1 to {}", here.name, here.length,
                             kLongest));
        }
        if (i > 0 && contigs[static_cast<std::size_t>(order[i - 1])].name == here.name) {
            fail(fmt::format("contig name {} appears twice", here.name));
        }
    }
    return order;
}

}  // namespace dna_hnet::tracks
