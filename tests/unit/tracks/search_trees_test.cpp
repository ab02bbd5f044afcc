#include "tracks/search_trees.hpp"

#include "support/test.hpp"
#include "track_blocks.hpp"

using namespace dna_hnet;
using tracks::DataBlock;
using tracks::PieceSpill;

TEST_CASE("the data tree lists its blocks, however many levels they take") {
    constexpr std::uint64_t kOffset = 1000;
    PieceSpill spill("a test");
    tracks::DataTree tree(spill);  // of every count in turn: it is empty once it is written
    for (const std::uint32_t count : {0u, 1u, 255u, 256u, 257u, 65536u, 65537u, 70000u}) {
        CAPTURE(count);
        std::vector<DataBlock> blocks;
        for (std::uint32_t i = 0; i < count; ++i) {
            // Three contigs; blocks may reach over the begin of those behind them.
            blocks.push_back({i * 3 / count, i * 10, i * 10 + 5 + i % 300, i * 7u, i + 1});
            tree.add(blocks.back());
        }
        std::string file(kOffset, '\0');
        tree.write(kOffset, 512, [&](std::string_view part) { file += part; });
        const auto leaves = test::leaves_of(file, kOffset);
        const bool same =
            std::equal(leaves.begin(), leaves.end(), blocks.begin(), blocks.end(),
                       [](const DataBlock& a, const DataBlock& b) {
                           return std::tie(a.contig, a.begin, a.end, a.offset, a.size) ==
                                  std::tie(b.contig, b.begin, b.end, b.offset, b.size);
                       });
        CHECK(same);
        CHECK(test::value_at<std::uint64_t>(file, kOffset + 40 - 8) == kOffset);
    }
}

TEST_CASE("pieces come back by sequence, in their order") {
    PieceSpill spill("a test");
    PieceSpill::Sequence even, odd, none;
    for (int i = 0; i < 1000; ++i) spill.append(i % 2 == 0 ? even : odd, std::to_string(i));
    std::string text;
    spill.for_each(none, [&](const std::string& piece) { text += piece; });
    CHECK(text.empty());
    int next = 1;
    spill.for_each(odd, [&](const std::string& piece) {
        CHECK(piece == std::to_string(next));
        next += 2;
        spill.append(none, piece);
    });
    CHECK(next == 1001);
    spill.for_each(even, [&](const std::string& piece) { text += piece; });
    CHECK(text.substr(0, 8) == "02468101");
    text.clear();
    spill.for_each(none, [&](const std::string& piece) { text += piece; });
    CHECK(text.substr(0, 8) == "13579111");
}
