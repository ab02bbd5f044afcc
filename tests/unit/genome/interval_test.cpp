#include "genome/interval.hpp"

#include <set>

#include "core/random.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::genome;

namespace {

using Positions = std::set<std::pair<std::int64_t, std::int64_t>>;

Positions positions_of(const std::vector<Interval>& intervals) {
    Positions positions;
    for (const Interval& interval : intervals) {
        for (std::int64_t at = interval.begin; at < interval.end; ++at)
            positions.insert({interval.contig, at});
    }
    return positions;
}

std::vector<Interval> random_intervals(Random& random) {
    std::vector<Interval> intervals;
    for (std::uint64_t i = random.below(8); i > 0; --i) {
        const auto begin = static_cast<std::int64_t>(random.below(40));
        intervals.push_back({static_cast<std::int64_t>(random.below(3)), begin,
                             begin + static_cast<std::int64_t>(random.below(10))});
    }
    return intervals;
}

}  // namespace

TEST_CASE("merged, intersection and difference agree with sets of positions") {
    Random random(1, 1);
    for (int round = 0; round < 3000; ++round) {
        const auto raw_a = random_intervals(random), raw_b = random_intervals(random);
        const auto a = merged(raw_a), b = merged(raw_b);
        const Positions in_a = positions_of(raw_a), in_b = positions_of(raw_b);
        REQUIRE(positions_of(a) == in_a);
        REQUIRE(total_length(a) == static_cast<std::int64_t>(in_a.size()));
        for (std::size_t i = 1; i < a.size(); ++i) {
            REQUIRE((a[i - 1].contig < a[i].contig || a[i - 1].end < a[i].begin));
        }
        Positions both, only_a;
        for (const auto& position : in_a) (in_b.count(position) ? both : only_a).insert(position);
        REQUIRE(positions_of(intersection(a, b)) == both);
        REQUIRE(total_length(intersection(a, b)) == static_cast<std::int64_t>(both.size()));
        REQUIRE(positions_of(difference(a, b)) == only_a);
        REQUIRE(total_length(difference(a, b)) == static_cast<std::int64_t>(only_a.size()));
    }
}
