#pragma once
// Sequences in memory, seen as a reference: reads, haplotypes, and the small genomes of tests.
//
//   InMemoryReference reference("reads");
//   reference.add("read1", bases);
#include <memory>
#include <string>
#include <vector>

#include "genome/reference.hpp"

namespace dna_hnet::genome {

class InMemoryReference : public Reference {
  public:
    explicit InMemoryReference(std::string path) : path_(std::move(path)) {}
    // The number of the new contig. Names may repeat where nobody looks one up.
    std::int64_t add(std::string name, std::vector<Base> bases);

    const std::vector<Contig>& contigs() const override { return contigs_; }
    void fetch_into(const Interval& interval, Base* out) override;
    // Shares the sequences that are there now; adding to one of the two does not change the other.
    std::unique_ptr<Reference> clone() const override;
    const std::string& path() const override { return path_; }
    std::vector<Interval> everything() const;  // one interval per contig that is not empty

  private:
    std::string path_;
    std::vector<Contig> contigs_;
    std::vector<std::shared_ptr<const std::vector<Base>>> sequences_;
};

}  // namespace dna_hnet::genome
