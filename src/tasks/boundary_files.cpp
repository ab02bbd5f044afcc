#include "tasks/boundary_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "genome/bed.hpp"
#include "tasks/settings.hpp"

namespace dna_hnet::tasks {
namespace {

constexpr float kNearHalf = 1e-5F;

using genome::Interval;
using genome::Strand;

// Hues of the palette of Okabe and Ito, which colour-blind readers tell apart: one per stage.
constexpr std::array<std::array<int, 3>, 4> kHues = {
    {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}}};
// How much white each tone has; ordered so that starts a few bases apart differ clearly.
constexpr std::array<double, 7> kWhite = {0.0, 0.36, 0.6, 0.12, 0.48, 0.24, 0.72};

std::string colour(std::int64_t stage, std::int64_t start) {
    const auto& hue = kHues[static_cast<std::size_t>(stage) % kHues.size()];
    const double white = kWhite[static_cast<std::size_t>(start % 7)];
    std::array<long, 3> rgb{};
    for (std::size_t i = 0; i < rgb.size(); ++i) {
        rgb[i] = std::lround(hue[i] + (255 - hue[i]) * white);
    }
    return fmt::format("{},{},{}", rgb[0], rgb[1], rgb[2]);
}

// Browsers show the comments as the names of the columns.
constexpr const char* kChunkAutoSql = R"sql(table chunks
"Chunks that an H-Net model learned"
(
    string chrom;      "Contig"
    uint chromStart;   "First base, 0-based"
    uint chromEnd;     "End, exclusive"
    string name;       "Stage and first base in reading direction, 1-based"
    uint score;        "round(1000 (2 p - 1))"
    char[1] strand;    "Reading direction"
    uint thickStart;   "As chromStart"
    uint thickEnd;     "As chromEnd"
    uint reserved;     "Colour: a tone of the stage's hue, by start mod 7"
    float probability; "The router's probability p of a boundary at the first base"
    uint length;       "Bases at stage 0, else chunks of the stage below"
    ubyte forced;      "1 for the first chunk of a segment, where p is set to 1"
    ubyte stage;       "Stage, 0 = chunks of bases"
)
)sql";

}  // namespace

BoundaryFormats BoundaryFormats::parse(const std::vector<std::string>& names) {
    BoundaryFormats formats{false, false, false};
    for (const std::string& name : names) {
        if (name == "bed") {
            formats.bed = true;
        } else if (name == "bigwig") {
            formats.bigwig = true;
        } else if (name == "bigbed") {
            formats.bigbed = true;
        } else {
            throw usage_error(
                fmt::format("--formats: got '{}', expected bed, bigwig and bigbed", name));
        }
    }
    return formats;
}

std::int64_t longest_contig(const std::vector<genome::Contig>& contigs) {
    std::int64_t length = 0;
    for (const auto& contig : contigs) length = std::max(length, contig.length);
    return length;
}

std::string chunk_line(const std::string& contig, const ChunkRow& row, std::int64_t stage,
                       Strand strand) {
    const auto score = std::lround(1000 * (2 * static_cast<double>(row.probability) - 1));
    return fmt::format("{0}\t{1}\t{2}\ts{3}_{4}\t{5}\t{6}\t{1}\t{2}\t{7}\t{8}\t{9}\t{10}\t{3}",
                       contig, row.place.begin, row.place.end, stage, row.first_base(strand) + 1,
                       score, strand == Strand::forward ? '+' : '-', colour(stage, row.place.begin),
                       row.probability, row.length, row.forced ? 1 : 0);
}

UniverseFile::UniverseFile(const std::string& prefix, const std::vector<genome::Contig>& contigs,
                           AtomicGroup* group)
    : contigs_(contigs),
      file_(prefix + ".universe.bed.gz", hts::TextWriter::Index::bed, longest_contig(contigs),
            group) {}

void UniverseFile::write(std::vector<Interval> universe, const Provenance& provenance) {
    const auto name = [&](const Interval& interval) -> const std::string& {
        return contigs_[static_cast<std::size_t>(interval.contig)].name;
    };
    std::stable_sort(universe.begin(), universe.end(), [&](const Interval& a, const Interval& b) {
        return a.contig != b.contig && name(a) < name(b);
    });
    file_.write(provenance.comment_lines());
    for (const Interval& interval : universe) {
        genome::require_row_name(name(interval));
        file_.write(fmt::format("{}\t{}\t{}\n", name(interval), interval.begin, interval.end));
    }
}

BoundaryFiles::BoundaryFiles(const std::string& stem, std::int64_t stage, Strand strand,
                             const BoundaryFormats& formats,
                             const std::vector<genome::Contig>& contigs,
                             const Provenance& provenance, AtomicGroup* group)
    : stage_(stage), strand_(strand), contigs_(contigs) {
    if (formats.bed) {
        bed_ = std::make_unique<hts::TextWriter>(
            stem + ".chunks.bed.gz", hts::TextWriter::Index::bed, longest_contig(contigs), group);
        bed_->write(provenance.comment_lines() + kChunkHeader);
    }
    if (formats.bigwig) {
        const std::string path = stem + ".probability.bw";
        bigwig_ = std::make_unique<tracks::BigWigWriter>(path, contigs, group);
        write_record(path, provenance, group);
    }
    if (formats.bigbed) {
        const std::string path = stem + ".chunks.bb";
        bigbed_ = std::make_unique<tracks::BigBedWriter>(
            path, contigs, tracks::BigBedFields{kChunkAutoSql, 13, 9}, group);
        write_record(path, provenance, group);
    }
}

void BoundaryFiles::add_chunk(const ChunkRow& row) {
    if (!bed_ && !bigbed_) return;
    const auto& name = contigs_[static_cast<std::size_t>(row.place.contig)].name;
    const std::string line = chunk_line(name, row, stage_, strand_);
    if (bed_) bed_->write(line + '\n');
    if (!bigbed_) return;
    std::size_t rest = 0;  // the fourth column
    for (int tabs = 0; tabs < 3; ++tabs) rest = line.find('\t', rest) + 1;
    bigbed_->add(row.place.contig, row.place.begin, row.place.end,
                 std::string_view(line).substr(rest));
}

void BoundaryFiles::add_probabilities(
    const Interval& yields, const std::vector<evaluate::SequenceValues::Boundary>& boundaries,
    const std::vector<Interval>& wanted) {
    if (!bigwig_) return;
    auto next = boundaries.begin();
    const auto first = std::partition_point(
        wanted.begin(), wanted.end(), [&](const Interval& i) { return i.end <= yields.begin; });
    for (auto i = first; i != wanted.end() && i->begin < yields.end; ++i) {
        const std::int64_t begin = std::max(i->begin, yields.begin);
        const std::int64_t end = std::min(i->end, yields.end);
        std::vector<float> values(static_cast<std::size_t>(end - begin),
                                  std::numeric_limits<float>::quiet_NaN());
        while (next != boundaries.end() && next->base < begin) ++next;
        for (; next != boundaries.end() && next->base < end; ++next) {
            values[static_cast<std::size_t>(next->base - begin)] = next->prob;
        }
        bigwig_->add(yields.contig, begin, values);
    }
}

void BoundaryFiles::close() {
    if (bed_) bed_->close();
    if (bigwig_) bigwig_->close();
    if (bigbed_) bigbed_->close();
}

std::int64_t near_half(const std::vector<evaluate::SequenceValues::Boundary>& boundaries,
                       const std::vector<Interval>& wanted) {
    std::int64_t count = 0;
    for (const auto& boundary : boundaries) {
        if (std::abs(boundary.prob - 0.5F) >= kNearHalf) continue;
        const auto place = std::partition_point(
            wanted.begin(), wanted.end(),
            [&](const Interval& interval) { return interval.end <= boundary.base; });
        count += place != wanted.end() && place->begin <= boundary.base ? 1 : 0;
    }
    return count;
}

}  // namespace dna_hnet::tasks
