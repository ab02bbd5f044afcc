// What the tables of cases are made of: random numbers, packings, cuts.
#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "op_case.hpp"

namespace dna_hnet::test {
namespace {

template <class Distribution>
at::Tensor drawn(Distribution distribution, const std::vector<std::int64_t>& shape,
                 std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    auto numbers = at::empty(shape, at::kDouble);
    auto* data = numbers.data_ptr<double>();
    for (std::int64_t i = 0; i < numbers.numel(); ++i) data[i] = distribution(generator);
    // Rounded, so that every number type starts from the same numbers.
    return numbers.to(at::kBFloat16).to(at::kDouble);
}

}  // namespace

at::Tensor random_numbers(const std::vector<std::int64_t>& shape, std::uint64_t seed) {
    return drawn(std::normal_distribution<double>(), shape, seed);
}

at::Tensor random_between(double low, double high, const std::vector<std::int64_t>& shape,
                          std::uint64_t seed) {
    return drawn(std::uniform_real_distribution<double>(low, high), shape, seed);
}

std::int64_t sum_of(const Lengths& lengths) {
    return std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
}

std::string name_of(const Lengths& lengths) {
    std::string name;
    for (const auto length : lengths) name += (name.empty() ? "" : "+") + std::to_string(length);
    return name.empty() ? "no sequence" : name;
}

std::vector<Lengths> short_packings() {
    return {{0},       {1},
            {2},       {3},
            {31},      {32},
            {33},      {63},
            {64},      {65},
            {0, 0},    {1, 1, 1},
            {3, 0, 2}, {0, 5, 0, 0, 1},
            {64, 64},  {2, 65, 0, 33, 1}};
}

std::vector<Lengths> long_packings() {
    return {{127}, {128}, {129}, {255}, {256}, {257}, {1134}, {128, 128}, {129, 0, 3, 257, 64, 1}};
}

std::vector<Segment> random_segments(const Lengths& lengths, std::int64_t count,
                                     std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    std::vector<Segment> segments(static_cast<std::size_t>(count));
    std::vector<std::vector<std::int64_t>> rows(segments.size());
    std::int64_t begin = 0;
    for (const std::int64_t length : lengths) {
        std::vector<std::int64_t> cuts = {0, length};
        for (std::int64_t c = 1; c < count; ++c) {
            cuts.push_back(std::uniform_int_distribution<std::int64_t>(0, length)(generator));
        }
        std::sort(cuts.begin(), cuts.end());
        for (std::size_t s = 0; s < segments.size(); ++s) {
            segments[s].first_positions.push_back(cuts[s]);
            segments[s].lengths.push_back(cuts[s + 1] - cuts[s]);
            for (auto t = cuts[s]; t < cuts[s + 1]; ++t) rows[s].push_back(begin + t);
        }
        begin += length;
    }
    for (std::size_t s = 0; s < segments.size(); ++s) {
        segments[s].rows = ops::index_tensor(rows[s], at::kCPU);
    }
    return segments;
}

}  // namespace dna_hnet::test
