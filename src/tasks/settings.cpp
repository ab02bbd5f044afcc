#include "tasks/settings.hpp"

#include <fmt/format.h>

#include "core/atomic_file.hpp"
#include "core/digest.hpp"

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

}  // namespace dna_hnet::tasks
