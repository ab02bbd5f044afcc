#include "genome/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>

#include "core/digest.hpp"
#include "core/error.hpp"

namespace dna_hnet::genome {
namespace {

// One spelling for names that people mix up: label, case, "chr" in front and MT for M do not count.
std::string folded_name(std::string_view name) {
    if (const auto label = name.rfind('#'); label != std::string_view::npos)
        name.remove_prefix(label + 1);
    std::string text;
    for (const char letter : name)
        text += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    if (text.rfind("chr", 0) == 0) text.erase(0, 3);
    return text == "mt" ? "m" : text;
}

// Levenshtein distance.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

std::string closest_name(const std::vector<Contig>& contigs, std::string_view name) {
    const std::string folded = folded_name(name);
    std::size_t best = std::numeric_limits<std::size_t>::max();
    std::string closest;
    for (const Contig& contig : contigs) {
        const std::string other = folded_name(contig.name);
        const std::size_t distance = other == folded ? 0 : 1 + edit_distance(other, folded);
        if (distance < best) {
            best = distance;
            closest = contig.name;
        }
        if (best == 0) break;
    }
    return closest;
}

[[noreturn]] void fail_unknown(const Reference& reference, std::string_view name) {
    if (reference.contigs().empty()) {
        throw input_error(
            fmt::format("{}: no contig '{}': there are no contigs", reference.path(), name));
    }
    throw input_error(fmt::format("{}: no contig '{}': the FASTA has '{}', not '{}'",
                                  reference.path(), name, closest_name(reference.contigs(), name),
                                  name));
}

}  // namespace

std::vector<Base> Reference::fetch(const Interval& interval) {
    check_interval(*this, interval);
    std::vector<Base> bases(static_cast<std::size_t>(interval.length()));
    fetch_into(interval, bases.data());
    return bases;
}

std::int64_t contig_index(const Reference& reference, std::string_view name) {
    const std::vector<Contig>& contigs = reference.contigs();
    for (std::size_t i = 0; i < contigs.size(); ++i) {
        if (contigs[i].name == name) return static_cast<std::int64_t>(i);
    }
    fail_unknown(reference, name);
}

ContigTable::ContigTable(const Reference& reference) : reference_(&reference) {
    const std::vector<Contig>& contigs = reference.contigs();
    for (std::size_t i = 0; i < contigs.size(); ++i) {
        numbers_.emplace(contigs[i].name, static_cast<std::int64_t>(i));
    }
}

std::int64_t ContigTable::find(const std::string& name) const {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? -1 : found->second;
}

std::int64_t ContigTable::index(const std::string& name) const {
    const std::int64_t number = find(name);
    if (number < 0) fail_unknown(*reference_, name);
    return number;
}

void check_interval(const Reference& reference, const Interval& interval) {
    const std::vector<Contig>& contigs = reference.contigs();
    if (interval.contig < 0 || interval.contig >= static_cast<std::int64_t>(contigs.size())) {
        throw input_error(fmt::format("{}: contig number {}, expected 0 to {}", reference.path(),
                                      interval.contig,
                                      static_cast<std::int64_t>(contigs.size()) - 1));
    }
    const std::int64_t length = contigs[static_cast<std::size_t>(interval.contig)].length;
    std::string problem;
    if (interval.begin < 0) {
        problem = "begins before the contig's start";
    } else if (interval.end < interval.begin) {
        problem = "ends before it begins";
    } else if (interval.begin > length) {
        problem = fmt::format("begins past the contig's end ({})", length);
    } else if (interval.end > length) {
        problem = fmt::format("ends past the contig's end ({})", length);
    } else {
        return;
    }
    throw input_error(
        fmt::format("{}: {} {}", reference.path(), region_text(reference, interval), problem));
}

std::string region_text(const Reference& reference, const Interval& interval) {
    return fmt::format("{}:{}-{}",
                       reference.contigs().at(static_cast<std::size_t>(interval.contig)).name,
                       interval.begin + 1, interval.end);
}

std::string reference_fingerprint(const std::vector<Contig>& contigs) {
    Digest names(Digest::Kind::sha256), md5s(Digest::Kind::sha256);
    bool all_known = true;
    for (const Contig& contig : contigs) {
        const std::string row = fmt::format("{}\t{}\n", contig.name, contig.length);
        names.update(row.data(), row.size());
        md5s.update(contig.md5.data(), contig.md5.size());
        all_known = all_known && !contig.md5.empty();
    }
    return all_known ? names.hex() + "." + md5s.hex() : names.hex();
}

bool same_reference(std::string_view a, std::string_view b) {
    const auto parts = [](std::string_view text) {
        const auto dot = std::min(text.find('.'), text.size());
        return std::pair(text.substr(0, dot), text.substr(dot));
    };
    const auto [names, md5s] = parts(a);
    const auto [other_names, other_md5s] = parts(b);
    return names == other_names && (md5s.empty() || other_md5s.empty() || md5s == other_md5s);
}

}  // namespace dna_hnet::genome
