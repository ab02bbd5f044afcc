#include "tasks/base_classes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/error.hpp"
#include "core/log.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;

constexpr std::int64_t kPiece = 1 << 20;

// The soft-masked stretches of a contig.
std::vector<Interval> soft_masked(genome::Reference& reference, std::int64_t contig) {
    const std::int64_t length = reference.contigs()[static_cast<std::size_t>(contig)].length;
    std::vector<Interval> stretches;
    for (std::int64_t begin = 0; begin < length; begin += kPiece) {
        const auto bases = reference.fetch({contig, begin, std::min(begin + kPiece, length)});
        for (std::size_t i = 0; i < bases.size(); ++i) {
            if (!genome::is_soft_masked(bases[i])) continue;
            const std::int64_t place = begin + static_cast<std::int64_t>(i);
            if (!stretches.empty() && stretches.back().end == place) {
                ++stretches.back().end;
            } else {
                stretches.push_back({contig, place, place + 1});
            }
        }
    }
    return stretches;
}

BaseClass same_on_both(const std::string& name, std::vector<Interval> intervals) {
    intervals = genome::merged(std::move(intervals));
    return {name, intervals, intervals, true};
}

}  // namespace

std::vector<BaseClass> case_classes(genome::Reference& reference,
                                    const std::vector<Interval>& universe,
                                    std::vector<std::string>& without_case) {
    std::vector<Interval> masked, covered;
    std::int64_t contig = -1, with_case = 0;
    bool has_case = false;
    for (const Interval& interval : universe) {
        if (interval.contig != contig) {
            contig = interval.contig;
            const auto& [name, length, md5] = reference.contigs()[static_cast<std::size_t>(contig)];
            const auto stretches = soft_masked(reference, contig);
            has_case = static_cast<double>(genome::total_length(stretches)) >=
                       kLeastSoftMasked * static_cast<double>(length);
            if (has_case) {
                masked.insert(masked.end(), stretches.begin(), stretches.end());
                ++with_case;
            } else {
                without_case.push_back(name);
            }
        }
        if (has_case) covered.push_back(interval);
    }
    BaseClass unique = same_on_both("unique", genome::difference(covered, masked));
    BaseClass softmasked = same_on_both("softmasked", genome::intersection(covered, masked));
    unique.known = softmasked.known = with_case > 0;
    return {unique, softmasked};
}

std::vector<BaseClass> bed_class(const std::string& name,
                                 const std::vector<genome::BedRecord>& records,
                                 std::string_view place, const genome::Reference& reference) {
    genome::require_sorted(records, place);
    const genome::ContigTable contigs(reference);
    std::vector<Interval> all, plus, minus;
    for (const genome::BedRecord& record : records) {
        const Interval interval = genome::resolve(record, contigs, place);
        all.push_back(interval);
        if (record.strand == '+') plus.push_back(interval);
        if (record.strand == '-') minus.push_back(interval);
    }
    std::vector<BaseClass> classes{same_on_both(name, std::move(all))};
    if (plus.empty() && minus.empty()) return classes;
    plus = genome::merged(std::move(plus));
    minus = genome::merged(std::move(minus));
    classes.push_back({name + ":sense", plus, minus, true});
    classes.push_back({name + ":antisense", minus, plus, true});
    return classes;
}

std::vector<BaseClass> table_classes(genome::Reference& reference,
                                     const std::vector<Interval>& universe,
                                     const std::vector<BaseClass>& own) {
    std::vector<std::string> without_case;
    std::vector<BaseClass> classes = case_classes(reference, universe, without_case);
    if (!without_case.empty()) {
        log_warning(
            fmt::format("{}: less than 1 % lower case in {}: in neither class unique nor "
                        "softmasked",
                        reference.path(), fmt::join(without_case, ", ")));
    }
    classes.insert(classes.end(), own.begin(), own.end());
    return classes;
}

void warn_of_empty_classes(const std::vector<BaseClass>& classes,
                           const std::optional<std::vector<Interval>>& regions,
                           const std::vector<genome::Strand>& strands) {
    const auto bases = [&](const std::vector<Interval>& intervals) {
        return genome::total_length(regions ? genome::intersection(intervals, *regions)
                                            : intervals);
    };
    for (const BaseClass& klass : classes) {
        const bool empty = std::all_of(strands.begin(), strands.end(), [&](genome::Strand strand) {
            return bases(klass.on(strand)) == 0;
        });
        if (!empty) continue;
        log_warning(fmt::format("class {}: no base of it lies in the regions: its rows are NA",
                                klass.name));
    }
}

void require_bases(const std::vector<Interval>& universe, std::int64_t asked,
                   const genome::Reference& reference) {
    if (genome::total_length(universe) > 0) return;
    throw input_error(fmt::format("{}: no base to read: the contigs or regions asked for hold {}",
                                  reference.path(), asked > 0 ? "only gaps of N" : "not one base"));
}

NamedFiles parse_named_files(const std::string& option, const std::vector<std::string>& texts) {
    NamedFiles files;
    std::set<std::string> names;
    for (const std::string& text : texts) {
        const auto equals = text.find('=');
        const std::string name = text.substr(0, equals);
        if (equals == std::string::npos || name.empty() || equals + 1 == text.size()) {
            throw usage_error(fmt::format("{}: got '{}', expected NAME=FILE", option, text));
        }
        if (name.find_first_of(":\t\r\n") != std::string::npos) {
            throw usage_error(fmt::format(
                "{}: got the name '{}', expected one without tabs and colons", option, name));
        }
        if (!names.insert(name).second) {
            throw usage_error(fmt::format("{}: the name {} is given twice", option, name));
        }
        files.emplace_back(name, text.substr(equals + 1));
    }
    return files;
}

NamedFiles parse_class_options(const std::vector<std::string>& texts) {
    NamedFiles classes = parse_named_files("--class", texts);
    for (const auto& [name, path] : classes) {
        if (name == "all" || name == "unique" || name == "softmasked") {
            throw usage_error(fmt::format("--class: '{}' is a class of its own already", name));
        }
        if (name.find(' ') != std::string::npos) {
            throw usage_error(
                fmt::format("--class: got the name '{}', expected one without blanks", name));
        }
    }
    return classes;
}

}  // namespace dna_hnet::tasks
