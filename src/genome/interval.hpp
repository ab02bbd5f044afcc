#pragma once
// Places on a reference. Coordinates are 0-based, half-open, int64.
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace dna_hnet::genome {

struct Contig {
    std::string name;
    std::int64_t length = 0;
    std::string md5;  // of the upper-cased sequence, hex; empty when not known
};

// [begin, end) of contig number `contig` in Reference::contigs().
struct Interval {
    std::int64_t contig = 0;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t length() const { return end - begin; }
    auto operator<=>(const Interval&) const = default;
};

enum class Strand { forward, reverse };

// Sorted by contig and begin, overlapping and touching ones joined.
std::vector<Interval> merged(std::vector<Interval> intervals);
// Both arguments merged. The part of `a` inside / outside `b`.
std::vector<Interval> intersection(const std::vector<Interval>& a, const std::vector<Interval>& b);
std::vector<Interval> difference(const std::vector<Interval>& a, const std::vector<Interval>& b);
std::int64_t total_length(const std::vector<Interval>& intervals);

}  // namespace dna_hnet::genome
