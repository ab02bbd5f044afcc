#pragma once
// The values of a bigWig, in the order of the file. Coordinates 0-based, half-open.
//
//   BigWigReader reader("bits.bw");
//   for (BigWigReader::Run run; reader.next(run);) use(reader.contigs()[run.contig], run);
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "genome/interval.hpp"

namespace dna_hnet::tracks {

// Whether the file begins as a bigWig does; false when it cannot be read.
bool is_bigwig(const std::string& path);

class BigWigReader {
  public:
    // Values of adjacent bases; a base without a value is in no run.
    struct Run {
        std::int64_t contig = 0, begin = 0;
        std::vector<float> values;
        std::int64_t end() const { return begin + static_cast<std::int64_t>(values.size()); }
    };

    // bad_input when it is no bigWig or cannot be read.
    explicit BigWigReader(const std::string& path);
    ~BigWigReader();
    BigWigReader(BigWigReader&&) noexcept;

    const std::vector<genome::Contig>& contigs() const;  // in the order of the file
    // The next run, ascending; a long one comes in parts. False at the end. bad_input on a damaged
    // file: one whose values are fewer than its header says, too.
    bool next(Run& run);

    // The values of [begin, end) of a contig, NaN where there is none. bad_input for a contig that
    // the file does not have, or an interval that leaves it. Does not change what next() gives.
    std::vector<float> values(const std::string& contig, std::int64_t begin,
                              std::int64_t end) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::tracks
