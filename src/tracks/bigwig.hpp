#pragma once
// bigWig, written in one pass by libBigWig with zoom levels. Coordinates 0-based. Absent bases are
// missing, never zero.
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
    // close(), nothing stays without it. run_failed: contigs as in checked_contig_order(), a target
    // that cannot be written.
    // With a group the file appears when the group is committed.
    BigWigWriter(const std::filesystem::path& target, const std::vector<genome::Contig>& contigs,
                 AtomicGroup* group = nullptr);
    ~BigWigWriter();
    BigWigWriter(const BigWigWriter&) = delete;
    BigWigWriter& operator=(const BigWigWriter&) = delete;

    // One value per base of [begin, begin + values.size()). Calls go by contig in the order of
    // contig_order(), positions ascending; a NaN is a missing base. Throws run_failed on a wrong
    // order, a position past the contig's end, an infinite value, a call after close(), and every
    // error of the library.
    void add(std::int64_t contig, std::int64_t begin, const std::vector<float>& values);
    // Writes index and zoom levels, reads the header back, renames. The library reports no error
    // here: a file that does not read back as it was written (a full disk) is run_failed.
    void close();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::tracks
