#pragma once
// bigBed version 4, written in one pass with index, summary and zoom levels of coverage depth.
// Coordinates 0-based, half-open. Rows go to the file block by block, index and zoom levels wait in
// a spill file beside it: in memory stay less than a megabyte, and the ends of rows that overlap.
//
//   BigBedWriter writer("chunks.bb", contigs, {auto_sql, 13, 9});
//   writer.add(contig, 100, 107, "s0_101\t998\t+\t...");
//   writer.close();
//
// A file without rows is readable too: all contigs, no zoom level.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/atomic_group.hpp"
#include "genome/interval.hpp"

namespace dna_hnet::tracks {

struct BigBedFields {
    std::string auto_sql;      // declares all columns
    std::uint16_t count;       // columns in all, from 3
    std::uint16_t bed_fields;  // of them, those that have BED's own meaning
};

class BigBedWriter {
  public:
    // `contigs` in any order; the file's contigs stand in C order. Atomic: nothing appears before
    // close(), nothing stays without it; with a group the file appears when that is committed.
    // run_failed: contigs as in checked_contig_order(), a target that cannot be written.
    BigBedWriter(const std::filesystem::path& target, const std::vector<genome::Contig>& contigs,
                 BigBedFields fields, AtomicGroup* group = nullptr);
    ~BigBedWriter();
    BigBedWriter(const BigBedWriter&) = delete;
    BigBedWriter& operator=(const BigBedWriter&) = delete;

    // One row; `rest` holds the columns from the fourth on, joined by tabs. Rows go by contig in
    // the C order of names, then by begin; they may overlap. run_failed: another order, an empty
    // row or one that leaves its contig, another number of columns, a NUL or a line end, a call
    // after close(), and every write error.
    void add(std::int64_t contig, std::int64_t begin, std::int64_t end, std::string_view rest);
    // Writes the last rows, the trees and the zoom levels; renames.
    void close();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::tracks
