#include "tasks/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/atomic_file.hpp"
#include "core/digest.hpp"
#include "core/signals.hpp"

namespace dna_hnet::tasks {

std::string settings_of(const evaluate::ReadingOptions& reading) {
    std::string text = reading.mode == evaluate::Mode::carry
                           ? "mode=carry"
                           : fmt::format("mode=windows context={}", reading.context);
    if (reading.attention_window) {
        text += fmt::format(" attention_window={}", *reading.attention_window);
    }
    return text;
}

void write_record(const std::string& file, const Provenance& provenance, AtomicGroup* outputs) {
    const std::string record = file + ".json";
    if (provenance.enabled) {
        write_file_atomically(record, provenance.json(), outputs);
    } else if (outputs) {
        outputs->remove_on_commit(record);
    }
}

std::string digest_of(const std::vector<genome::Interval>& intervals) {
    Digest digest(Digest::Kind::sha256);
    for (const auto& [contig, begin, end] : intervals) {
        const std::string row = fmt::format("{}\t{}\t{}\n", contig, begin, end);
        digest.update(row.data(), row.size());
    }
    return digest.hex();
}

std::string digest_of_bases(genome::Reference& reference,
                            const std::optional<std::vector<genome::Interval>>& regions) {
    constexpr std::int64_t kPiece = 1 << 20;
    std::vector<bool> used(reference.contigs().size(), !regions);
    if (regions) {
        for (const auto& region : *regions) used[static_cast<std::size_t>(region.contig)] = true;
    }
    Digest digest(Digest::Kind::sha256);
    for (std::size_t c = 0; c < used.size(); ++c) {
        const std::int64_t length = reference.contigs()[c].length;
        for (std::int64_t begin = 0; used[c] && begin < length; begin += kPiece) {
            throw_if_stopped();
            const auto bases = reference.fetch(
                {static_cast<std::int64_t>(c), begin, std::min(length, begin + kPiece)});
            digest.update(bases.data(), bases.size() * sizeof(genome::Base));
        }
    }
    return digest.hex();
}

}  // namespace dna_hnet::tasks
