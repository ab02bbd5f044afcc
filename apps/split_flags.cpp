#include "split_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/log.hpp"
#include "shared_options.hpp"

namespace dna_hnet::apps {

void SplitFlags::add_to(CLI::App& command) {
    command.add_option("--split", split, "BED with train, valid or test in column 4");
    command.add_option("--valid-contigs", valid_contigs, "contigs for validation: A,B")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.add_option("--test-contigs", test_contigs, "contigs held out for tests: C,D")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.add_flag("--include-alt", include_alt,
                     "keep alternative, fix, decoy and unplaced contigs");
}

genome::SplitTable SplitFlags::resolve(const genome::Reference& reference) const {
    genome::SplitOptions options;
    options.valid_contigs = valid_contigs;
    options.test_contigs = test_contigs;
    options.include_alt = include_alt;
    if (!split.empty()) {
        if (!valid_contigs.empty() || !test_contigs.empty()) {
            throw usage_error("--split: stands alone, without --valid-contigs and --test-contigs");
        }
        options.bed = read_bed_file(split);
        options.bed_place = split;
        if (options.bed.empty()) throw input_error(fmt::format("{}: no interval in it", split));
    }
    genome::SplitResult result = genome::make_splits(reference, options);
    if (result.by_default) {
        log_info(
            "split: the last 10 % of each contig is held out for validation (no --split, "
            "--valid-contigs or --test-contigs)");
    }
    const genome::SkippedRows& skipped = result.skipped;
    if (skipped.without_contig + skipped.past_end > 0) {
        log_warning(
            fmt::format("{}: {} of {} rows are skipped: {} on contigs that the reference lacks or "
                        "that are left out, {} that end past their contig's end",
                        split, skipped.without_contig + skipped.past_end, options.bed.size(),
                        skipped.without_contig, skipped.past_end));
    }
    if (!result.left_out.empty()) {
        log_info(
            fmt::format("split: {} alternative, fix, decoy or unplaced contigs are left out "
                        "(--include-alt keeps them): {}",
                        result.left_out.size(), fmt::join(result.left_out, ", ")));
    }
    log_info(fmt::format(
        "split: train {} bases, valid {}, test {}", genome::total_length(result.table.train),
        genome::total_length(result.table.valid), genome::total_length(result.table.test)));
    return result.table;
}

}  // namespace dna_hnet::apps
