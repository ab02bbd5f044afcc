#include "score_reads_flags.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace dna_hnet::apps {

void require_absent_with_reads(
    std::initializer_list<std::pair<const char*, bool>> options_and_given) {
    for (const auto& [option, given] : options_and_given) {
        if (given) throw usage_error(fmt::format("{}: belongs to genomes, not to --reads", option));
    }
}

void ScoreReadsFlags::add_to(CLI::App& command) {
    reads.add_to(command);
    command.add_option("--reads-out", out,
                       "FILE.tsv: a row per read, its bits beside those of the reference it "
                       "aligns to");
    command
        .add_option("--reads-as", as,
                    "sequenced: in the direction of sequencing; aligned: along the reference")
        ->capture_default_str();
}

bool ScoreReadsFlags::given() const {
    if (!reads.given() && !out.empty()) {
        throw usage_error("--reads-out: belongs to --reads, which is not given");
    }
    return reads.given();
}

void ScoreReadsFlags::run(const GenomeOptions& genome, const std::string& output,
                          tasks::ReadScoreRequest request) const {
    if (as != "sequenced" && as != "aligned") {
        throw usage_error(fmt::format("--reads-as: got '{}', expected sequenced or aligned", as));
    }
    request.as_aligned = as == "aligned";
    const auto reference = genome.open();
    const auto sources = reads.open(*reference, genome.resolve(*reference));
    AtomicGroup outputs;
    TextOutput summary(output, &outputs);
    request.output = summary.sink();
    std::optional<TextOutput> rows;
    if (!out.empty()) {
        rows.emplace(out, &outputs);
        request.reads = rows->sink();
    }
    tasks::score_reads(*reference, sources, request);
    if (rows) rows->close();
    summary.close();
    outputs.commit();
}

}  // namespace dna_hnet::apps
