// Logits, boundaries, activations, losses, every gradient and stepping against an independent
// implementation.
#include "golden_file.hpp"
#include "ops/token_loss.hpp"
#include "support/test.hpp"
#include "train/optimizer.hpp"

namespace dna_hnet::golden {
namespace {

constexpr double kLogits = 2e-5, kGradient = 1e-4, kLoss = 1e-5;
// Six steps carry the rounding of every gradient into the weights.
constexpr double kTrainedLogits = 1e-4;

ops::Packing rows_of(std::int64_t rows, std::int64_t length) {
    return ops::make_packing(std::vector<std::int64_t>(rows, length), at::kCPU);
}

// (rows, length, F) right-padded -> packed rows of the valid slots.
at::Tensor packed(const at::Tensor& padded, const ops::Packing& packing) {
    std::vector<at::Tensor> parts;
    for (std::int64_t i = 0; i < packing.sequences(); ++i)
        parts.push_back(padded[i].narrow(0, 0, packing.length(i)));
    return at::cat(parts);
}

struct Losses {
    at::Tensor ce, total;
    std::vector<at::Tensor> ratio;
};

// Mean next-token cross entropy over positions 0..L-2 of every row, and the ratio loss of every
// stage.
Losses losses_of(const model::ModelOutput& output, const at::Tensor& ids, double target_ratio,
                 double weight) {
    const std::int64_t rows = ids.size(0), length = ids.size(1);
    const auto logits = output.logits_TV.view({rows, length, -1})
                            .narrow(1, 0, length - 1)
                            .reshape({rows * (length - 1), -1});
    const auto target = ids.narrow(1, 1, length - 1).reshape({-1});
    Losses losses;
    losses.ce = ops::token_loss(logits, target, at::ones({target.size(0)}),
                                static_cast<double>(target.size(0)));
    losses.total = losses.ce;
    for (const auto& stage : output.stages) {
        losses.ratio.push_back(ops::ratio_loss(stage.prob_T, stage.mask_T, target_ratio));
        losses.total = losses.total + weight * losses.ratio.back();
    }
    return losses;
}

// How the golden run was trained, from the file's own settings.
config::TrainConfig training_of(const GoldenFile& file) {
    config::TrainConfig train;
    train.learning_rate = file.setting("base_lr").get<double>();
    train.lr_multipliers = file.setting("lr_multipliers").get<std::vector<double>>();
    const auto betas = file.setting("adam_betas").get<std::vector<double>>();
    train.beta1 = betas.at(0);
    train.beta2 = betas.at(1);
    train.adam_epsilon = file.setting("adam_eps").get<double>();
    train.weight_decay = file.setting("weight_decay").get<double>();
    train.gradient_clip = file.setting("grad_clip").get<double>();
    return train;
}

void check_stages(const GoldenFile& file, const model::ModelOutput& output) {
    for (std::size_t s = 0; s < output.stages.size(); ++s) {
        const auto& stage = output.stages[s];
        const std::string name = "full/stage" + std::to_string(s) + ".";
        INFO(name);
        CHECK(at::equal(stage.mask_T, packed(file.tensor(name + "boundary_mask"), stage.packing)));
        CHECK(largest_difference(stage.prob_T.detach(), packed(file.tensor(name + "boundary_prob"),
                                                               stage.packing)) < kLogits);
        CHECK(largest_difference(stage.encoder_TD.detach(),
                                 packed(file.tensor(name + "encoder"), stage.packing)) < 1e-4);
        CHECK(largest_difference(stage.main_MD.detach(), packed(file.tensor(name + "main_network"),
                                                                stage.chunks.inner)) < 1e-4);
        CHECK(largest_difference(stage.dechunked_TD.detach(),
                                 packed(file.tensor(name + "dechunk_layer"), stage.packing)) <
              1e-4);
        CHECK(largest_difference(stage.decoder_TD.detach(),
                                 packed(file.tensor(name + "decoder"), stage.packing)) < 1e-4);
    }
}

}  // namespace

TEST_CASE("full batch: logits, boundaries, activations, losses and every gradient", "[golden]") {
    std::int64_t models = 0;
    for (const auto& path : golden_files()) {
        const GoldenFile file(path);
        if (!file.is_model()) continue;
        ++models;
        INFO(path.filename());
        auto model = file.model();
        const auto ids = file.tensor("full/input_ids");
        model::ForwardOptions options;
        options.keep_activations = true;
        const auto output =
            model->forward(ids.reshape({-1}), rows_of(ids.size(0), ids.size(1)), options);
        CHECK(largest_difference(output.logits_TV.detach().view(file.tensor("full/logits").sizes()),
                                 file.tensor("full/logits")) < kLogits);
        check_stages(file, output);

        const auto losses = losses_of(output, ids, file.setting("target_ratio").get<double>(),
                                      file.setting("ratio_loss_weight").get<double>());
        CHECK(std::abs(losses.ce.item<double>() - file.tensor("full/loss_ce").item<double>()) <
              kLoss);
        CHECK(std::abs(losses.total.item<double>() -
                       file.tensor("full/loss_total").item<double>()) < kLoss);
        for (std::size_t s = 0; s < losses.ratio.size(); ++s) {
            const auto expected =
                file.tensor("full/stage" + std::to_string(s) + ".ratio_loss").item<double>();
            CHECK(std::abs(losses.ratio[s].item<double>() - expected) < kLoss);
        }
        losses.total.backward();
        for (const auto& item : model->named_parameters()) {
            INFO("gradient of " << item.key());
            const auto expected = file.tensor("grad/" + item.key());
            REQUIRE(item.value().grad().defined());
            const double largest = expected.abs().max().item<double>();
            CHECK(largest_difference(item.value().grad(), expected) <=
                  kGradient * std::max(largest, 1e-8));
        }
    }
    CHECK(models > 0);
}

TEST_CASE("rows of very different lengths, packed", "[golden]") {
    const at::NoGradGuard guard;
    for (const auto& path : golden_files()) {
        const GoldenFile file(path);
        if (!file.is_model()) continue;
        INFO(path.filename());
        auto model = file.model();
        const auto lengths = file.tensor("padded/lengths");
        const auto packing = ops::make_packing(
            std::vector<std::int64_t>(lengths.data_ptr<std::int64_t>(),
                                      lengths.data_ptr<std::int64_t>() + lengths.numel()),
            at::kCPU);
        const auto output =
            model->forward(packed(file.tensor("padded/input_ids"), packing), packing, {});
        CHECK(largest_difference(output.logits_TV, packed(file.tensor("padded/logits"), packing)) <
              kLogits);
        if (file.has("padded/stage0.boundary_mask")) {
            CHECK(at::equal(output.stages[0].mask_T,
                            packed(file.tensor("padded/stage0.boundary_mask"), packing)));
        }
    }
}

TEST_CASE("prefill and then one token at a time", "[golden]") {
    const at::NoGradGuard guard;
    for (const auto& path : golden_files()) {
        const GoldenFile file(path);
        if (!file.is_model()) continue;
        INFO(path.filename());
        auto model = file.model();
        const auto ids = file.tensor("full/input_ids")[0];
        const auto prefill = file.tensor("step/prefill_length").item<std::int64_t>();
        auto state = model->empty_state(1);
        model::ForwardOptions options;
        options.state = &state;
        std::vector<at::Tensor> logits = {
            model->forward(ids.narrow(0, 0, prefill), rows_of(1, prefill), options).logits_TV};
        for (std::int64_t t = prefill; t < ids.size(0); ++t) {
            logits.push_back(model->forward(ids.narrow(0, t, 1), rows_of(1, 1), options).logits_TV);
        }
        CHECK(largest_difference(at::cat(logits), file.tensor("step/logits")[0]) < kLogits);
        CHECK(largest_difference(at::cat(logits), file.tensor("full/logits")[0]) < kLogits);
    }
}

TEST_CASE("six training steps: losses, gradient norms and the logits afterwards", "[golden]") {
    for (const auto& path : golden_files()) {
        const GoldenFile file(path);
        if (!file.is_model()) continue;
        INFO(path.filename());
        auto model = file.model();
        train::Optimizer optimizer(*model, training_of(file));
        const auto ids = file.tensor("train/input_ids");
        const auto losses = file.tensor("train/losses"), norms = file.tensor("train/grad_norms");
        for (std::int64_t step = 0; step < ids.size(0); ++step) {
            INFO("step " << step);
            const auto batch = ids[step];
            const auto output =
                model->forward(batch.reshape({-1}), rows_of(batch.size(0), batch.size(1)), {});
            const auto loss = losses_of(output, batch, file.setting("target_ratio").get<double>(),
                                        file.setting("ratio_loss_weight").get<double>());
            optimizer.zero_grad();
            loss.total.backward();
            const double norm = optimizer.gradient_norm();
            optimizer.step(1, norm);
            CHECK(std::abs(loss.total.item<double>() - losses[step].item<double>()) < kLoss);
            const auto expected = norms[step].item<double>();
            CHECK(std::abs(norm - expected) < kGradient * std::max(1.0, expected));
        }
        const at::NoGradGuard guard;
        const auto full = file.tensor("full/input_ids");
        const auto output =
            model->forward(full.reshape({-1}), rows_of(full.size(0), full.size(1)), {});
        const auto expected = file.tensor("train/final_logits");
        CHECK(largest_difference(output.logits_TV.view(expected.sizes()), expected) <
              kTrainedLogits);
    }
}

TEST_CASE("the comparison can fail", "[golden]") {
    const auto x = at::ones({2, 3});
    CHECK(largest_difference(x, x + 1e-3) > 9e-4);
    CHECK(std::isinf(largest_difference(x, at::ones({3, 2}))));
    CHECK(std::isinf(largest_difference(x / 0.0, x)));
}

}  // namespace dna_hnet::golden
