#include <fmt/format.h>
#include <htslib/hts.h>

#include <algorithm>

#include "core/error.hpp"
#include "hts/indexed_fasta.hpp"

namespace dna_hnet::hts {
namespace {

int number_of_name(void* data, const char* name) {
    const auto& contigs = static_cast<const genome::Reference*>(data)->contigs();
    const auto found =
        std::find_if(contigs.begin(), contigs.end(),
                     [name](const genome::Contig& contig) { return contig.name == name; });
    return found == contigs.end() ? -1 : static_cast<int>(found - contigs.begin());
}

[[noreturn]] void fail_syntax(const std::string& text, const std::string& problem) {
    throw usage_error(fmt::format("region '{}': {}", text, problem),
                      "expected chr1, chr1:1000-2000, chr1:1000- or {name:with:colons}:1-10; "
                      "positions count from 1");
}

[[noreturn]] void fail_name(const genome::Reference& reference, const std::string& text) {
    if (!text.empty() && text[0] == '{') {
        const auto end = text.find('}');
        if (end == std::string::npos) fail_syntax(text, "'{' without '}'");
        genome::contig_index(reference,
                             text.substr(1, end - 1));  // throws: htslib did not find it either
        fail_syntax(text, "something stands between '}' and ':'");
    }
    const std::string name = text.substr(0, text.rfind(':'));
    if (name.empty()) fail_syntax(text, "no contig name");
    genome::contig_index(reference, name);
    // Both readings exist; htslib leaves the choice to the user.
    throw usage_error(
        fmt::format("region '{}' has two meanings: {} has contigs '{}' and '{}'", text,
                    reference.path(), name, text),
        fmt::format("write {{{}}} or {{{}}}{}", text, name, text.substr(name.size())));
}

// ":100", ":100-", ":100-200", or nothing: what stands behind the contig's name.
std::string_view range_of(const std::string& text, const std::string& name) {
    const std::size_t end = text[0] == '{' ? name.size() + 2 : name.size();
    return std::string_view(text).substr(std::min(end, text.size()));
}

// Position 0 becomes -1 or, without an end, the contig's start in htslib: both are refused.
bool begins_at_zero(std::string_view range) {
    std::string digits;
    for (const char letter : range.substr(0, range.find('-'))) {
        if (letter != ':' && letter != ',') digits += letter;
    }
    return !digits.empty() && digits.find_first_not_of('0') == std::string::npos;
}

}  // namespace

ParsedRegion parse_region(const genome::Reference& reference, const std::string& text) {
    int contig = -1;
    hts_pos_t begin = 0, end = 0;
    // htslib's callback takes a mutable pointer; number_of_name only reads.
    void* const data = const_cast<genome::Reference*>(&reference);
    const char* const rest =
        hts_parse_region(text.c_str(), &contig, &begin, &end, number_of_name, data, 0);
    if (!rest && contig < 0) fail_name(reference, text);
    const genome::Contig& found = reference.contigs()[static_cast<std::size_t>(contig)];
    const std::string_view range = range_of(text, found.name);
    if (begins_at_zero(range)) fail_syntax(text, "position 0");
    if (!rest && begin >= 0 && end > 0 && begin >= end) {
        fail_syntax(text, fmt::format("end {} is before begin {}", end, begin + 1));
    }
    if (!rest || *rest != '\0' || begin < 0) fail_syntax(text, "cannot read the range");

    ParsedRegion parsed;
    const bool open_end = end == HTS_POS_MAX;
    parsed.runs_to_end = open_end && range.size() > 1 && range.back() != '-';
    if (begin >= found.length && begin > 0) {
        throw input_error(fmt::format("{}: {}:{} begins past the contig's end ({})",
                                      reference.path(), found.name, begin + 1, found.length));
    }
    parsed.interval = {contig, begin, open_end ? found.length : end};
    genome::check_interval(reference, parsed.interval);
    return parsed;
}

}  // namespace dna_hnet::hts
