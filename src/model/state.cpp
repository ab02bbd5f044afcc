#include "model/state.hpp"

#include <ATen/ATen.h>

namespace dna_hnet::model {
namespace {

at::Tensor taken(const at::Tensor& rows, const at::Tensor& index) {
    return rows.defined() ? rows.index_select(0, index) : rows;
}

at::Tensor joined(const std::vector<const ModelState*>& states, std::size_t stage,
                  at::Tensor StageState::*member) {
    std::vector<at::Tensor> parts;
    for (const auto* state : states) {
        const auto& part = state->stages[stage].*member;
        if (part.defined()) parts.push_back(part);
    }
    return parts.empty() ? at::Tensor() : at::cat(parts);
}

nn::StackState joined(const std::vector<const ModelState*>& states, std::size_t stage,
                      nn::StackState StageState::*member) {
    std::vector<const nn::StackState*> parts;
    for (const auto* state : states) parts.push_back(&(state->stages[stage].*member));
    return nn::concat_rows(parts);
}

}  // namespace

ModelState ModelState::select(const std::vector<std::int64_t>& rows) const {
    const auto index = ops::index_tensor(rows, at::kCPU);
    ModelState result;
    for (const StageState& stage : stages) {
        StageState picked;
        for (const std::int64_t row : rows) picked.positions.push_back(stage.positions.at(row));
        picked.encoder = nn::select_rows(stage.encoder, rows);
        picked.decoder = nn::select_rows(stage.decoder, rows);
        picked.main = nn::select_rows(stage.main, rows);
        if (stage.router_last_ND.defined()) {
            const auto on_device = index.to(stage.router_last_ND.device());
            picked.router_last_ND = taken(stage.router_last_ND, on_device);
            picked.smoothed_last_ND = taken(stage.smoothed_last_ND, on_device);
        }
        result.stages.push_back(std::move(picked));
    }
    return result;
}

ModelState ModelState::repeat(std::int64_t times) const {
    std::vector<std::int64_t> rows;
    for (std::int64_t k = 0; k < times; ++k) {
        for (std::int64_t i = 0; i < sequences(); ++i) rows.push_back(i);
    }
    return select(rows);
}

ModelState ModelState::concat(const std::vector<const ModelState*>& states) {
    ModelState result;
    for (std::size_t s = 0; s < states.at(0)->stages.size(); ++s) {
        StageState stage;
        for (const auto* state : states) {
            const auto& positions = state->stages[s].positions;
            stage.positions.insert(stage.positions.end(), positions.begin(), positions.end());
        }
        stage.encoder = joined(states, s, &StageState::encoder);
        stage.decoder = joined(states, s, &StageState::decoder);
        stage.main = joined(states, s, &StageState::main);
        stage.router_last_ND = joined(states, s, &StageState::router_last_ND);
        stage.smoothed_last_ND = joined(states, s, &StageState::smoothed_last_ND);
        result.stages.push_back(std::move(stage));
    }
    return result;
}

}  // namespace dna_hnet::model
