#include "batch/read_collection.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "core/signals.hpp"

namespace dna_hnet::batch {

ReadCollection collect_reads(const std::vector<std::unique_ptr<genome::ReadSource>>& sources,
                             const genome::SplitTable& splits, bool unsplit) {
    ReadCollection result{std::make_unique<genome::ReadStore>(), 0, 0};
    Progress progress("reads", 0, "reads");
    std::int64_t seen = 0;
    genome::AlignedRead read;
    for (const auto& source : sources) {
        while (source->next(read)) {
            throw_if_stopped();
            progress.update(++seen);
            if (!unsplit && genome::split_of(read, splits) != genome::Split::train) {
                ++result.held_out;
                continue;
            }
            const auto length = static_cast<std::int64_t>(read.bases.size());
            if (read.strand == genome::Strand::reverse) {
                genome::reverse_complement(read.bases.data(), length);
            }
            result.bases += length;
            result.store->add(read.bases);
        }
        genome::log_counts(*source);
    }
    progress.finish();
    if (result.store->reads().empty()) {
        throw input_error("--reads: no read that passes the filter lies in the training split",
                          "see the counts above; --unsplit-reads takes all of them");
    }
    result.store->finish();
    log_info(
        fmt::format("reads: {} reads with {} bases to train on; {} touch another split or none",
                    result.store->reads().size(), result.bases, result.held_out));
    return result;
}

}  // namespace dna_hnet::batch
