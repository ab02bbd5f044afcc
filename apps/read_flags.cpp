#include "read_flags.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "hts/alignment_file.hpp"

namespace dna_hnet::apps {
namespace {

void in_range(const char* option, int value, int most) {
    if (value >= 0 && value <= most) return;
    throw usage_error(fmt::format("{}: got {}, expected 0 to {}", option, value, most));
}

}  // namespace

void ReadFlags::add_to(CLI::App& command) {
    command.add_option("--reads", files, "SAM, BAM or CRAM aligned to -f; may be given again")
        ->allow_extra_args(false);
    command
        .add_option("--min-base-quality", filter.min_base_quality, "bases of reads below it are N")
        ->capture_default_str();
    command
        .add_option("--min-mapping-quality", filter.min_mapping_quality,
                    "reads below it are left out")
        ->capture_default_str();
    command
        .add_option("--exclude-flags", filter.excluded_flags,
                    "reads with any of these SAM flags are left out (3844: unmapped, secondary, "
                    "failed quality, duplicate, supplementary)")
        ->capture_default_str();
}

std::vector<std::unique_ptr<genome::ReadSource>> ReadFlags::open(
    const genome::Reference& reference, const std::optional<std::vector<genome::Interval>>& regions,
    bool unplaced) const {
    in_range("--min-base-quality", filter.min_base_quality, 93);
    in_range("--min-mapping-quality", filter.min_mapping_quality, 255);
    if ((filter.excluded_flags & genome::ReadFilter::kUnmapped) == 0) {
        throw usage_error(fmt::format(
            "--exclude-flags: got {}, expected unmapped reads (4) to be left out: they have no "
            "place on the reference",
            filter.excluded_flags));
    }
    genome::ReadFilter chosen = filter;
    chosen.unplaced = unplaced;
    if (unplaced) {
        chosen.excluded_flags =
            static_cast<std::uint16_t>(chosen.excluded_flags & ~genome::ReadFilter::kUnmapped);
    }
    std::vector<std::unique_ptr<genome::ReadSource>> sources;
    for (const std::string& file : files) {
        sources.push_back(hts::AlignmentFile::open(file, reference, chosen, regions));
    }
    return sources;
}

}  // namespace dna_hnet::apps
