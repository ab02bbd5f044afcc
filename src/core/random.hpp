#pragma once
// Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011). A number is a function of (seed, stream, counter) alone, so a run resumes
// exactly and threads need no order.
#include <array>
#include <cstdint>

namespace dna_hnet {

// One block of the generator: four 32-bit words.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

class Random {
  public:
    Random(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter = 0)
        : seed_(seed), stream_(stream), counter_(counter) {}

    std::uint64_t next_u64();
    double uniform();                          // [0, 1), 53 bits
    std::uint64_t below(std::uint64_t bound);  // [0, bound), unbiased; bound > 0
    double normal();       // mean 0, variance 1 (Box-Muller, one number per call)
    double exponential();  // mean 1
    bool chance(double probability) { return uniform() < probability; }

    std::uint64_t counter() const { return counter_; }

  private:
    std::uint64_t seed_, stream_, counter_;
};

}  // namespace dna_hnet
