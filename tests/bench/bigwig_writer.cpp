// Time, size and memory of writing bigWig tracks, all of them open at once as in `score --tracks`.
//
//     bigwig_writer FOLDER [MEGABASES] [TRACKS]      default 10 5
//
// Values are like bits per base: 0 to about 4, in steps of 1/64. Prints one line.
#include <fmt/format.h>
#include <sys/resource.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "core/random.hpp"
#include "tracks/bigwig.hpp"

namespace {

using namespace dna_hnet;

constexpr std::int64_t kMegabase = 1'000'000, kPiece = 50'000;

std::vector<float> megabase() {
    Random random(1, 0);
    std::vector<float> values(kMegabase);
    for (float& value : values) {
        const double bits = -std::log2(0.06 + 0.94 * random.uniform());
        value = static_cast<float>(std::round(bits * 64) / 64);
    }
    return values;
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Of the processor: the machine may be busy.
double seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

void run(const std::filesystem::path& folder, std::int64_t megabases, int count) {
    const std::vector<float> values = megabase();
    const double memory = peak_megabytes(), start = seconds();
    std::vector<std::unique_ptr<tracks::BigWigWriter>> writers;
    const auto path = [&](int i) { return folder / fmt::format("track{}.bw", i); };
    for (int i = 0; i < count; ++i) {
        writers.push_back(std::make_unique<tracks::BigWigWriter>(
            path(i), std::vector<genome::Contig>{{"c", megabases * kMegabase, ""}}));
    }
    for (std::int64_t begin = 0; begin < megabases * kMegabase; begin += kPiece) {
        const auto from = values.begin() + begin % kMegabase;
        const std::vector<float> piece(from, from + kPiece);
        for (const auto& writer : writers) writer->add(0, begin, piece);
    }
    const double closing = seconds();
    for (const auto& writer : writers) writer->close();
    const double end = seconds();
    const auto size = static_cast<double>(std::filesystem::file_size(path(0)));
    fmt::print(
        "{} tracks of {} Mb: {:.2f} CPU seconds, of which {:.2f} in close(); {:.2f} bytes per "
        "base; "
        "peak memory grew by {:.1f} MB\n",
        count, megabases, end - start, end - closing,
        size / static_cast<double>(megabases * kMegabase), peak_megabytes() - memory);
    for (int i = 0; i < count; ++i) std::filesystem::remove(path(i));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: bigwig_writer FOLDER [MEGABASES] [TRACKS]\n");
        return 2;
    }
    run(argv[1], argc > 2 ? std::atoi(argv[2]) : 10, argc > 3 ? std::atoi(argv[3]) : 5);
    return 0;
}
