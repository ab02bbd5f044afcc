#include "genome/in_memory_reference.hpp"

#include <algorithm>

namespace dna_hnet::genome {

std::int64_t InMemoryReference::add(std::string name, std::vector<Base> bases) {
    contigs_.push_back({std::move(name), static_cast<std::int64_t>(bases.size()), ""});
    sequences_.push_back(std::make_shared<const std::vector<Base>>(std::move(bases)));
    return static_cast<std::int64_t>(contigs_.size()) - 1;
}

void InMemoryReference::fetch_into(const Interval& interval, Base* out) {
    check_interval(*this, interval);
    const auto& bases = *sequences_[static_cast<std::size_t>(interval.contig)];
    std::copy(bases.begin() + interval.begin, bases.begin() + interval.end, out);
}

std::unique_ptr<Reference> InMemoryReference::clone() const {
    return std::make_unique<InMemoryReference>(*this);
}

std::vector<Interval> InMemoryReference::everything() const {
    std::vector<Interval> all;
    for (std::size_t i = 0; i < contigs_.size(); ++i) {
        if (contigs_[i].length > 0) {
            all.push_back({static_cast<std::int64_t>(i), 0, contigs_[i].length});
        }
    }
    return all;
}

}  // namespace dna_hnet::genome
