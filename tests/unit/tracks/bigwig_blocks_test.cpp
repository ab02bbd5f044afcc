// The blocks of a bigWig, their index, and what writing them takes.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <limits>

#include "sample_tracks.hpp"
#include "support/test.hpp"
#include "track_blocks.hpp"
#include "tracks/bigwig.hpp"
#include "tracks/bigwig_reader.hpp"
#include "tracks/track_file.hpp"

using namespace dna_hnet;
using test::kNaN;
using test::runs;
using test::same_bits;
using test::Track;
using test::value_at;
using test::write_track;
using tracks::BigWigReader;
using tracks::BigWigWriter;

namespace {

// As the library reads it.
Track read(const std::string& path) {
    BigWigReader reader(path);
    Track track;
    for (const auto& contig : reader.contigs()) {
        track.emplace_back(static_cast<std::size_t>(contig.length), kNaN);
    }
    for (BigWigReader::Run run; reader.next(run);) {
        std::copy(run.values.begin(), run.values.end(),
                  track[static_cast<std::size_t>(run.contig)].begin() + run.begin);
    }
    return track;
}

// Peak memory, in megabytes, of a process that writes one track.
double peak_of_writing(const std::string& path, std::int64_t bases) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            std::vector<float> piece(50000);
            for (std::size_t i = 0; i < piece.size(); ++i) {
                piece[i] = static_cast<float>(i % 8) / 4;
            }
            BigWigWriter writer(path, {{"c", bases, ""}});
            for (std::int64_t begin = 0; begin < bases;
                 begin += static_cast<std::int64_t>(piece.size())) {
                writer.add(0, begin, piece);
            }
            writer.close();
        } catch (...) {
            _exit(1);
        }
        _exit(0);
    }
    int status = 1;
    rusage usage{};
    REQUIRE(wait4(child, &status, 0, &usage) == child);
    REQUIRE(status == 0);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

TEST_CASE("bigWig: runs of every length are read back bit for bit, in whatever calls they came") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bw");
    Track track{runs(1, 200000),
                runs(2, 33),
                std::vector<float>(70, kNaN),
                runs(3, 150001),
                {kNaN, kNaN, 7}};
    track[0][0] = -0.f;
    track[0][1] = std::numeric_limits<float>::denorm_min();
    track[0][2] = std::numeric_limits<float>::max();
    const std::string file = write_track(path, track);
    CHECK(same_bits(read(path), track));
    for (const std::size_t piece : {1, 7, 1000, 2048}) {
        CHECK(write_track(folder.file("y.bw"), track, piece) == file);
    }
}

TEST_CASE("bigWig: short runs share blocks, long ones have a value per base") {
    test::TemporaryFolder folder;
    std::vector<float> sparse(30000, kNaN);
    for (std::size_t i = 0; i < sparse.size(); i += 3) sparse[i] = 1;
    const std::string file =
        write_track(folder.file("x.bw"), {sparse, std::vector<float>(5000, 1.f)});
    std::vector<std::pair<int, int>> kinds;  // and values
    for (const auto& block : test::blocks_of(file, value_at<std::uint64_t>(file, 24))) {
        kinds.emplace_back(block[20], value_at<std::uint16_t>(block, 22));
    }
    using Kinds = std::vector<std::pair<int, int>>;
    CHECK(
        kinds ==
        Kinds{
            {2, 2048}, {2, 2048}, {2, 2048}, {2, 2048}, {2, 1808}, {3, 2048}, {3, 2048}, {3, 904}});
    CHECK(value_at<std::uint64_t>(file, value_at<std::uint64_t>(file, 16)) == kinds.size());
}

TEST_CASE("bigWig: ten thousand contigs, of which most have one value or none") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bw");
    Track track(10000);
    for (std::size_t c = 0; c < track.size(); ++c) {
        track[c].assign(1 + c % 400, kNaN);
        if (c % 3 == 0) track[c].back() = static_cast<float>(c);  // in the last base alone
        if (c % 3 == 1) track[c].front() = static_cast<float>(c);
    }
    write_track(path, track);
    CHECK(same_bits(read(path), track));
    CHECK(tracks::read_track_file(path).contigs.size() == track.size());
    const BigWigReader reader(path);
    for (const std::size_t c : {0, 1, 2, 255, 256, 5000, 9998, 9999}) {
        CAPTURE(c);
        CHECK(same_bits(reader.values(reader.contigs()[c].name, 0, reader.contigs()[c].length),
                        track[c]));
    }
}

TEST_CASE("bigWig: intervals are found in an index of three levels") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bw");
    // More than 256 * 256 blocks: runs of 32 values have one each.
    Track track{std::vector<float>(1'500'000), std::vector<float>(5), std::vector<float>(900'000)};
    for (auto& values : track) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = i % 33 == 32 ? kNaN : static_cast<float>(i % 1000);
        }
    }
    const std::string file = write_track(path, track);
    CHECK(test::leaves_of(file, value_at<std::uint64_t>(file, 24)).size() > 65536);
    const BigWigReader reader(path);
    Random random(1, 0);
    for (int i = 0; i < 300; ++i) {
        const std::size_t c = random.below(3);
        const std::size_t begin = random.below(track[c].size());
        const std::size_t end =
            begin + random.below(std::min<std::size_t>(track[c].size() - begin, 300) + 1);
        const auto from = track[c].begin();
        const bool same = same_bits(
            reader.values(reader.contigs()[c].name, static_cast<std::int64_t>(begin),
                          static_cast<std::int64_t>(end)),
            {from + static_cast<std::ptrdiff_t>(begin), from + static_cast<std::ptrdiff_t>(end)});
        if (!same) FAIL("contig " << c << ": [" << begin << ", " << end << ")");
    }
}

TEST_CASE("bigWig: the longest contig, to its last base") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bw");
    constexpr std::int64_t kLength = 4294967295;
    BigWigWriter writer(path, {{"c", kLength, ""}});
    writer.add(0, 5, {1});
    writer.add(0, kLength - 40, std::vector<float>(40, 2.f));
    writer.close();
    const auto values = BigWigReader(path).values("c", kLength - 41, kLength);
    CHECK((std::isnan(values[0]) && values[1] == 2 && values[40] == 2));
    for (const test::Zoom& zoom : test::zooms_of(read_file(path))) {
        CHECK(zoom.records.front().begin == 5);
        CHECK(zoom.records.back().end == kLength);
        CHECK(zoom.records.back().sum > 0);
    }
}

TEST_CASE("bigWig on a full disk: an error and no file, wherever it strikes") {
    test::TemporaryFolder folder;
    const Track track{runs(6, 60000)};
    const auto size = static_cast<std::int64_t>(write_track(folder.file("x.bw"), track).size());
    std::filesystem::remove(folder.file("x.bw"));
    for (std::int64_t bytes = 0; bytes < size; bytes += 1 + size / 40) {
        CAPTURE(bytes);
        const Error error = test::error_of([&] {
            fail_writes_after(bytes);
            write_track(folder.file("x.bw"), track);
        });
        fail_writes_after(-1);
        CHECK(error.kind() == ErrorKind::run_failed);
        CHECK(test::contains(error.what(), "x.bw: cannot write"));
        CHECK(std::filesystem::is_empty(folder.path()));
    }
}

TEST_CASE("bigWig: zoom levels that do not fit the disk are an error with the track's name") {
    test::TemporaryFolder folder;
    const std::string path = folder.file("x.bw");
    BigWigWriter writer(path, {{"c", 10'000'000, ""}});
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{50'000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    // Equal values take less space than their zoom levels.
    const Error error = test::error_of([&] { writer.add(0, 0, std::vector<float>(10'000'000)); });
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK(error.kind() == ErrorKind::run_failed);
    CHECK(test::contains(error.what(), "the index and zoom levels of " + path));
}

TEST_CASE("bigWig: twenty megabases take the memory of one") {
#ifdef __SANITIZE_ADDRESS__
    DNA_HNET_SKIP("the address sanitizer keeps freed memory");
#endif
    test::TemporaryFolder folder;
    const double one = peak_of_writing(folder.file("x.bw"), 1'000'000);
    const double twenty = peak_of_writing(folder.file("x.bw"), 20'000'000);
    INFO(one << " MB, " << twenty << " MB");
    CHECK(twenty - one < 4);
}
