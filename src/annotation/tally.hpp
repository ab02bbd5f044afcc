#pragma once
// Counts of boundaries on the features of one row or profile, with what the nulls expect there,
// as observed and under every rotation. Memory: 24 bytes a rotation and column.
#include <cstdint>
#include <vector>

#include "annotation/contig_signal.hpp"
#include "annotation/statistics.hpp"

namespace dna_hnet::annotation {

enum class Null { kmer6, rotate, control };
const char* null_name(Null null);

// What one null says about one column.
struct Outcome {
    double observed, expected, log2_fold, low, high, z, p;  // NaN where nothing can be said
};

class Tally {
  public:
    Tally(std::int64_t columns, std::int64_t rotations, std::int64_t blocks);

    // Bases [begin, begin + length) of the piece, counted from its start in reading direction. The
    // first form sums them in column 0, the second has a column for each, from `column` on. `block`
    // is the bootstrap's. shifts[r]: by how much rotation r moves this piece's boundaries.
    void add_sum(const ContigSignal& signal, std::int64_t piece, std::int64_t begin,
                 std::int64_t length, std::int64_t block, const std::vector<std::int64_t>& shifts);
    void add_each(const ContigSignal& signal, std::int64_t piece, std::int64_t begin,
                  std::int64_t length, std::int64_t column, std::int64_t block,
                  const std::vector<std::int64_t>& shifts);

    std::int64_t bases(std::int64_t column) const;
    // `factor`: boundaries of the file per boundary of the control.
    Outcome outcome(std::int64_t column, Null null, double factor,
                    const BlockBootstrap& bootstrap) const;

  private:
    struct Counts {
        std::int64_t bases = 0, boundary = 0, control = 0;
        double rate = 0, rotate = 0;  // expected by kmer6 and by rotation
    };
    Counts& counts(std::int64_t block, std::int64_t column) {
        return counts_[static_cast<std::size_t>(block * columns_ + column)];
    }
    void add_run(const ContigSignal& signal, std::int64_t from, std::int64_t length,
                 std::size_t to);

    std::int64_t columns_, rotations_, blocks_;
    std::vector<Counts> counts_;                    // [block][column]
    std::vector<std::int64_t> boundary_, control_;  // [rotation][column]
    std::vector<double> rate_;
};

}  // namespace dna_hnet::annotation
