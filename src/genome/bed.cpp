#include "genome/bed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "core/error.hpp"
#include "core/split.hpp"

namespace dna_hnet::genome {
namespace {

constexpr std::string_view kBlanks = " \t";

bool is_header(std::string_view line, std::string_view word) {
    return line.substr(0, word.size()) == word &&
           (line.size() == word.size() ||
            kBlanks.find(line[word.size()]) != std::string_view::npos);
}

std::vector<std::string_view> split_fields(std::string_view line) {
    if (line.find('\t') != std::string_view::npos) return split(line, '\t');
    std::vector<std::string_view> fields;
    for (std::size_t begin = line.find_first_not_of(' '); begin != std::string_view::npos;) {
        const std::size_t end = std::min(line.find(' ', begin), line.size());
        fields.push_back(line.substr(begin, end - begin));
        begin = line.find_first_not_of(' ', end);
    }
    return fields;
}

std::int64_t coordinate(std::string_view text, std::string_view what, std::string_view place,
                        std::int64_t line) {
    std::int64_t value = 0;
    const auto [rest, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc() || rest != text.data() + text.size() || value < 0) {
        throw input_error(
            fmt::format("{}:{}: {} '{}' is not a coordinate, expected a whole number from 0 on",
                        place, line, what, text));
    }
    return value;
}

// Whether readers pass over `line`: blank, # first, or the word track or browser.
bool is_bed_comment(std::string_view line) {
    return line.find_first_not_of(kBlanks) == std::string_view::npos || line[0] == '#' ||
           is_header(line, "track") || is_header(line, "browser");
}

}  // namespace

bool BedParser::parse_line(std::string_view line, BedRecord& record) {
    ++line_;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (is_bed_comment(line)) return false;
    const std::vector<std::string_view> fields = split_fields(line);
    const auto count = static_cast<std::int64_t>(fields.size());
    if (count < 3) {
        throw input_error(
            fmt::format("{}:{}: {} column{}, expected at least 3 (contig, begin, end)", place_,
                        line_, count, count == 1 ? "" : "s"));
    }
    if (columns_ == 0) columns_ = count;
    if (count != columns_) {
        throw input_error(fmt::format("{}:{}: {} columns, expected {} as in the first record",
                                      place_, line_, count, columns_));
    }
    if (fields[0].empty())
        throw input_error(fmt::format("{}:{}: the contig name is empty", place_, line_));
    record = BedRecord{};
    record.line = line_;
    record.contig = fields[0];
    record.begin = coordinate(fields[1], "begin", place_, line_);
    record.end = coordinate(fields[2], "end", place_, line_);
    if (record.end < record.begin) {
        throw input_error(fmt::format("{}:{}: end {} is before begin {}", place_, line_, record.end,
                                      record.begin));
    }
    if (count > 3) record.name = fields[3];
    if (count > 4) record.score = fields[4];
    if (count > 5) {
        if (fields[5] != "+" && fields[5] != "-" && fields[5] != ".") {
            throw input_error(
                fmt::format("{}:{}: strand '{}', expected +, - or .", place_, line_, fields[5]));
        }
        record.strand = fields[5][0];
    }
    for (std::size_t i = 6; i < fields.size(); ++i) record.rest.emplace_back(fields[i]);
    return true;
}

namespace {

Interval interval_on(const BedRecord& record, std::int64_t number, const Reference& reference,
                     std::string_view place) {
    const Contig& contig = reference.contigs()[static_cast<std::size_t>(number)];
    if (record.end > contig.length) {
        throw input_error(fmt::format("{}:{}: end {} is past the end of {} ({}) in {}", place,
                                      record.line, record.end, contig.name, contig.length,
                                      reference.path()));
    }
    return {number, record.begin, record.end};
}

[[noreturn]] void fail_at(const BedRecord& record, std::string_view place, const Error& error) {
    throw Error(error.kind(), fmt::format("{}:{}: {}", place, record.line, error.what()),
                error.hint());
}

}  // namespace

Interval resolve(const BedRecord& record, const Reference& reference, std::string_view place) {
    std::int64_t number = 0;
    try {
        number = contig_index(reference, record.contig);
    } catch (const Error& error) {
        fail_at(record, place, error);
    }
    return interval_on(record, number, reference, place);
}

Interval resolve(const BedRecord& record, const ContigTable& contigs, std::string_view place) {
    std::int64_t number = 0;
    try {
        number = contigs.index(record.contig);
    } catch (const Error& error) {
        fail_at(record, place, error);
    }
    return interval_on(record, number, contigs.reference(), place);
}

void require_row_name(const std::string& contig) {
    if (!is_bed_comment(contig)) return;
    throw input_error(fmt::format("contig '{}': readers of BED take its rows for comments", contig),
                      "leave the contig out (-r, -R), or rename it");
}

void require_sorted(const std::vector<BedRecord>& records, std::string_view place) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const BedRecord& record = records[i];
        if (i == 0 || record.contig != records[i - 1].contig) {
            if (!seen.insert(record.contig).second) {
                throw input_error(
                    fmt::format("{}:{}: {} comes back after another contig: not sorted", place,
                                record.line, record.contig),
                    "sort the file: sort -k1,1 -k2,2n");
            }
        } else if (record.begin < records[i - 1].begin) {
            throw input_error(
                fmt::format("{}:{}: begin {} is before the previous record's {}: not sorted", place,
                            record.line, record.begin, records[i - 1].begin),
                "sort the file: sort -k1,1 -k2,2n");
        }
    }
}

}  // namespace dna_hnet::genome
