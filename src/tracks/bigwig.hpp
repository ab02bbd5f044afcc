#pragma once
// bigWig version 4, written in one pass with index, summary and zoom levels. Coordinates 0-based.
// Absent bases are missing, never zero. Values go to the file block by block, index and zoom levels
// wait in a spill file beside it: a track takes less than a megabyte of memory, however long it is.
//
//   BigWigWriter writer("bits.bw", contigs);
//   for (auto contig : contig_order(contigs)) writer.add(contig, 0, bits[contig]);
//   writer.close();
//
// A track without a single value is a readable file too: all contigs, no base covered, no zoom
// level.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/atomic_group.hpp"
#include "genome/interval.hpp"

namespace dna_hnet::tracks {

class BigWigWriter {
  public:
    // `contigs` in any order; the file's contigs stand in C order. Atomic: nothing appears before
    // close(), nothing stays without it; with a group the file appears when that is committed.
    // run_failed: contigs as in checked_contig_order(), a target that cannot be written.
    BigWigWriter(const std::filesystem::path& target, const std::vector<genome::Contig>& contigs,
                 AtomicGroup* group = nullptr);
    ~BigWigWriter();
    BigWigWriter(const BigWigWriter&) = delete;
    BigWigWriter& operator=(const BigWigWriter&) = delete;

    // One value per base of [begin, begin + values.size()). Calls go by contig in the order of
    // contig_order(), positions ascending; a NaN is a missing base. How values are split into calls
    // changes no byte of the file. Throws run_failed on a wrong order, a position past the contig's
    // end, an infinite value, a call after close(), and every write error.
    void add(std::int64_t contig, std::int64_t begin, const std::vector<float>& values);
    // Writes the last values, index and zoom levels; renames.
    void close();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::tracks
