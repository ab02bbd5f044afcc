#include "config/costs.hpp"

#include <cmath>
#include <map>

#include "config/train_config.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::config;

namespace {

const std::vector<std::string> kPaperModels = {
    "t9", "m10", "m3T1-T15-m4", "m3T1-M15-m4", "m4-T15-m4", "m4-M15-m4", "m4-T1M13T1-m4"};

double rounded_mflops(const ModelConfig& model, std::int64_t context) {
    return std::round(flops_per_base(model, context, {}) / 1e5) / 10;
}

}  // namespace

TEST_CASE("parameter counts equal the published ones") {
    const std::map<std::string, std::int64_t> expected = {{"t9", 28730880},
                                                          {"m10", 33197536},
                                                          {"m3T1-T15-m4", 63701584},
                                                          {"m3T1-M15-m4", 65656864},
                                                          {"m4-T15-m4", 62258560},
                                                          {"m4-M15-m4", 64213840},
                                                          {"m4-T1M13T1-m4", 63953136},
                                                          {"hnet_1stage_L", 679405312},
                                                          {"hnet_1stage_XL", 1270833920},
                                                          {"hnet_2stage_L", 874315264},
                                                          {"hnet_2stage_XL", 1603492224}};
    for (const auto& [name, count] : expected) {
        CAPTURE(name);
        CHECK(parameter_count(preset_model(name)) == count);
    }
}

TEST_CASE("the CPU presets have the sizes that they promise and bounded attention") {
    const std::map<std::string, std::pair<std::int64_t, std::int64_t>> range = {
        {"tiny", {200000, 400000}},
        {"small", {1000000, 2000000}},
        {"base", {8000000, 11000000}},
        {"two-stage", {1000000, 3000000}}};
    for (const auto& [name, bounds] : range) {
        CAPTURE(name);
        const ModelConfig model = preset_model(name);
        const std::int64_t count = parameter_count(model);
        CAPTURE(count);
        CHECK((count >= bounds.first && count <= bounds.second));
        CHECK_FALSE(model.has_unlimited_attention());
        CHECK(model.vocab_size == 8);
    }
    CHECK(preset_model("m3T1-T15-m4").has_unlimited_attention());
    CHECK_FALSE(preset_model("m3T1-M15-m4").has_unlimited_attention());
}

TEST_CASE("forward FLOPs per base equal the published table to its last digit") {
    const std::int64_t contexts[] = {512, 1024, 2048, 8192};
    const double table[7][5] = {{67.0, 76.6, 95.7, 210.2, 76.6}, {74.2, 74.2, 74.2, 74.2, 74.2},
                                {70.8, 73.7, 77.2, 98.4, 80.7},  {74.3, 75.3, 75.3, 75.3, 75.3},
                                {67.7, 69.4, 73.0, 94.2, 76.5},  {71.1, 71.1, 71.1, 71.1, 71.1},
                                {70.6, 70.9, 71.3, 74.2, 71.8}};
    for (std::size_t m = 0; m < 7; ++m) {
        CAPTURE(kPaperModels[m]);
        ModelConfig model = preset_model(kPaperModels[m]);
        for (std::size_t c = 0; c < 4; ++c) {
            CAPTURE(contexts[c]);
            CHECK(rounded_mflops(model, contexts[c]) == Approx(table[m][c]).epsilon(1e-9));
        }
        for (StageConfig& stage : model.stages) stage.window = 1023;
        CHECK(rounded_mflops(model, 8192) == Approx(table[m][4]).epsilon(1e-9));
    }
}

TEST_CASE("a module has a row, in the order of the data flow; router and residual stand apart") {
    const ModelConfig model = preset_model("hnet_2stage_XL");
    const auto rows = module_costs(model, 8192, {});
    std::vector<std::string> names;
    double extra = 0, all = 0;
    for (const ModuleCost& row : rows) {
        names.push_back(row.module);
        all += row.flops_per_base;
        if (!row.counted) extra += row.flops_per_base;
    }
    CHECK(names == std::vector<std::string>{"embeddings", "stage 0 encoder", "stage 0 router",
                                            "stage 0 residual", "stage 1 pad_dimension",
                                            "stage 1 encoder", "stage 1 router", "stage 1 residual",
                                            "stage 2 pad_dimension", "stage 2 main",
                                            "stage 1 decoder", "stage 0 decoder", "lm_head"});
    CHECK(all - extra == Approx(flops_per_base(model, 8192, {})));
    CHECK(extra == Approx(6.0 * 1024 * 1024 + 6.0 * 1536 * 1536 / 3));
    CHECK(rows[4].parameters == 512);
    ModelConfig tied = model;
    tied.tie_embeddings = true;
    CHECK(parameter_count(model) - parameter_count(tied) == 256 * 1024);
}

TEST_CASE("one DNA H-Net's router and residual add 1.57 MFLOPs per base") {
    double extra = 0;
    for (const ModuleCost& row : module_costs(preset_model("m4-M15-m4"), 1024, {})) {
        if (!row.counted) extra += row.flops_per_base;
    }
    CHECK(extra == Approx(3.0 * 2 * 512 * 512));
}

TEST_CASE("carried state: by hand for a small model") {
    const ModelConfig model = parse_model_config(
        parse_json(R"({"arch_layout": ["t1", ["m1"], "m1"], "d_model": [64, 64], "vocab_size": 8,
            "ssm_cfg": {"d_state": 16}, "attn_cfg": {"num_heads": 2, "window_size": [7, -1]}})",
                   "x"),
        "x");
    const std::int64_t mamba = 4 * (3 * (128 + 32) + 128 * 16);
    const std::int64_t fixed = 2 * mamba + 2 * 9 + 2 * 64 * 4;
    CHECK(state_bytes(model, 8192, {}) == fixed + 4 * 2 * 64 * 7);
    CHECK(state_bytes(model, 3, {}) == fixed + 4 * 2 * 64 * 3);
    CHECK(state_bytes(preset_model("t9"), 100, {}) == 9 * 4 * 2 * 512 * 100 + 9);
}

TEST_CASE("costs refuse what makes no sense") {
    const ModelConfig model = preset_model("tiny");
    CHECK(test::error_of([&] { flops_per_base(model, 0, {}); }).kind() == ErrorKind::usage);
    CHECK(test::error_of([&] { flops_per_base(model, 10, {3, 3}); }).kind() == ErrorKind::usage);
    CHECK(test::error_of([&] { flops_per_base(model, 10, {1.0}); }).kind() == ErrorKind::usage);
}
