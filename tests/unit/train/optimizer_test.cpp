#include "train/optimizer.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <map>

#include "core/random.hpp"
#include "support/test.hpp"
#include "support/tiny_model.hpp"

using namespace dna_hnet;
using namespace dna_hnet::train;

namespace {

config::TrainConfig plain_config() {
    config::TrainConfig config;
    config.learning_rate = 0.01;
    config.lr_multipliers = {1, 0.5};
    return config;
}

model::LanguageModel new_model(std::uint64_t seed) {
    auto model = std::make_shared<model::LanguageModelImpl>(test::tiny_model());
    model::initialize(*model, seed);
    return model;
}

void fill_gradients(model::LanguageModelImpl& model, std::uint64_t stream, double size) {
    Random random(11, stream);
    for (const auto& item : model.named_parameters()) {
        auto gradient = item.value().grad().view({-1});
        for (std::int64_t i = 0; i < gradient.numel(); ++i)
            gradient.data_ptr<float>()[i] = static_cast<float>(size * random.normal());
    }
}

std::map<std::string, at::Tensor> copies(const model::LanguageModelImpl& model) {
    std::map<std::string, at::Tensor> result;
    for (const auto& item : model.named_parameters())
        result[item.key()] = item.value().detach().clone();
    return result;
}

}  // namespace

TEST_CASE("every parameter has its stage, and Linear weights alone decay") {
    std::map<std::string, std::int64_t> stages;
    std::map<std::string, bool> decayed;
    for (const auto& item : new_model(1)->named_parameters()) {
        stages[item.key()] = stage_of_parameter(item.key(), 2);
        decayed[item.key()] = is_decayed(item.key(), item.value());
    }
    const std::string inner = "backbone.main_network.";
    CHECK(stages.at("embeddings.weight") == 0);
    CHECK(stages.at("lm_head.weight") == 0);
    CHECK(stages.at("backbone.encoder.layers.0.mixer.in_proj.weight") == 0);
    CHECK(stages.at("backbone.routing_module.q_proj_layer.weight") == 0);
    CHECK(stages.at("backbone.residual_proj.bias") == 0);
    CHECK(stages.at(inner + "pad_dimension") == 1);
    CHECK(stages.at(inner + "main_network.layers.0.mixer.Wqkv.weight") == 1);
    CHECK(stage_of_parameter("backbone.main_network.layers.0.norm1.weight", 1) == 0);
    CHECK(stage_of_parameter("backbone.main_network.encoder.rmsnorm.weight", 3) == 1);
    CHECK(stage_of_parameter("backbone.main_network.main_network.pad_dimension", 3) == 2);

    for (const char* name : {"in_proj.weight", "out_proj.weight"}) {
        CHECK(decayed.at(std::string("backbone.encoder.layers.0.mixer.") + name));
    }
    CHECK(decayed.at("lm_head.weight"));
    CHECK(decayed.at(inner + "main_network.layers.0.mlp.fc1.weight"));
    for (const char* name :
         {"embeddings.weight", "backbone.routing_module.k_proj_layer.weight",
          "backbone.residual_proj.weight", "backbone.residual_proj.bias",
          "backbone.encoder.layers.0.mixer.conv1d.weight", "backbone.encoder.layers.0.mixer.A_log",
          "backbone.encoder.layers.0.mixer.dt_bias", "backbone.encoder.layers.0.mixer.D",
          "backbone.encoder.layers.0.norm1.weight", "backbone.main_network.pad_dimension"}) {
        CAPTURE(name);
        CHECK_FALSE(decayed.at(name));
    }
}

TEST_CASE("steps over flat buffers equal AdamW parameter by parameter") {
    const auto model = new_model(1);
    const auto config = plain_config();
    Optimizer optimizer(*model, config);
    auto expected = copies(*model);
    std::map<std::string, at::Tensor> first, second;
    for (int step = 1; step <= 4; ++step) {
        fill_gradients(*model, static_cast<std::uint64_t>(step),
                       step == 2 ? 1e-5 : 0.1);  // one of them is not clipped
        double squares = 0;
        for (const auto& item : model->named_parameters())
            squares += item.value().grad().to(at::kDouble).square().sum().item<double>();
        const double norm = optimizer.gradient_norm();
        CHECK(norm == Approx(std::sqrt(squares)).epsilon(1e-5));
        const double scale = norm > 1 ? 1 / (norm + 1e-6) : 1, factor = 1.0 / step;
        for (const auto& item : model->named_parameters()) {
            const std::string& name = item.key();
            const auto g = item.value().grad().to(at::kDouble) * scale;
            auto &m = first[name], &v = second[name];
            m = m.defined() ? m * 0.9 + g * 0.1 : g * 0.1;
            v = v.defined() ? v * 0.95 + g * g * 0.05 : g * g * 0.05;
            const double lr = 0.01 * factor * (stage_of_parameter(name, 2) == 1 ? 0.5 : 1);
            const auto p = expected[name].to(at::kDouble) *
                           (1 - lr * (is_decayed(name, item.value()) ? 0.1 : 0));
            expected[name] = p - lr * (m / (1 - std::pow(0.9, step))) /
                                     ((v / (1 - std::pow(0.95, step))).sqrt() + 1e-8);
        }
        optimizer.step(factor, norm);
        for (const auto& item : model->named_parameters()) {
            CAPTURE(step, item.key());
            CHECK((item.value().to(at::kDouble) - expected[item.key()]).abs().max().item<double>() <
                  2e-6);
        }
    }
    CHECK(optimizer.steps() == 4);
    optimizer.zero_grad();
    CHECK(optimizer.gradient_norm() == 0);
}

TEST_CASE("moments go to a file and back") {
    const test::TemporaryFolder folder;
    const auto a = new_model(1), b = new_model(2);
    Optimizer one(*a, plain_config()), two(*b, plain_config());
    fill_gradients(*a, 1, 0.1);
    one.step(1, one.gradient_norm());
    one.save(folder.file("moments"));
    two.load(folder.file("moments"));
    CHECK(two.steps() == 1);
    {
        const at::NoGradGuard guard;
        const auto source = copies(*a);
        for (const auto& item : b->named_parameters())
            at::Tensor(item.value()).copy_(source.at(item.key()));
    }
    fill_gradients(*a, 2, 0.1);
    fill_gradients(*b, 2, 0.1);
    one.step(1, one.gradient_norm());
    two.step(1, two.gradient_norm());
    const auto left = copies(*a), right = copies(*b);
    for (const auto& [name, tensor] : left) CHECK(at::equal(tensor, right.at(name)));

    model::write_tensors(folder.file("wrong"), {{"first/x", at::zeros({1})}}, {{"steps", "1x"}});
    CHECK(test::contains(test::error_of([&] { two.load(folder.file("wrong")); }).what(),
                         "got \"1x\", expected a number of steps"));
    model::write_tensors(folder.file("names"), {{"first/x", at::zeros({1})}}, {{"steps", "1"}});
    CHECK(test::contains(test::error_of([&] { two.load(folder.file("names")); }).what(),
                         "unexpected: first/x"));
    CHECK(two.steps() == 2);
}

TEST_CASE("a wrong number of learning-rate multipliers is refused") {
    auto config = plain_config();
    config.lr_multipliers = {1};
    const auto model = new_model(1);
    CHECK(test::contains(test::error_of([&] { Optimizer(*model, config); }).what(),
                         "got 1 values, expected 2"));
}
