#include "genome/read_source.hpp"

#include <fmt/format.h>

#include "core/log.hpp"

namespace dna_hnet::genome {

Split split_of(const AlignedRead& read, const SplitTable& splits) {
    std::optional<Split> found;
    for (const Interval& block : read.blocks) {
        for (const auto& [run, split] : splits.runs(block)) {
            if (found && *found != split) return Split::none;
            found = split;
        }
    }
    return found.value_or(Split::none);
}

void log_counts(const ReadSource& source) {
    const ReadCounts& n = source.counts();
    log_info(fmt::format(
        "{}: {} records; left out by flag: {} unmapped, {} secondary, {} supplementary, {} "
        "duplicate, {} failed quality, {} other; {} of low mapping quality; {} passed",
        source.path(), n.records, n.unmapped, n.secondary, n.supplementary, n.duplicate,
        n.quality_fail, n.other_flags, n.low_mapping_quality, n.passed));
    if (n.passed > n.used) {
        log_warning(fmt::format(
            "{}: {} reads not used: {} on contigs that the reference has not, {} past the end of "
            "their contig, {} without a sequence or an alignment",
            source.path(), n.passed - n.used, n.unknown_contig, n.past_end, n.without_sequence));
    }
}

}  // namespace dna_hnet::genome
