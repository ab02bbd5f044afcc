#include "config/train_config.hpp"

#include <cmath>

#include "support/test.hpp"

using namespace dna_hnet;
using namespace dna_hnet::config;

namespace {

TrainConfig parse(const std::string& text) {
    return parse_train_config(parse_json(text, "config.json"), "config.json");
}

}  // namespace

TEST_CASE("a training configuration survives the way to JSON and back") {
    TrainConfig config;
    config.context = 1134;
    config.learning_rate = 0.1 + 0.2;  // all digits must survive
    config.target_ratio = {3.5, 2.25};
    config.lr_multipliers = {1, 1 / std::sqrt(3.0)};
    config.seed = 9007199254740993;  // past a double's integers
    const auto text = to_json(config).dump();
    const TrainConfig again = parse(text);
    CHECK(to_json(again).dump() == text);
    CHECK(again.seed == config.seed);
    CHECK(again.learning_rate == config.learning_rate);
    CHECK(again.lr_multipliers == config.lr_multipliers);
    CHECK(parse("{}").batch_bases == 65536);
}

TEST_CASE("wrong training values are refused") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {R"({"stepz": 3})", "config.json: unknown key \"stepz\""},
        {R"({"context": 1.5})", "config.json: context: got 1.5, expected an integer"},
        {R"({"context": 0})", "context: got 0"},
        {R"({"accumulate": 0})", "accumulate: got 0"},
        {R"({"learning_rate": 0})", "learning_rate: got 0, expected a number above 0"},
        {R"({"learning_rate": "fast"})", "learning_rate: got \"fast\", expected a number"},
        {R"({"beta1": 1})", "beta1: got 1"},
        {R"({"reverse_complement": 1.5})", "reverse_complement: got 1.5"},
        {R"({"target_ratio": [3, 1]})", "target_ratio[1]: got 1"},
        {R"({"target_ratio": 3})", "target_ratio: got 3, expected a list"},
        {R"({"lr_multipliers": [1, 0]})", "lr_multipliers[1]: got 0"},
        {R"({"seed": -1})", "seed: got -1"},
        {R"({"warmup_fraction": 0.9, "decay_fraction": 0.2})", "expected a sum of at most 1"}};
    for (const auto& [text, message] : cases) {
        CAPTURE(text);
        const Error error = test::error_of([&] { parse(text); });
        CAPTURE(error.what());
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(test::contains(error.what(), message));
    }
}

TEST_CASE("presets carry how they are trained") {
    const TrainConfig paper = preset_training("m3T1-M15-m4");
    CHECK(paper.learning_rate == 5e-3);
    CHECK(paper.context == 8192);
    CHECK(paper.target_ratio == std::vector<double>{3});
    CHECK(preset_training("small").context == 1024);
    CHECK(preset_training("small").batch_bases == 2048);
    CHECK(preset_training("small").accumulate == 2);  // a micro-batch for each of two threads
    CHECK(preset_training("small").learning_rate == 3e-3);
    for (const std::string& name : preset_names()) {
        CAPTURE(name);
        const TrainConfig training = preset_training(name);
        CHECK(training.batch_bases % training.context == 0);
        CHECK_NOTHROW(resolve_target_ratio(preset_model(name), training.target_ratio));
    }
}

TEST_CASE("a configuration file may carry its training") {
    const std::string model = R"("arch_layout": ["m1", ["m1"], "m1"], "d_model": [64, 64])";
    const auto file = [&](const std::string& rest) {
        return parse_config_file(parse_json("{" + model + rest + "}", "f.json"), "f.json");
    };
    CHECK(file("").training.context == 8192);
    CHECK(file(R"(, "training": {"context": 512})").training.context == 512);
    CHECK(test::contains(test::error_of([&] { file(R"(, "training": {"contex": 512})"); }).what(),
                         "f.json: training: unknown key \"contex\""));
    CHECK(test::error_of([&] { file(R"(, "training": {"target_ratio": [3, 3]})"); }).kind() ==
          ErrorKind::usage);
}

TEST_CASE("learning rate multipliers follow eq. 11 in the ratio form") {
    const auto ratios = [](const char* name, std::vector<double> target_ratio) {
        return lr_multipliers(preset_model(name), target_ratio);
    };
    CHECK(ratios("hnet_1stage_L", {6})[1] == Approx(0.876 / 2.627).epsilon(1e-3));
    CHECK(ratios("hnet_1stage_XL", {6})[1] == Approx(0.876 / 3.033).epsilon(1e-3));
    const auto two_stage_l = ratios("hnet_2stage_L", {3, 3});
    REQUIRE(two_stage_l.size() == 3);
    CHECK(two_stage_l[0] == 1.0);
    CHECK(two_stage_l[1] == Approx(1.517 / 2.627).epsilon(1e-3));
    CHECK(two_stage_l[2] == Approx(0.715 / 2.627).epsilon(1e-3));
    CHECK(ratios("hnet_2stage_XL", {})[1] == Approx(1.430 / 3.033).epsilon(1e-3));
    CHECK(ratios("hnet_2stage_XL", {})[2] == Approx(0.715 / 3.033).epsilon(1e-3));
    CHECK(ratios("m3T1-T15-m4", {3})[1] == Approx(1 / std::sqrt(3.0)));
    CHECK(ratios("t9", {}) == std::vector<double>{1.0});
    CHECK(test::error_of([&] { ratios("t9", {3}); }).kind() == ErrorKind::usage);
}
