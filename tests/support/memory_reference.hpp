#pragma once
// A reference in memory, from letters: MemoryReference reference({{"chr1", "ACGTnn"}, {"chr2",
// A single contig needs a std::string: MemoryReference one({{"chr1", std::string("ACGT")}}); two
// literals look like iterators. "TTT"}});
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "genome/reference.hpp"

namespace dna_hnet::test {

class MemoryReference final : public genome::Reference {
  public:
    explicit MemoryReference(const std::vector<std::pair<std::string, std::string>>& sequences) {
        for (const auto& [name, letters] : sequences) {
            contigs_.push_back({name, static_cast<std::int64_t>(letters.size()), ""});
            bases_.emplace_back();
            for (const char letter : letters) bases_.back().push_back(genome::encode_base(letter));
        }
    }
    void set_path(std::string path) { path_ = std::move(path); }
    const std::vector<genome::Contig>& contigs() const override { return contigs_; }
    void fetch_into(const genome::Interval& interval, genome::Base* out) override {
        genome::check_interval(*this, interval);
        const auto& contig = bases_[static_cast<std::size_t>(interval.contig)];
        std::copy(contig.begin() + interval.begin, contig.begin() + interval.end, out);
    }
    std::unique_ptr<genome::Reference> clone() const override {
        return std::make_unique<MemoryReference>(*this);
    }
    const std::string& path() const override { return path_; }

  private:
    std::string path_ = "g.fa";
    std::vector<genome::Contig> contigs_;
    std::vector<std::vector<genome::Base>> bases_;
};

inline std::string letters_of(const std::vector<genome::Base>& bases) {
    std::string text;
    for (const genome::Base base : bases) text += genome::decode_base(base);
    return text;
}

}  // namespace dna_hnet::test
