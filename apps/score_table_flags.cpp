#include "score_table_flags.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

#include "core/error.hpp"

namespace dna_hnet::apps {
namespace {

// Of any sign, whole or not: a file of such a name is given as ./NAME.
bool is_number(const std::string& text) {
    char* end = nullptr;
    std::strtod(text.c_str(), &end);
    return !text.empty() && *end == '\0';
}

void set_by(const std::string& by, tasks::ScoreTableRequest& request) {
    if (by.empty()) return;
    if (!is_number(by)) {
        request.by_intervals = read_bed_file(by);
        genome::require_sorted(request.by_intervals, by);
        request.by_place = by;
        if (request.by_intervals.empty())
            throw input_error(fmt::format("{}: no interval in it", by));
        return;
    }
    std::int64_t bases = 0;
    const auto parsed = std::from_chars(by.data(), by.data() + by.size(), bases);
    if (parsed.ec != std::errc() || parsed.ptr != by.data() + by.size() || bases < 1) {
        throw usage_error(fmt::format("--by: got {}, expected a BED or a number from 1", by));
    }
    request.by_bases = bases;
}

}  // namespace

void ScoreTableFlags::add_to(CLI::App& command, bool with_blocks) {
    command
        .add_option("--class", classes,
                    "NAME=FILE.bed: rows for these bases; with strands in column 6 also "
                    "NAME:sense and NAME:antisense; may be given again")
        ->allow_extra_args(false);
    command.add_option("--by", by, "a row per interval of this sorted BED, or per so many bases");
    command.add_flag("--all-orders", all_orders, "a row for every order of the counting models");
    if (with_blocks) {
        command.add_option("--blocks", blocks, "TSV of integer sums per block of 100 kb");
    }
    command.add_option("-o,--output", output, "TSV; - is standard output");
}

tasks::ScoreTableRequest ScoreTableFlags::request(genome::Reference& reference) const {
    tasks::ScoreTableRequest request;
    set_by(by, request);
    request.classes = read_classes(classes, reference);
    return request;
}

}  // namespace dna_hnet::apps
