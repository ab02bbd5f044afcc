#pragma once
// The rows of a bigBed, in the order of the file. Coordinates 0-based, half-open.
//
//   BigBedReader reader("chunks.bb");
//   for (BigBedReader::Row row; reader.next(row);) use(reader.contigs()[row.contig], row);
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "genome/interval.hpp"
#include "tracks/bigbed.hpp"

namespace dna_hnet::tracks {

// Whether the file begins as a bigBed does; false when it cannot be read.
bool is_bigbed(const std::string& path);

class BigBedReader {
  public:
    struct Row {
        std::int64_t contig = 0, begin = 0, end = 0;
        std::string rest;  // the columns from the fourth on, joined by tabs
    };

    // bad_input when it is no bigBed or cannot be read.
    explicit BigBedReader(const std::string& path);
    ~BigBedReader();
    BigBedReader(BigBedReader&&) noexcept;

    const std::vector<genome::Contig>& contigs() const;  // in the order of the file
    const BigBedFields& fields() const;
    // The next row, ascending. False at the end. bad_input on a damaged file: one whose rows are
    // fewer than it says, too.
    bool next(Row& row);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::tracks
