#include "shared_options.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <sstream>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "genome/genome_cache.hpp"
#ifdef DNA_HNET_IO
#include "hts/bgzf_text.hpp"
#include "hts/indexed_fasta.hpp"
#endif

namespace dna_hnet::apps {

void require_option(const std::string& value, const std::string& option) {
    if (value.empty()) throw usage_error(fmt::format("{} is required", option));
}

std::pair<std::string, std::string> labelled_path(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || text.find('/') < equals) return {"", text};
    return {text.substr(0, equals), text.substr(equals + 1)};
}

#ifdef DNA_HNET_IO
std::unique_ptr<genome::Reference> open_genome(const std::string& path) {
    return hts::open_reference(path);
}

std::vector<genome::BedRecord> read_bed_file(const std::string& path) {
    return hts::read_bed(path);
}

struct OutputFile::Impl {
    hts::TextWriter writer;
};
OutputFile::OutputFile(const std::string& target)
    : impl_(new Impl{{target, hts::TextWriter::Index::none}}) {}
void OutputFile::write(std::string_view text) {
    impl_->writer.write(text);
}
void OutputFile::close() {
    impl_->writer.close();
}
#else
std::unique_ptr<genome::Reference> open_genome(const std::string& path) {
    if (path.size() < 4 || path.compare(path.size() - 4, 4, ".dhg") != 0) {
        throw usage_error(fmt::format("{}: this build reads genome caches (.dhg) only", path),
                          "make one with dna-hnet cache of a build with htslib");
    }
    return genome::GenomeCache::open(path);
}

std::vector<genome::BedRecord> read_bed_file(const std::string& path) {
    genome::BedParser parser(path);
    std::vector<genome::BedRecord> records;
    std::istringstream text(read_file(path));
    genome::BedRecord record;
    for (std::string line; std::getline(text, line);) {
        if (parser.parse_line(line, record)) records.push_back(record);
    }
    return records;
}

struct OutputFile::Impl {
    std::optional<AtomicFile> file;  // none: standard output
};
OutputFile::OutputFile(const std::string& target) : impl_(std::make_unique<Impl>()) {
    if (target != "-") impl_->file.emplace(target);
}
void OutputFile::write(std::string_view text) {
    if (impl_->file) return impl_->file->write(text);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
        throw run_error(fmt::format("standard output: cannot write: {}", errno_text()));
    }
}
void OutputFile::close() {
    if (impl_->file) impl_->file->commit();
}
#endif
OutputFile::~OutputFile() = default;

void write_text(const std::string& target, const std::string& text) {
    OutputFile file(target);
    file.write(text);
    file.close();
}

void GenomeOptions::add_to(CLI::App& command, bool with_regions) {
    command.add_option("-f,--fasta,--reference", fasta,
                       "[LABEL=]REF: FASTA, plain or bgzip, or a genome cache (.dhg)");
    if (!with_regions) return;
#ifdef DNA_HNET_IO
    command.add_option("-r,--region", regions, "chr:beg-end, 1-based; may be given again")
        ->allow_extra_args(false);
#endif
    command.add_option("-R,--regions", bed, "BED of regions, sorted");
}

std::unique_ptr<genome::Reference> GenomeOptions::open() const {
    require_option(fasta, "-f/--fasta");
    const auto [label, path] = labelled_path(fasta);
    std::vector<std::pair<std::string, std::unique_ptr<genome::Reference>>> labelled;
    labelled.emplace_back(label, open_genome(path));
    return genome::join_references(std::move(labelled));
}

std::optional<std::vector<genome::Interval>> GenomeOptions::resolve(
    const genome::Reference& reference) const {
    std::vector<genome::Interval> intervals;
#ifdef DNA_HNET_IO
    for (const std::string& text : regions) {
        const hts::ParsedRegion region = hts::parse_region(reference, text);
        const std::string place = genome::region_text(reference, region.interval);
        if (region.runs_to_end)
            log_info(fmt::format("--region {}: runs to the contig's end, {}", text, place));
        else
            log_detail(fmt::format("--region {}: {}", text, place));
        intervals.push_back(region.interval);
    }
#endif
    if (!bed.empty()) {
        const auto records = read_bed_file(bed);
        genome::require_sorted(records, bed);
        const genome::ContigTable contigs(reference);
        for (const auto& record : records)
            intervals.push_back(genome::resolve(record, contigs, bed));
        if (records.empty()) throw input_error(fmt::format("{}: no region in it", bed));
    }
    if (regions.empty() && bed.empty()) return std::nullopt;
    return genome::merged(std::move(intervals));
}

void ReadingFlags::add_to(CLI::App& command, bool with_strand) {
    command.add_option("--mode", mode, "windows or carry")->capture_default_str();
    command.add_option("--context", context, "bases per window; default: the training context");
    command.add_option("--attention-window", attention_window,
                       "keys that unlimited attention may see, in units of the layer's own stage");
    if (with_strand) {
        command.add_option("--strand", strand, "forward, reverse or both")->capture_default_str();
    }
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
