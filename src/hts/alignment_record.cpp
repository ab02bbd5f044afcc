#include "hts/alignment_record.hpp"

#include <array>

namespace dna_hnet::hts {
namespace {

using genome::AlignedRead;
using genome::Base;

constexpr std::array<Base, 16> kBaseOfNibble = [] {
    std::array<Base, 16> bases{};
    bases.fill(genome::kN);
    bases[1] = genome::kA;
    bases[2] = genome::kC;
    bases[4] = genome::kG;
    bases[8] = genome::kT;
    return bases;
}();

// Appends base `i` of the record.
Base take_base(const bam1_t& record, int min_base_quality, std::int64_t i, AlignedRead& read) {
    const std::uint8_t* const qualities = bam_get_qual(&record);
    const bool low = qualities[0] != 0xFF && qualities[i] < min_base_quality;
    const Base base = low ? genome::kN : kBaseOfNibble[bam_seqi(bam_get_seq(&record), i)];
    read.masked += base == genome::kN ? 1 : 0;
    read.bases.push_back(base);
    return base;
}

}  // namespace

// Walks the alignment: bases, the blocks they cover, and the columns that face an N.
void take_aligned(const bam1_t& record, int min_base_quality, AlignedRead& read) {
    std::int64_t query = 0, place = record.core.pos;
    const auto take = [&](std::int64_t i) { return take_base(record, min_base_quality, i, read); };
    for (std::uint32_t i = 0; i < record.core.n_cigar; ++i) {
        const std::uint32_t element = bam_get_cigar(&record)[i];
        const std::int64_t length = bam_cigar_oplen(element);
        const int kind = bam_cigar_type(bam_cigar_op(element));  // 1: query, 2: reference
        if (kind == 3) {
            for (std::int64_t j = 0; j < length; ++j) {
                if (take(query + j) == genome::kN) read.masked_columns.push_back(place + j);
            }
        } else if (bam_cigar_op(element) == BAM_CINS) {
            for (std::int64_t j = 0; j < length; ++j) take(query + j);
        }
        if ((kind & 2) != 0 && bam_cigar_op(element) != BAM_CREF_SKIP && length > 0) {
            if (!read.blocks.empty() && read.blocks.back().end == place) {
                read.blocks.back().end += length;
            } else {
                read.blocks.push_back({read.place.contig, place, place + length});
            }
        }
        if ((kind & 1) != 0) query += length;
        if ((kind & 2) != 0) place += length;
    }
    read.place.end = place;
}

void take_unplaced(const bam1_t& record, int min_base_quality, AlignedRead& read) {
    read.place = {-1, 0, 0};
    read.blocks.clear();
    read.masked_columns.clear();
    read.bases.clear();
    read.masked = 0;
    for (std::int64_t i = 0; i < record.core.l_qseq; ++i) {
        take_base(record, min_base_quality, i, read);
    }
}

std::int64_t edit_distance(const bam1_t& record, const std::vector<Base>& span) {
    std::int64_t query = 0, place = 0, distance = 0;
    for (std::uint32_t i = 0; i < record.core.n_cigar; ++i) {
        const std::uint32_t element = bam_get_cigar(&record)[i];
        const auto operation = bam_cigar_op(element);
        const std::int64_t length = bam_cigar_oplen(element);
        const int kind = bam_cigar_type(operation);
        for (std::int64_t j = 0; kind == 3 && j < length; ++j) {
            const Base base = kBaseOfNibble[bam_seqi(bam_get_seq(&record), query + j)];
            const Base other = span[static_cast<std::size_t>(place + j)];
            distance += genome::is_acgt(base) && base == genome::base_code(other) ? 0 : 1;
        }
        if (operation == BAM_CINS || operation == BAM_CDEL) distance += length;
        if ((kind & 1) != 0) query += length;
        if ((kind & 2) != 0) place += length;
    }
    return distance;
}

}  // namespace dna_hnet::hts
