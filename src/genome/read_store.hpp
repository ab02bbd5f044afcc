#pragma once
// Reads on disk, for random access in training: one contig named "reads" that holds them end to
// end, one N between two.
//
//   ReadStore store;
//   store.add(read.bases);
//   store.reads();   // an interval per read
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::genome {

class ReadStore final : public Reference {
  public:
    // The file has no name and lies in the folder for temporary files (TMPDIR). run_failed when it
    // cannot be made.
    ReadStore();
    ~ReadStore() override;

    void add(const std::vector<Base>& bases);  // run_failed when the disk is full
    // Writes what is buffered; before the first fetch and the first clone.
    void finish();

    const std::vector<Interval>& reads() const { return reads_; }
    std::string digest() const;  // sha256 of all reads, in order; after finish()

    const std::vector<Contig>& contigs() const override { return contigs_; }
    void fetch_into(const Interval& interval, Base* out) override;
    std::unique_ptr<Reference> clone() const override;  // shares the file
    const std::string& path() const override { return path_; }

  private:
    struct File;
    ReadStore(const ReadStore&) = default;

    std::string path_ = "the reads";
    std::shared_ptr<File> file_;
    std::vector<Contig> contigs_{{"reads", 0, ""}};
    std::vector<Interval> reads_;
    std::string digest_;
};

}  // namespace dna_hnet::genome
