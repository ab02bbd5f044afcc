#include "train/step_engine.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ops/token_loss.hpp"

namespace dna_hnet::train {
namespace {

// The numbers live as long as the tensors made from them are copied: to() with copy.
template <class Number>
at::Tensor on_device(const std::vector<Number>& values, at::ScalarType type, at::ScalarType wanted,
                     at::Device device) {
    auto* data = const_cast<Number*>(values.data());
    return at::from_blob(data, {static_cast<std::int64_t>(values.size())}, type)
        .to(device, wanted, /*non_blocking=*/false,
            /*copy=*/true);
}

struct Forward {
    model::ModelOutput output;
    at::Tensor nats_T;
    StepStatistics statistics;
};

Forward forward(model::LanguageModelImpl& model, const batch::TokenBatch& batch) {
    const auto device = model.device();
    const auto inputs = on_device(batch.inputs, at::kByte, at::kLong, device);
    const auto targets = on_device(batch.targets, at::kByte, at::kLong, device);
    const auto scored = on_device(batch.scored, at::kFloat, at::kDouble, device);
    Forward result{model.forward(inputs, ops::make_packing(batch.lengths, device), {}), {}, {}};
    result.nats_T = ops::token_nats(result.output.logits_TV, targets);
    StepStatistics& statistics = result.statistics;
    statistics.bits =
        (result.nats_T.detach().to(at::kDouble) * scored).sum().item<double>() / std::numbers::ln2;
    statistics.scored_bases = batch.scored_bases;
    for (const auto& stage : result.output.stages)
        statistics.stages.push_back({stage.packing.total(), stage.chunks.inner.total()});
    return result;
}

// Loss and backward of one micro-batch.
StepStatistics run_micro_batch(model::LanguageModelImpl& model, const batch::TokenBatch& batch,
                               double total_weight, const config::TrainConfig& config,
                               const std::vector<double>& target_ratio) {
    Forward result = forward(model, batch);
    const auto weights = on_device(batch.weights, at::kFloat, at::kFloat, model.device());
    // A step whose every target is N or weighs nothing has no token loss.
    auto loss = (result.nats_T * weights).sum() / (total_weight > 0 ? total_weight : 1.0);
    at::Tensor ratio_loss;
    for (std::size_t s = 0; s < result.output.stages.size(); ++s) {
        const auto& stage = result.output.stages[s];
        if (stage.packing.total() == 0) continue;
        const auto term = ops::ratio_loss(stage.prob_T, stage.mask_T, target_ratio.at(s));
        ratio_loss = ratio_loss.defined() ? ratio_loss + term : term;
    }
    if (ratio_loss.defined()) {
        ratio_loss = ratio_loss / static_cast<double>(config.accumulate);
        loss = loss + config.ratio_loss_weight * ratio_loss;
        result.statistics.ratio_loss = ratio_loss.item<double>();
    }
    result.statistics.loss = loss.item<double>();
    // The caller refuses the step; a backward pass of what is not finite tells nothing.
    if (std::isfinite(result.statistics.loss)) loss.backward();
    return result.statistics;
}

}  // namespace

double StepStatistics::bases_per_chunk(std::size_t stage) const {
    const std::int64_t chunks = stages.at(stage).chunks;
    return chunks > 0 ? static_cast<double>(stages[0].tokens) / static_cast<double>(chunks) : 0;
}

void add_statistics(StepStatistics& sum, const StepStatistics& part) {
    sum.loss += part.loss;
    sum.ratio_loss += part.ratio_loss;
    sum.bits += part.bits;
    sum.scored_bases += part.scored_bases;
    sum.stages.resize(std::max(sum.stages.size(), part.stages.size()));
    for (std::size_t s = 0; s < part.stages.size(); ++s) {
        sum.stages[s].tokens += part.stages[s].tokens;
        sum.stages[s].chunks += part.stages[s].chunks;
    }
}

StepStatistics accumulate_gradients(Replicas& replicas, const batch::StepBatch& batch,
                                    const config::TrainConfig& config) {
    const auto target_ratio =
        config::resolve_target_ratio(replicas.model(0).config, config.target_ratio);
    const auto micro_batches = static_cast<int>(batch.micro_batches.size());
    StepStatistics sum;
    for (int begin = 0; begin < micro_batches; begin += replicas.size()) {
        const int count = std::min(replicas.size(), micro_batches - begin);
        std::vector<StepStatistics> parts(static_cast<std::size_t>(count));
        replicas.run(count, [&](int replica) {
            parts[static_cast<std::size_t>(replica)] =
                run_micro_batch(replicas.model(replica),
                                batch.micro_batches[static_cast<std::size_t>(begin + replica)],
                                batch.total_weight, config, target_ratio);
        });
        replicas.gather_gradients(count);
        for (const StepStatistics& part : parts) add_statistics(sum, part);
    }
    return sum;
}

StepStatistics forward_statistics(model::LanguageModelImpl& model, const batch::TokenBatch& batch) {
    const at::NoGradGuard guard;
    return forward(model, batch).statistics;
}

}  // namespace dna_hnet::train
