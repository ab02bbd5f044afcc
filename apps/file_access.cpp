#include "file_access.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <sstream>
#include <utility>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "genome/genome_cache.hpp"
#ifdef DNA_HNET_IO
#include "hts/bgzf_text.hpp"
#include "hts/indexed_fasta.hpp"
#else
#include "without_io.hpp"
#endif

namespace dna_hnet::apps {
namespace {

// LABEL=PATH, or PATH. A path may hold '=' behind a '/'.
std::pair<std::string, std::string> labelled_path(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || text.find('/') < equals) return {"", text};
    return {text.substr(0, equals), text.substr(equals + 1)};
}

std::unique_ptr<genome::Reference> open_genome(const std::string& path) {
#ifdef DNA_HNET_IO
    return hts::open_reference(path);
#else
    if (!path.ends_with(".dhg")) {
        throw unreadable_without_io(path, "genome caches (.dhg)",
                                    "make one with dna-hnet cache of a build with htslib");
    }
    return genome::GenomeCache::open(path);
#endif
}

}  // namespace

std::unique_ptr<genome::Reference> open_genomes(const std::vector<std::string>& texts) {
    std::vector<std::pair<std::string, std::unique_ptr<genome::Reference>>> labelled;
    for (const std::string& text : texts) {
        const auto [label, path] = labelled_path(text);
        labelled.emplace_back(label, open_genome(path));
    }
    return genome::join_references(std::move(labelled));
}

std::vector<tasks::BaseClass> read_classes(const std::vector<std::string>& texts,
                                           const genome::Reference& reference) {
    std::vector<tasks::BaseClass> classes;
    for (const auto& [name, path] : tasks::parse_class_options(texts)) {
        for (auto& klass : tasks::bed_class(name, read_bed_file(path), path, reference)) {
            classes.push_back(std::move(klass));
        }
    }
    return classes;
}

std::vector<genome::Interval> read_intervals(const std::string& path,
                                             const genome::Reference& reference) {
    const auto records = read_bed_file(path);
    genome::require_sorted(records, path);
    const genome::ContigTable contigs(reference);
    std::vector<genome::Interval> intervals;
    for (const auto& record : records) intervals.push_back(genome::resolve(record, contigs, path));
    if (intervals.empty()) throw input_error(fmt::format("{}: no interval in it", path));
    return genome::merged(std::move(intervals));
}

#ifdef DNA_HNET_IO
std::vector<genome::BedRecord> read_bed_file(const std::string& path) {
    return hts::read_bed(path);
}

struct TextOutput::Impl {
    Impl(const std::string& target, AtomicGroup* group)
        : writer(target, hts::TextWriter::Index::none, 0, group) {}
    void write(std::string_view text) { writer.write(text); }
    void close() { writer.close(); }
    hts::TextWriter writer;
};
#else
std::vector<genome::BedRecord> read_bed_file(const std::string& path) {
    const std::string bytes = read_file(path == "-" ? "/dev/stdin" : path);
    if (bytes.starts_with("\x1f\x8b")) {
        throw unreadable_without_io(path, "plain text", "decompress it: gunzip -c");
    }
    genome::BedParser parser(path);
    std::vector<genome::BedRecord> records;
    std::istringstream text(bytes);
    genome::BedRecord record;
    for (std::string line; std::getline(text, line);) {
        if (line.ends_with('\r')) line.pop_back();
        if (parser.parse_line(line, record)) records.push_back(record);
    }
    return records;
}

struct TextOutput::Impl {
    Impl(const std::string& target, AtomicGroup* group) {
        require_plain(target);
        if (target != "-") {
            file.emplace(target, group);
        } else if (group) {
            group->claim(target);
        }
    }
    void write(std::string_view text) {
        if (file) return file->write(text);
        if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
            throw run_error(fmt::format("standard output: cannot write: {}", errno_text()));
        }
    }
    void close() {
        if (file) file->commit();
    }
    std::optional<AtomicFile> file;
};
#endif

TextOutput::TextOutput(const std::string& target, AtomicGroup* group)
    : impl_(std::make_unique<Impl>(target, group)) {}
TextOutput::~TextOutput() = default;
formats::TextSink TextOutput::sink() {
    return [this](std::string_view text) { impl_->write(text); };
}
void TextOutput::close() {
    impl_->close();
}

void write_text(const std::string& target, const std::string& text) {
    TextOutput output(target);
    output.sink()(text);
    output.close();
}

}  // namespace dna_hnet::apps
