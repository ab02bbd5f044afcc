#include "genome/splits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.hpp"

namespace dna_hnet::genome {
namespace {

constexpr std::array kSplits = {Split::train, Split::valid, Split::test};

// The hg19 haplotypes: chr6_apd_hap1, chr17_ctg5_hap1.
bool ends_in_haplotype(std::string_view name) {
    const auto at = name.rfind("_hap");
    if (at == std::string_view::npos || at + 4 == name.size()) return false;
    return name.find_first_not_of("0123456789", at + 4) == std::string_view::npos;
}

// *_alt *_fix *_decoy *_random *_hap1 chrUn chrUn_* HLA-* HLA:*
bool is_left_out(std::string_view name) {
    if (const auto label = name.rfind('#'); label != std::string_view::npos)
        name.remove_prefix(label + 1);
    return name.ends_with("_alt") || name.ends_with("_fix") || name.ends_with("_decoy") ||
           name.ends_with("_random") || ends_in_haplotype(name) || name == "chrUn" ||
           name.starts_with("chrUn_") || name.starts_with("HLA-") || name.starts_with("HLA:");
}

std::vector<Interval>& part(SplitTable& table, Split split) {
    return split == Split::train ? table.train : split == Split::valid ? table.valid : table.test;
}
const std::vector<Interval>& part(const SplitTable& table, Split split) {
    return split == Split::train ? table.train : split == Split::valid ? table.valid : table.test;
}

void merge_and_require_disjoint(SplitTable& table, const Reference& reference,
                                std::string_view place) {
    for (const Split split : kSplits) part(table, split) = merged(std::move(part(table, split)));
    for (std::size_t i = 0; i < kSplits.size(); ++i) {
        for (std::size_t j = i + 1; j < kSplits.size(); ++j) {
            const std::vector<Interval> both =
                intersection(part(table, kSplits[i]), part(table, kSplits[j]));
            if (both.empty()) continue;
            throw input_error(fmt::format("{}: {} is in both {} and {}; {} bases are in two splits",
                                          place, region_text(reference, both[0]),
                                          split_name(kSplits[i]), split_name(kSplits[j]),
                                          total_length(both)));
        }
    }
}

SplitTable split_by_bed(const Reference& reference, const SplitOptions& options,
                        const std::vector<bool>& left_out, SkippedRows& skipped) {
    const ContigTable contigs(reference);
    SplitTable table;
    for (const BedRecord& record : options.bed) {
        const auto split = std::find_if(kSplits.begin(), kSplits.end(),
                                        [&](Split s) { return split_name(s) == record.name; });
        if (split == kSplits.end()) {
            throw input_error(fmt::format("{}:{}: column 4 is '{}', expected train, valid or test",
                                          options.bed_place, record.line, record.name));
        }
        const std::int64_t contig = contigs.find(record.contig);
        if (contig < 0 || left_out[static_cast<std::size_t>(contig)]) {
            ++skipped.without_contig;
            continue;
        }
        if (record.end > reference.contigs()[static_cast<std::size_t>(contig)].length) {
            ++skipped.past_end;
            continue;
        }
        part(table, *split).push_back({contig, record.begin, record.end});
    }
    merge_and_require_disjoint(table, reference, options.bed_place);
    if (table.train.empty() && table.valid.empty() && table.test.empty()) {
        throw input_error(
            fmt::format("{}: none of the {} intervals lies in {}", options.bed_place,
                        options.bed.size(), reference.path()),
            fmt::format("the first interval is on '{}', the first contig is '{}'",
                        options.bed[0].contig,
                        reference.contigs().empty() ? "" : reference.contigs()[0].name));
    }
    return table;
}

// Every contig that `names` hold out: the named ones and what stands on them, chr20_* for chr20.
void hold_out(const Reference& reference, const std::vector<std::string>& names, Split split,
              const std::vector<bool>& left_out, std::vector<Split>& assigned) {
    const std::vector<Contig>& contigs = reference.contigs();
    for (const std::string& name : names) {
        const auto named = static_cast<std::size_t>(contig_index(reference, name));
        if (left_out[named]) {
            throw usage_error(
                fmt::format("{}: contig '{}' was named for {}, but such contigs are left out",
                            reference.path(), name, split_name(split)),
                "give --include-alt to keep alternative, fix, decoy and unplaced contigs");
        }
        for (std::size_t i = 0; i < contigs.size(); ++i) {
            if (i != named && contigs[i].name.rfind(name + "_", 0) != 0) continue;
            if (assigned[i] != Split::train && assigned[i] != split) {
                throw usage_error(fmt::format("{}: contig '{}' is held out for both {} and {}",
                                              reference.path(), contigs[i].name,
                                              split_name(assigned[i]), split_name(split)));
            }
            assigned[i] = split;
        }
    }
}

SplitTable split_by_contig(const Reference& reference, const SplitOptions& options,
                           const std::vector<bool>& left_out, bool& by_default) {
    const std::vector<Contig>& contigs = reference.contigs();
    by_default = options.valid_contigs.empty() && options.test_contigs.empty();
    std::vector<Split> assigned(contigs.size(), Split::train);
    hold_out(reference, options.valid_contigs, Split::valid, left_out, assigned);
    hold_out(reference, options.test_contigs, Split::test, left_out, assigned);
    SplitTable table;
    for (std::size_t i = 0; i < contigs.size(); ++i) {
        if (left_out[i]) continue;
        const auto contig = static_cast<std::int64_t>(i);
        const std::int64_t length = contigs[i].length;
        if (by_default) {
            const std::int64_t cut = length - length / 10;
            table.train.push_back({contig, 0, cut});
            table.valid.push_back({contig, cut, length});
        } else {
            part(table, assigned[i]).push_back({contig, 0, length});
        }
    }
    merge_and_require_disjoint(table, reference, reference.path());
    if (table.train.empty()) {
        throw usage_error(fmt::format("{}: no contig is left to train on", reference.path()),
                          "name fewer contigs for validation and test, or give --include-alt");
    }
    return table;
}

}  // namespace

std::string_view split_name(Split split) {
    switch (split) {
        case Split::train:
            return "train";
        case Split::valid:
            return "valid";
        case Split::test:
            return "test";
        case Split::none:
            break;
    }
    return "none";
}

std::vector<std::pair<Interval, Split>> SplitTable::runs(const Interval& interval) const {
    std::vector<std::pair<Interval, Split>> known, result;
    for (const Split split : kSplits) {
        const std::vector<Interval>& intervals = part(*this, split);
        auto next = std::upper_bound(intervals.begin(), intervals.end(), interval,
                                     [](const Interval& asked, const Interval& other) {
                                         return std::pair(asked.contig, asked.begin) <
                                                std::pair(other.contig, other.end);
                                     });
        for (; next != intervals.end() && next->contig == interval.contig &&
               next->begin < interval.end;
             ++next) {
            known.push_back({{interval.contig, std::max(next->begin, interval.begin),
                              std::min(next->end, interval.end)},
                             split});
        }
    }
    std::sort(known.begin(), known.end());
    std::int64_t at = interval.begin;
    for (const auto& run : known) {
        if (at < run.first.begin)
            result.push_back({{interval.contig, at, run.first.begin}, Split::none});
        result.push_back(run);
        at = run.first.end;
    }
    if (at < interval.end) result.push_back({{interval.contig, at, interval.end}, Split::none});
    return result;
}

SplitResult make_splits(const Reference& reference, const SplitOptions& options) {
    if (!options.bed.empty() && !(options.valid_contigs.empty() && options.test_contigs.empty())) {
        throw usage_error("--split and --valid-contigs or --test-contigs exclude each other");
    }
    SplitResult result;
    std::vector<bool> left_out;
    for (const Contig& contig : reference.contigs()) {
        left_out.push_back(!options.include_alt && is_left_out(contig.name));
        if (left_out.back()) result.left_out.push_back(contig.name);
    }
    result.table = options.bed.empty()
                       ? split_by_contig(reference, options, left_out, result.by_default)
                       : split_by_bed(reference, options, left_out, result.skipped);
    return result;
}

}  // namespace dna_hnet::genome
