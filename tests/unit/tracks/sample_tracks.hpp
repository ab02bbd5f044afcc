#pragma once
// Tracks of values for tests of bigWig files.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "core/atomic_file.hpp"
#include "core/random.hpp"
#include "tracks/bigwig.hpp"

namespace dna_hnet::test {

inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// By contig in C order: one value per base.
using Track = std::vector<std::vector<float>>;

inline std::vector<genome::Contig> contigs_of(const Track& track) {
    std::vector<genome::Contig> contigs;
    for (std::size_t i = 0; i < track.size(); ++i) {
        contigs.push_back(
            {std::to_string(100000 + i), static_cast<std::int64_t>(track[i].size()), ""});
    }
    return contigs;
}

// The file's bytes. In calls of `piece` values at most.
inline std::string write_track(const std::string& path, const Track& track,
                               std::size_t piece = 1 << 20) {
    tracks::BigWigWriter writer(path, contigs_of(track));
    for (std::size_t c = 0; c < track.size(); ++c) {
        for (std::size_t i = 0; i < track[c].size(); i += piece) {
            const auto from = track[c].begin() + static_cast<std::ptrdiff_t>(i);
            const std::size_t count = std::min(piece, track[c].size() - i);
            writer.add(static_cast<std::int64_t>(c), static_cast<std::int64_t>(i),
                       {from, from + static_cast<std::ptrdiff_t>(count)});
        }
    }
    writer.close();
    return read_file(path);
}

// Runs of any length, also of those at which something changes, and gaps between them.
inline std::vector<float> runs(std::uint64_t seed, std::size_t length) {
    constexpr std::size_t kLengths[] = {1, 2, 31, 32, 33, 2016, 2047, 2048, 2049, 4096, 5000};
    Random random(seed, 0);
    std::vector<float> values;
    while (values.size() < length) {
        const std::size_t run =
            random.chance(0.3) ? kLengths[random.below(std::size(kLengths))] : 1 + random.below(40);
        for (std::size_t i = 0; i < run; ++i) {
            values.push_back(static_cast<float>(random.normal() * 3));
        }
        values.insert(values.end(), random.chance(0.9) ? 1 + random.below(5) : 3000, kNaN);
    }
    values.resize(length);
    return values;
}

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::isnan(a[i]) ? !std::isnan(b[i]) : std::memcmp(&a[i], &b[i], sizeof(float)) != 0) {
            return false;
        }
    }
    return true;
}

inline bool same_bits(const Track& a, const Track& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return same_bits(x, y); });
}

}  // namespace dna_hnet::test
