#pragma once
// Activations of one strand over some intervals: runs of bases that share a vector. Torch-free.
#include <cstdint>
#include <vector>

#include "evaluate/model_runner.hpp"
#include "genome/interval.hpp"

namespace dna_hnet::tasks {

enum class Pool { mean, last, max };

class VectorRuns {
  public:
    explicit VectorRuns(std::int64_t width) : width_(width) {}
    // Values in ascending coordinates.
    void add(const evaluate::SequenceValues& values);
    void clear();

    std::int64_t width() const { return width_; }
    // The vector of a base; null where there is none.
    const float* at(std::int64_t contig, std::int64_t base) const;

    struct Run {
        genome::Interval place;
        const float* vector;
    };
    // Those that touch the interval, cut to it, ascending.
    std::vector<Run> inside(const genome::Interval& interval) const;

  private:
    std::int64_t width_;
    std::vector<genome::Interval> places_;
    std::vector<float> vectors_;
};

// One vector for several runs: the mean over their bases, the largest entries, or the vector of the
// last base in reading direction.
class Pooled {
  public:
    Pooled(Pool pool, genome::Strand strand, std::int64_t width);
    // In ascending coordinates.
    void add(const VectorRuns::Run& run);
    std::int64_t bases() const { return bases_; }
    std::vector<float> vector() const;  // NaN without bases

  private:
    Pool pool_;
    genome::Strand strand_;
    std::int64_t bases_ = 0;
    std::vector<double> values_;
};

}  // namespace dna_hnet::tasks
