#include "shared_options.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/log.hpp"
#ifdef DNA_HNET_IO
#include "hts/indexed_fasta.hpp"
#else
#include "without_io.hpp"
#endif

namespace dna_hnet::apps {

void require_option(const std::string& value, const std::string& option) {
    if (value.empty()) throw usage_error(fmt::format("{} is required", option));
}

void require_prefix(const std::string& option, const std::string& prefix,
                    const std::string& command) {
    if (prefix == "-") {
        throw usage_error(
            fmt::format("{} -: {} writes several files, expected a prefix", option, command));
    }
    if (prefix.back() == '/') {  // hidden files, which begin with a dot
        throw usage_error(
            fmt::format("{} {}: is a folder, expected a prefix of file names", option, prefix));
    }
}

void GenomeOptions::add_to(CLI::App& command, bool with_regions) {
    command.add_option(
        "-f,--fasta,--reference", fasta,
        "reference: [LABEL=]FILE, a FASTA, plain or bgzip, or a genome cache (.dhg)");
    if (!with_regions) return;
#ifdef DNA_HNET_IO
    command.add_option("-r,--region", regions, "chr:beg-end, 1-based; may be given again")
        ->allow_extra_args(false);
#else
    add_lacking_option(command, "-r,--region", "name the region in a BED, with -R");
#endif
    command.add_option("-R,--regions", bed, "BED of regions, sorted");
}

std::unique_ptr<genome::Reference> GenomeOptions::open() const {
    require_option(fasta, "-f/--fasta");
    return open_genomes({fasta});
}

#ifdef DNA_HNET_IO
namespace {

genome::Interval parsed(const genome::Reference& reference, const std::string& text) {
    const hts::ParsedRegion region = hts::parse_region(reference, text);
    const std::string place = genome::region_text(reference, region.interval);
    if (region.runs_to_end)
        log_info(fmt::format("--region {}: runs to the contig's end, {}", text, place));
    else
        log_detail(fmt::format("--region {}: {}", text, place));
    return region.interval;
}

}  // namespace
#endif

std::vector<std::pair<genome::Interval, std::string>> GenomeOptions::listed(
    const genome::Reference& reference) const {
    std::vector<std::pair<genome::Interval, std::string>> result;
#ifdef DNA_HNET_IO
    for (const std::string& text : regions) result.emplace_back(parsed(reference, text), text);
#endif
    if (!bed.empty()) {
        const genome::ContigTable contigs(reference);
        for (const auto& record : read_bed_file(bed)) {
            result.emplace_back(genome::resolve(record, contigs, bed), record.name);
        }
        if (result.empty()) throw input_error(fmt::format("{}: no interval in it", bed));
    }
    for (std::size_t i = 0; regions.empty() && bed.empty() && i < reference.contigs().size(); ++i) {
        const genome::Contig& contig = reference.contigs()[i];
        result.emplace_back(genome::Interval{static_cast<std::int64_t>(i), 0, contig.length},
                            contig.name);
    }
    return result;
}

std::optional<std::vector<genome::Interval>> GenomeOptions::resolve(
    const genome::Reference& reference) const {
    std::vector<genome::Interval> intervals;
#ifdef DNA_HNET_IO
    for (const std::string& text : regions) intervals.push_back(parsed(reference, text));
#endif
    if (!bed.empty()) {
        const auto rows = read_intervals(bed, reference);
        intervals.insert(intervals.end(), rows.begin(), rows.end());
    }
    if (regions.empty() && bed.empty()) return std::nullopt;
    return genome::merged(std::move(intervals));
}

void ReadingFlags::add_to(CLI::App& command, const std::string& default_context) {
    command.add_option("--mode", mode, "windows or carry")->capture_default_str();
    command.add_option("--context", context, "bases per window; default: " + default_context);
    command.add_option("--strand", strand, "forward, reverse or both")->capture_default_str();
}

void ReadingFlags::add_model_options_to(CLI::App& command) {
    add_to(command, "the training context");
    command.add_option("--attention-window", attention_window,
                       "keys that unlimited attention may see, in units of the layer's own stage");
}

evaluate::ReadingOptions ReadingFlags::options(int threads, const std::string& device) const {
    evaluate::ReadingOptions options;
    if (mode != "windows" && mode != "carry") {
        throw usage_error(fmt::format("--mode: got '{}', expected windows or carry", mode));
    }
    options.mode = mode == "carry" ? evaluate::Mode::carry : evaluate::Mode::windows;
    if (context && *context < 8) {
        throw usage_error(fmt::format("--context: got {}, expected at least 8", *context));
    }
    options.context = context.value_or(0);
    if (attention_window && *attention_window < 1) {
        throw usage_error(
            fmt::format("--attention-window: got {}, expected at least 1", *attention_window));
    }
    options.attention_window = attention_window;
    options.threads = threads;
    options.device = device;
    return options;
}

std::vector<genome::Strand> ReadingFlags::strands() const {
    if (strand == "forward") return {genome::Strand::forward};
    if (strand == "reverse") return {genome::Strand::reverse};
    if (strand == "both") return {genome::Strand::forward, genome::Strand::reverse};
    throw usage_error(fmt::format("--strand: got '{}', expected forward, reverse or both", strand));
}

}  // namespace dna_hnet::apps
