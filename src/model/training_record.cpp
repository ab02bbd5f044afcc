#include "model/training_record.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <unordered_map>

#include "core/error.hpp"
#include "core/json_reader.hpp"

namespace dna_hnet::model {
namespace {

using Json = nlohmann::json;
constexpr std::int64_t kFormat = 1;

struct NamedSplit {
    const char* name;
    std::vector<genome::Interval> genome::SplitTable::*intervals;
};
constexpr NamedSplit kSplits[] = {{"train", &genome::SplitTable::train},
                                  {"valid", &genome::SplitTable::valid},
                                  {"test", &genome::SplitTable::test}};

const Json& list_of(JsonReader& reader, const std::string& key) {
    const Json& value = reader.raw(key);
    if (!value.is_array()) reader.fail(key, "a list");
    return value;
}

std::vector<genome::Contig> parse_contigs(JsonReader& reader, const std::string& place) {
    std::vector<genome::Contig> contigs;
    for (const Json& item : list_of(reader, "contigs")) {
        JsonReader row(item, fmt::format("{}: reference.contigs[{}]", place, contigs.size()));
        genome::Contig contig{row.get<std::string>("name"), row.get<std::int64_t>("length"),
                              row.get_or<std::string>("md5", "")};
        if (contig.length < 0) row.fail("length", "a length");
        row.finish();
        contigs.push_back(std::move(contig));
    }
    return contigs;
}

std::vector<genome::Interval> parse_intervals(
    const Json& list, const std::string& place, const std::vector<genome::Contig>& contigs,
    const std::unordered_map<std::string, std::int64_t>& numbers) {
    std::vector<genome::Interval> intervals;
    for (const Json& item : list) {
        const std::string here = fmt::format("{}[{}]", place, intervals.size());
        if (!item.is_array() || item.size() != 3 || !item[0].is_string() ||
            !item[1].is_number_integer() || !item[2].is_number_integer()) {
            throw input_error(
                fmt::format("{}: got {}, expected [contig, begin, end]", here, item.dump()));
        }
        const auto found = numbers.find(item[0].get<std::string>());
        if (found == numbers.end()) {
            throw input_error(
                fmt::format("{}: contig {} is not in reference.contigs", here, item[0].dump()));
        }
        const genome::Interval interval{found->second, item[1].get<std::int64_t>(),
                                        item[2].get<std::int64_t>()};
        const std::int64_t length = contigs[static_cast<std::size_t>(interval.contig)].length;
        if (interval.begin < 0 || interval.begin >= interval.end || interval.end > length) {
            throw input_error(fmt::format("{}: got {}, expected 0 <= begin < end <= {}", here,
                                          item.dump(), length));
        }
        intervals.push_back(interval);
    }
    return genome::merged(std::move(intervals));
}

}  // namespace

Json record_to_json(const TrainingRecord& record) {
    Json contigs = Json::array(), splits;
    for (const auto& contig : record.contigs) {
        contigs.push_back({{"name", contig.name}, {"length", contig.length}, {"md5", contig.md5}});
    }
    for (const NamedSplit& split : kSplits) {
        Json rows = Json::array();
        for (const auto& interval : record.splits.*split.intervals) {
            const auto& name = record.contigs.at(static_cast<std::size_t>(interval.contig)).name;
            rows.push_back(Json::array({name, interval.begin, interval.end}));
        }
        splits[split.name] = std::move(rows);
    }
    const bool evaluated = std::isfinite(record.valid_bits_per_base);
    return {{"format", kFormat},
            {"step", record.step},
            {"bases_seen", record.bases_seen},
            {"valid_bits_per_base", evaluated ? Json(record.valid_bits_per_base) : Json()},
            {"reference",
             {{"fingerprint", record.reference_fingerprint}, {"contigs", std::move(contigs)}}},
            {"splits", std::move(splits)}};
}

TrainingRecord parse_record(const Json& json, const std::string& place) {
    JsonReader root(json, place);
    if (root.get<std::int64_t>("format") != kFormat) root.fail("format", std::to_string(kFormat));
    TrainingRecord record;
    record.step = root.get<std::int64_t>("step");
    if (record.step < 0) root.fail("step", "a number of steps");
    record.bases_seen = root.get<std::int64_t>("bases_seen");
    if (record.bases_seen < 0) root.fail("bases_seen", "a number of bases");
    record.valid_bits_per_base = root.raw("valid_bits_per_base").is_null()
                                     ? std::numeric_limits<double>::quiet_NaN()
                                     : root.get<double>("valid_bits_per_base");
    JsonReader reference = root.object("reference");
    record.reference_fingerprint = reference.get<std::string>("fingerprint");
    record.contigs = parse_contigs(reference, place);
    reference.finish();
    std::unordered_map<std::string, std::int64_t> numbers;
    for (std::size_t i = 0; i < record.contigs.size(); ++i) {
        if (!numbers.emplace(record.contigs[i].name, static_cast<std::int64_t>(i)).second) {
            throw input_error(
                fmt::format("{}: contig {} stands twice", place, record.contigs[i].name));
        }
    }
    JsonReader splits = root.object("splits");
    for (const NamedSplit& split : kSplits) {
        record.splits.*split.intervals = parse_intervals(
            list_of(splits, split.name), fmt::format("{}: splits.{}", place, split.name),
            record.contigs, numbers);
    }
    splits.finish();
    root.raw("training");  // the trainer's own
    root.finish();
    return record;
}

genome::SplitTable TrainingRecord::splits_for(const genome::Reference& reference,
                                              std::vector<std::string>& unmatched) const {
    std::unordered_map<std::string, std::int64_t> numbers;
    const auto& theirs = reference.contigs();
    for (std::size_t i = 0; i < theirs.size(); ++i)
        numbers.emplace(theirs[i].name, static_cast<std::int64_t>(i));
    std::vector<std::int64_t> target(contigs.size(), -1);
    for (std::size_t i = 0; i < contigs.size(); ++i) {
        auto found = numbers.find(contigs[i].name);
        // Trained on LABEL#contig: the genome alone has no label.
        if (found == numbers.end()) {
            found = numbers.find(contigs[i].name.substr(contigs[i].name.rfind('#') + 1));
        }
        if (found == numbers.end()) continue;
        const auto& other = theirs[static_cast<std::size_t>(found->second)];
        const bool same_md5 =
            contigs[i].md5.empty() || other.md5.empty() || contigs[i].md5 == other.md5;
        if (other.length == contigs[i].length && same_md5) target[i] = found->second;
    }
    std::vector<bool> named(contigs.size(), false);
    genome::SplitTable table;
    for (const NamedSplit& split : kSplits) {
        std::vector<genome::Interval> mapped;
        for (const auto& interval : splits.*split.intervals) {
            const auto contig = static_cast<std::size_t>(interval.contig);
            if (target[contig] >= 0) {
                mapped.push_back({target[contig], interval.begin, interval.end});
            } else if (!named[contig]) {
                named[contig] = true;
                unmatched.push_back(contigs[contig].name);
            }
        }
        table.*split.intervals = genome::merged(std::move(mapped));
    }
    return table;
}

}  // namespace dna_hnet::model
