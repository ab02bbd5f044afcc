// The check values of docs/baselines.md on real sequence. Reads 27 Mb for training: about a minute
// on one core.
#include <cmath>
#include <map>

#include "support/test.hpp"

#include "baselines/baseline_set.hpp"
#include "hts/indexed_fasta.hpp"

using namespace dna_hnet;

namespace {

struct Means {
    std::map<std::string, double> bits;
    std::int64_t bases = 0;
};

// Windows of the grid at `context`, every `stride`-th one; the warm-up quarter is read and not
// counted.
void add_windows(genome::Reference& reference, const baselines::BaselineSet& set,
                 const std::string& contig, std::int64_t context, std::int64_t stride,
                 Means& means) {
    const std::int64_t index = genome::contig_index(reference, contig);
    const std::vector<genome::Base> bases =
        reference.fetch({index, 0, reference.contigs()[static_cast<std::size_t>(index)].length});
    const auto length = static_cast<std::int64_t>(bases.size());
    const std::int64_t warmup = context / 4, step = context - warmup;
    std::vector<float> bits;
    for (std::int64_t k = 0; k * step < length; k += stride) {
        const std::int64_t begin = std::max<std::int64_t>(0, k * step - warmup),
                           end = std::min(length, (k + 1) * step);
        bits.resize(static_cast<std::size_t>(end - begin) * set.names().size());
        set.score(bases.data() + begin, end - begin, bits.data());
        for (std::int64_t i = k * step; i < end; ++i) {
            if (!genome::is_acgt(bases[static_cast<std::size_t>(i)])) continue;
            ++means.bases;
            for (std::size_t row = 0; row < set.names().size(); ++row) {
                means.bits[set.names()[row]] +=
                    static_cast<double>(bits[row * static_cast<std::size_t>(end - begin) +
                                             static_cast<std::size_t>(i - begin)]);
            }
        }
    }
}

Means means_of(genome::Reference& reference, const baselines::BaselineSet& set,
               const std::vector<std::string>& contigs, std::int64_t context, std::int64_t stride) {
    Means means;
    for (const std::string& contig : contigs)
        add_windows(reference, set, contig, context, stride, means);
    for (auto& [name, bits] : means.bits) bits /= static_cast<double>(means.bases);
    return means;
}

std::vector<genome::Interval> training(const genome::Reference& reference) {
    std::vector<genome::Interval> train;
    for (const std::string name : {"chr1", "chr2", "chr9", "chr16", "chr18", "chr19"}) {
        const std::int64_t contig = genome::contig_index(reference, name);
        train.push_back({contig, 0, reference.contigs()[static_cast<std::size_t>(contig)].length});
    }
    return train;
}

}  // namespace

TEST_CASE("orders have the check values on whole held-out chromosomes") {
    DNA_HNET_REQUIRE_DATA();
    const auto reference = hts::open_reference(test::test_data() + "/human/hg38_prefix.fa.gz");
    const auto set =
        baselines::BaselineSet::fit(*reference, training(*reference), {true, false, 1});
    const std::map<std::string, std::pair<double, double>> expected = {
        {"order2", {1.9341, 1.9373}}, {"order4", {1.9196, 1.9171}},  {"order8", {1.8316, 1.7839}},
        {"order9", {1.8109, 1.7562}}, {"order10", {1.8153, 1.7563}}, {"order12", {2.0101, 1.9175}}};
    const Means valid = means_of(*reference, set, {"chr20"}, 1 << 16, 1);
    const Means tested = means_of(*reference, set, {"chr17", "chr21"}, 1 << 16, 1);
    CHECK(valid.bases == 9'939'275);
    CHECK(tested.bases == 7'741'622 + 3'689'999);
    std::vector<double> orders;
    for (int order = 0; order <= 12; ++order)
        orders.push_back(valid.bits.at("order" + std::to_string(order)));
    CHECK(baselines::best_order(orders) == 9);
    for (const auto& [name, values] : expected) {
        INFO(name);
        CHECK(valid.bits.at(name) == Approx(values.first).margin(0.001));
        CHECK(tested.bits.at(name) == Approx(values.second).margin(0.001));
    }
}

TEST_CASE("the mixes are as strong as docs/baselines.md says, on every 16th window of 1,024") {
    DNA_HNET_REQUIRE_DATA();
    const auto reference = hts::open_reference(test::test_data() + "/human/hg38_prefix.fa.gz");
    const auto set =
        baselines::BaselineSet::fit(*reference, training(*reference), {false, true, 1});
    const std::map<std::string, std::array<double, 3>> expected = {
        {"chr20", {1.7004, 1.9167, 1.6974}},
        {"chr17", {1.6088, 1.8544, 1.5703}},
        {"chr21", {1.7677, 1.8462, 1.6932}}};
    for (const auto& [contig, values] : expected) {
        INFO(contig);
        const Means means = means_of(*reference, set, {contig}, 1024, 16);
        CHECK(means.bits.at("mix") == Approx(values[0]).margin(0.002));
        CHECK(means.bits.at("copy") == Approx(values[1]).margin(0.002));
        CHECK(means.bits.at("mix+copy") == Approx(values[2]).margin(0.002));
    }
}
