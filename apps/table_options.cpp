#include "table_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/error.hpp"

namespace dna_hnet::apps {

void TableFlags::add_to(CLI::App& command) {
    command
        .add_option("--class", classes,
                    "NAME=FILE.bed: rows for the bases of a BED; with strands also NAME:sense and "
                    "NAME:antisense; may be given again")
        ->allow_extra_args(false);
    command.add_option("--by", by,
                       "FILE.bed or N: a row per interval, or per N bases from the contig's start, "
                       "instead of rows by split and class; 1 is the per-base table");
    command.add_option("-o,--output", output, "SUMMARY.tsv; - is standard output");
}

std::unique_ptr<OutputFile> TableFlags::fill(const genome::Reference& reference,
                                             const GenomeOptions& genome,
                                             const ReadingFlags& reading,
                                             tasks::ScoreTableRequest& request) const {
    require_option(output, "-o/--output");
    request.regions = genome.resolve(reference);
    request.strands = reading.strands();
    for (const std::string& text : classes) {
        const auto [name, path] = tasks::parse_class_option(text);
        for (const auto& other : request.classes) {
            if (other.name == name) {
                throw usage_error(fmt::format("--class: the name {} is given twice", name));
            }
        }
        for (auto& one : tasks::bed_class(name, read_bed_file(path), path, reference)) {
            request.classes.push_back(std::move(one));
        }
    }
    const bool number = !by.empty() && std::all_of(by.begin(), by.end(), [](char letter) {
        return letter >= '0' && letter <= '9';
    });
    if (number) {
        std::int64_t bases = 0;
        const auto parsed = std::from_chars(by.data(), by.data() + by.size(), bases);
        if (parsed.ec != std::errc()) {
            throw usage_error(fmt::format("--by: got {}, expected a number of bases", by));
        }
        request.by_bases = bases;
    } else if (!by.empty()) {
        request.by_intervals = read_bed_file(by);
        request.by_place = by;
        if (request.by_intervals.empty()) {
            throw input_error(fmt::format("{}: no interval in it", by));
        }
    }
    auto file = std::make_unique<OutputFile>(output);
    request.output = [raw = file.get()](std::string_view text) { raw->write(text); };
    return file;
}

}  // namespace dna_hnet::apps
