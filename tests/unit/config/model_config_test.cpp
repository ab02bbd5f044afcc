#include "config/model_config.hpp"

#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::config;

namespace {

const char* kTwoStage = R"({"arch_layout": ["m1", ["T1m1", ["T1"], "m1T1"], "m1"],
    "d_model": [64, 64, 96], "d_intermediate": [0, 128, 128], "vocab_size": 16,
    "ssm_cfg": {"d_conv": 4, "expand": 2, "d_state": 16, "chunk_size": 256},
    "attn_cfg": {"num_heads": [2, 2, 3], "rotary_emb_dim": [16, 16, 16], "window_size": [7, 5, -1]},
    "tie_embeddings": false})";

ModelConfig parse(const std::string& text) {
    return parse_model_config(parse_json(text, "m.json"), "m.json");
}

// The two-stage model with one key replaced.
std::string with(const std::string& pointer, const std::string& value) {
    auto json = parse_json(kTwoStage, "m.json");
    json[nlohmann::json::json_pointer(pointer)] = nlohmann::json::parse(value);
    return json.dump();
}

}  // namespace

TEST_CASE("stacks parse strictly") {
    const Stack stack = parse_stack("m3T1");
    REQUIRE(stack.size() == 4);
    CHECK(stack[0].letter == 'm');
    CHECK(stack[3].letter == 'T');
    CHECK(stack_height(stack) == 5);
    CHECK(parse_stack("m10").size() == 10);
    CHECK(stack_height(parse_stack("M2t1")) == 5);
    for (const char* text : {"", "m", "3m", "m0", "m2-T1", "m2 T1", "m2T", "x1", "m-1", "m+1",
                             "m1001", "m99999999999999999999", "m2T1 "}) {
        CAPTURE(text);
        CHECK(test::error_of([&] { parse_stack(text); }).kind() == ErrorKind::usage);
    }
}

TEST_CASE("a released two-stage configuration parses") {
    const ModelConfig model = parse(kTwoStage);
    REQUIRE(model.num_stages() == 3);
    CHECK(model.stages[0].encoder == "m1");
    CHECK(model.stages[1].encoder == "T1m1");
    CHECK(model.stages[1].decoder == "m1T1");
    CHECK(model.stages[2].main == "T1");
    CHECK(model.stages[2].innermost());
    CHECK_FALSE(model.stages[1].innermost());
    CHECK(model.stages[2].d_model == 96);
    CHECK(model.stages[2].num_heads == 3);
    CHECK(model.stages[1].window == 5);
    CHECK(model.stages[0].head_dim == 64);
    CHECK(model.stages[0].ssm_heads() == 2);
    CHECK(model.vocab_size == 16);
    CHECK(model.has_unlimited_attention());
    CHECK(parse_model_config(to_json(model), "again") == model);
}

TEST_CASE("values may be shared, per stage or per letter, and survive the way back") {
    const ModelConfig model = parse(R"({"arch_layout": ["m1", ["T1M1"], "m1"], "d_model": [64, 128],
        "d_intermediate": [0, {"M": 96, "T": 160}], "ssm_cfg": {"d_state": [16, 32], "head_dim": 32},
        "attn_cfg": {"num_heads": 4, "rotary_emb_dim": 8}, "tie_embeddings": true})");
    CHECK(model.stages[0].d_state == 16);
    CHECK(model.stages[1].d_state == 32);
    CHECK(model.stages[1].head_dim == 32);
    CHECK(model.stages[0].num_heads == 4);
    CHECK(model.stages[1].window == -1);
    CHECK(model.stages[1].mlp_width(Layer{'M'}) == 96);
    CHECK(model.stages[1].mlp_width(Layer{'T'}) == 160);
    CHECK(model.vocab_size == 256);
    CHECK(model.tie_embeddings);
    CHECK(parse_model_config(to_json(model), "again") == model);
    CHECK_FALSE(parse(kTwoStage) == model);
}

TEST_CASE("wrong configurations name the path, what stands there and what is expected") {
    const std::vector<std::array<std::string, 3>> cases = {
        {"/arch_layout", R"(["m1", "m1"])",
         "m.json: arch_layout: got [\"m1\",\"m1\"], expected a list"},
        {"/arch_layout/1/1", R"(["T1", "T1"])", "arch_layout[1][1]: got"},
        {"/arch_layout/1/0", R"("q3")", "arch_layout[1][0]: layout \"q3\""},
        {"/arch_layout/0", "3", "arch_layout[0]: got 3"},
        {"/d_model", "64", "d_model: got 64, expected a list"},
        {"/d_model", "[64, 64]", "d_model: got [64,64], expected 3 entries"},
        {"/d_model/1", R"("x")", "m.json: d_model[1]: got \"x\", expected an integer"},
        {"/d_model/2", "32", "d_model[2]: got 32, expected at least 64"},
        {"/d_model/0", "0", "d_model[0]: got 0"},
        {"/d_model/0", "-64", "d_model[0]: got -64"},
        {"/d_intermediate/1", "0", "stage 1: d_intermediate: got 0"},
        {"/d_intermediate/1", R"({"M": 128})", "stage 1: d_intermediate"},
        {"/d_intermediate/1", R"({"Q": 128})", "d_intermediate[1].Q: unknown key"},
        {"/d_intermediate/1", "1.5", "d_intermediate[1]: got 1.5"},
        {"/vocab_size", "18446744073709551615", "vocab_size: got 18446744073709551615"},
        {"/vocab_size", "1", "vocab_size: got 1"},
        {"/ssm_cfg/d_state", "[16, 16]", "ssm_cfg.d_state"},
        {"/ssm_cfg/d_stat", "16", "ssm_cfg: unknown key \"d_stat\""},
        {"/ssm_cfg/head_dim", "60", "ssm_cfg.head_dim: got 60, expected a divisor"},
        {"/attn_cfg/num_heads/1", "3", "stage 1: attn_cfg.num_heads: got 3"},
        {"/attn_cfg/num_heads/1", "0", "stage 1: attn_cfg.num_heads: got 0"},
        {"/attn_cfg/rotary_emb_dim/1", "15", "rotary_emb_dim: got 15, expected an even number"},
        {"/attn_cfg/rotary_emb_dim/1", "34", "rotary_emb_dim: got 34"},
        {"/attn_cfg/window_size/1", "-2", "attn_cfg.window_size[1]: got -2"},
        {"/tie_embeddings", "1", "tie_embeddings: got 1, expected true or false"},
        {"/target_ratio", "3", "unknown key \"target_ratio\""}};
    for (const auto& [pointer, value, message] : cases) {
        CAPTURE(pointer, value);
        const Error error = test::error_of([&] { parse(with(pointer, value)); });
        CAPTURE(error.what());
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(test::contains(error.what(), message));
    }
    CHECK(test::contains(test::error_of([] { parse(R"({"d_model": [64]})"); }).what(),
                         "\"arch_layout\" is missing"));
    CHECK(test::error_of([] { parse("[]"); }).kind() == ErrorKind::usage);
}

TEST_CASE("presets: all there, without regard to case, a near miss is named") {
    CHECK(preset_names() == std::vector<std::string>{"t9", "m10", "m3T1-T15-m4", "m3T1-M15-m4",
                                                     "m4-T15-m4", "m4-M15-m4", "m4-T1M13T1-m4",
                                                     "tiny", "small", "base", "two-stage",
                                                     "hnet_1stage_L", "hnet_1stage_XL",
                                                     "hnet_2stage_L", "hnet_2stage_XL"});
    for (const std::string& name : preset_names()) {
        CAPTURE(name);
        const ModelConfig model = preset_model(name);
        CHECK(parse_model_config(to_json(model), name) == model);
    }
    CHECK(preset_model("M3t1-m15-M4") == preset_model("m3T1-M15-m4"));
    const Error error = test::error_of([] { preset_model("smal"); });
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(test::contains(error.what(), "did you mean small?"));
    CHECK(test::contains(error.what(), "hnet_2stage_XL"));
}
