#include "tracks/zoom_levels.hpp"

#include <algorithm>
#include <string_view>

#include "tracks/little_endian.hpp"

namespace dna_hnet::tracks {
namespace {

constexpr std::size_t kRecordBytes = 32;

std::uint32_t end_of_window(std::uint32_t base, std::uint32_t width, std::uint32_t end) {
    const std::uint64_t edge = (std::uint64_t{base} / width + 1) * width;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(end, edge));
}

}  // namespace

ZoomLevels::ZoomLevels(BlockFile& file, std::uint32_t first_width) : file_(file) {
    for (Level& level : levels_) {
        level.width = first_width;
        first_width *= 4;
    }
}

// The open record of the window that `begin` lies in.
ZoomLevels::Record& ZoomLevels::window(std::size_t level, std::uint32_t contig,
                                       std::uint32_t begin) {
    Record& open = levels_[level].open;
    const std::uint32_t width = levels_[level].width;
    if (open.sums.bases > 0 && (open.contig != contig || open.begin / width != begin / width)) {
        finish_record(level);
    }
    if (open.sums.bases == 0) open = {contig, begin, begin, {}};
    return open;
}

void ZoomLevels::finish_record(std::size_t number) {
    Level& level = levels_[number];
    if (level.open.sums.bases == 0) return;
    const Record record = level.open;
    const ValueSums& sums = record.sums;
    level.open.sums = {};
    if (level.place.contig != record.contig) finish_block(level);
    if (level.block.empty()) level.place = {record.contig, record.begin, record.end, 0, 0};
    level.place.end = record.end;
    append_bytes(level.block, record.contig, record.begin, record.end,
                 static_cast<std::uint32_t>(sums.bases), static_cast<float>(sums.smallest),
                 static_cast<float>(sums.largest), static_cast<float>(sums.sum),
                 static_cast<float>(sums.sum_of_squares));
    ++level.records;
    if (level.block.size() == kZoomRecordsPerBlock * kRecordBytes) finish_block(level);
    if (number == 0) total_.add(sums);
    if (number + 1 < levels_.size()) {
        Record& above = window(number + 1, record.contig, record.begin);
        above.sums.add(sums);
        above.end = record.end;
    }
}

void ZoomLevels::finish_block(Level& level) {
    if (level.block.empty()) return;
    std::string piece;
    append_bytes(piece, level.place.contig, level.place.begin, level.place.end);
    file_.spill().append(level.blocks, piece + file_.pack(level.block));
    level.block.clear();
}

void ZoomLevels::add(std::uint32_t contig, std::uint32_t begin, const float* values,
                     std::size_t count) {
    const auto end = static_cast<std::uint32_t>(begin + count);
    while (begin < end) {
        Record& record = window(0, contig, begin);
        ValueSums& sums = record.sums;
        record.end = end_of_window(begin, levels_[0].width, end);
        if (sums.bases == 0) sums.smallest = sums.largest = *values;
        sums.bases += record.end - begin;
        for (; begin < record.end; ++begin, ++values) {
            const double value = *values;
            sums.smallest = std::min(sums.smallest, value);
            sums.largest = std::max(sums.largest, value);
            sums.sum += value;
            sums.sum_of_squares += value * value;
        }
    }
}

void ZoomLevels::add(std::uint32_t contig, std::uint32_t begin, std::uint32_t end, double value) {
    while (begin < end) {
        Record& record = window(0, contig, begin);
        record.end = end_of_window(begin, levels_[0].width, end);
        record.sums.add(record.end - begin, value);
        begin = record.end;
    }
}

void ZoomLevels::write() {
    for (std::size_t i = 0; i < levels_.size(); ++i) finish_record(i);
    constexpr std::size_t kPlaceBytes = 12;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
        Level& level = levels_[i];
        if (level.records == 0 || (i > 0 && level.records == levels_[i - 1].records)) return;
        finish_block(level);
        file_.start_zoom(level.width, level.records);
        file_.spill().for_each(level.blocks, [&](std::string_view piece) {
            const auto number = [&](std::size_t k) {
                return value_at<std::uint32_t>(piece, 4 * k);
            };
            file_.write_block({number(0), number(1), number(2), 0, 0}, piece.substr(kPlaceBytes));
        });
        file_.finish_zoom();
    }
}

}  // namespace dna_hnet::tracks
