#pragma once
// A reference in memory, from letters: MemoryReference reference({{"chr1", "ACGTnn"}, {"chr2",
// "TTT"}}); a single contig needs a std::string, MemoryReference one({{"chr1",
// std::string("ACGT")}}): two literals look like iterators.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "genome/in_memory_reference.hpp"

namespace dna_hnet::test {

class MemoryReference final : public genome::InMemoryReference {
  public:
    explicit MemoryReference(const std::vector<std::pair<std::string, std::string>>& sequences)
        : genome::InMemoryReference("g.fa") {
        for (const auto& [name, letters] : sequences) {
            std::vector<genome::Base> bases;
            for (const char letter : letters) bases.push_back(genome::encode_base(letter));
            add(name, std::move(bases));
        }
    }
    void set_path(std::string path) { other_path_ = std::move(path); }
    std::unique_ptr<genome::Reference> clone() const override {
        return std::make_unique<MemoryReference>(*this);
    }
    const std::string& path() const override {
        return other_path_.empty() ? genome::InMemoryReference::path() : other_path_;
    }

  private:
    std::string other_path_;
};

inline std::string letters_of(const std::vector<genome::Base>& bases) {
    std::string text;
    for (const genome::Base base : bases) text += genome::decode_base(base);
    return text;
}

}  // namespace dna_hnet::test
