#pragma once
// A reference genome in memory, and random sequences, for the tests of the baselines.
#include <algorithm>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::test {

using Bases = std::vector<genome::Base>;

class MemoryReference final : public genome::Reference {
  public:
    explicit MemoryReference(std::vector<Bases> sequences) : sequences_(std::move(sequences)) {
        for (const Bases& sequence : sequences_) {
            contigs_.push_back({"c" + std::to_string(contigs_.size()),
                                static_cast<std::int64_t>(sequence.size()), ""});
        }
    }
    const std::vector<genome::Contig>& contigs() const override { return contigs_; }
    void fetch_into(const genome::Interval& interval, genome::Base* out) override {
        const Bases& sequence = sequences_.at(static_cast<std::size_t>(interval.contig));
        REQUIRE(interval.begin >= 0);
        REQUIRE(interval.end <= static_cast<std::int64_t>(sequence.size()));
        std::copy(sequence.begin() + interval.begin, sequence.begin() + interval.end, out);
    }
    std::unique_ptr<genome::Reference> clone() const override {
        return std::make_unique<MemoryReference>(sequences_);
    }
    const std::string& path() const override { return path_; }
    std::vector<genome::Interval> everything() const {
        std::vector<genome::Interval> all;
        for (std::size_t i = 0; i < contigs_.size(); ++i)
            all.push_back({static_cast<std::int64_t>(i), 0, contigs_[i].length});
        return all;
    }

  private:
    std::vector<Bases> sequences_;
    std::vector<genome::Contig> contigs_;
    std::string path_ = "memory.fa";
};

inline Bases random_bases(std::int64_t length, std::uint64_t stream) {
    Random random(7, stream);
    Bases bases(static_cast<std::size_t>(length));
    for (genome::Base& base : bases) base = static_cast<genome::Base>(random.below(4));
    return bases;
}

inline Bases encoded(const std::string& letters) {
    Bases bases;
    for (const char letter : letters)
        bases.push_back(static_cast<genome::Base>(std::string("ACGTN").find(letter)));
    return bases;
}

inline Bases reverse_complemented(const Bases& bases) {
    Bases result;
    for (auto base = bases.rbegin(); base != bases.rend(); ++base)
        result.push_back(genome::complement(*base));
    return result;
}

}  // namespace dna_hnet::test
