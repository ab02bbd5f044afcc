#pragma once
// What the total summary and the zoom records of a track hold: sums over bases with a value.
#include <algorithm>
#include <cstdint>

namespace dna_hnet::tracks {

struct ValueSums {
    std::uint64_t bases = 0;
    double smallest = 0, largest = 0, sum = 0, sum_of_squares = 0;

    void add(const ValueSums& other) {
        if (other.bases == 0) return;
        smallest = bases == 0 ? other.smallest : std::min(smallest, other.smallest);
        largest = bases == 0 ? other.largest : std::max(largest, other.largest);
        bases += other.bases;
        sum += other.sum;
        sum_of_squares += other.sum_of_squares;
    }
    // `count` bases of one value.
    void add(std::uint64_t count, double value) {
        const auto weight = static_cast<double>(count);
        add({count, value, value, weight * value, weight * value * value});
    }
};

}  // namespace dna_hnet::tracks
