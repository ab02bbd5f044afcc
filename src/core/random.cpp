#include "core/random.hpp"

#include <cmath>
#include <numbers>

namespace dna_hnet {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
    constexpr std::uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
    constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t product0 = kMultiplier0 * counter[0];
        const std::uint64_t product1 = kMultiplier1 * counter[2];
        counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
                   static_cast<std::uint32_t>(product1),
                   static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
                   static_cast<std::uint32_t>(product0)};
        key[0] += kWeyl0;
        key[1] += kWeyl1;
    }
    return counter;
}

std::uint64_t Random::next_u64() {
    const auto low = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
    const auto high = [](std::uint64_t v) { return static_cast<std::uint32_t>(v >> 32); };
    const auto words = philox4x32({low(counter_), high(counter_), low(stream_), high(stream_)},
                                  {low(seed_), high(seed_)});
    ++counter_;
    return (static_cast<std::uint64_t>(words[1]) << 32) | words[0];
}

double Random::uniform() {
    return static_cast<double>(next_u64() >> 11) * 0x1p-53;
}

std::uint64_t Random::below(std::uint64_t bound) {
    const std::uint64_t rejected = (0 - bound) % bound;  // 2^64 mod bound
    std::uint64_t value = next_u64();
    while (value < rejected) value = next_u64();
    return value % bound;
}

double Random::exponential() {
    return -std::log1p(-uniform());
}

double Random::normal() {
    const double radius = std::sqrt(2 * exponential());
    return radius * std::cos(2 * std::numbers::pi * uniform());
}

}  // namespace dna_hnet
