#include "support/plain_ops.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace dna_hnet::plain {
namespace {

// (0, columns...) when there is no row: at::stack refuses an empty list.
at::Tensor stacked(const std::vector<at::Tensor>& rows, std::vector<std::int64_t> row_shape,
                   const at::TensorOptions& options) {
    if (!rows.empty()) return at::stack(rows);
    row_shape.insert(row_shape.begin(), 0);
    return at::zeros(row_shape, options);
}

at::Tensor unit(const at::Tensor& row) {
    return row / row.pow(2).sum().sqrt().clamp_min(1e-12);
}

}  // namespace

at::Tensor linear(const at::Tensor& x_TI, const at::Tensor& weight_OI, const at::Tensor& bias_O) {
    const auto y = (x_TI.unsqueeze(1) * weight_OI.unsqueeze(0)).sum(2);
    return bias_O.defined() ? y + bias_O : y;
}

at::Tensor rms_norm(const at::Tensor& x_TD, const at::Tensor& weight_D) {
    return x_TD / (x_TD.pow(2).mean(-1, true) + 1e-5).sqrt() * weight_D;
}

at::Tensor silu(const at::Tensor& x) {
    return x * at::sigmoid(x);
}

at::Tensor swiglu(const at::Tensor& up_gate_T2F) {
    const auto halves = up_gate_T2F.chunk(2, 1);
    return halves[0] * plain::silu(halves[1]);
}

Result causal_conv1d(const at::Tensor& x_TF, const at::Tensor& weight_FW, const at::Tensor& bias_F,
                     const Lengths& lengths, const at::Tensor& tail_NWF) {
    const std::int64_t width = weight_FW.size(1);
    std::vector<at::Tensor> rows, tails;
    std::int64_t begin = 0;
    for (std::size_t i = 0; i < lengths.size(); begin += lengths[i++]) {
        const auto index = static_cast<std::int64_t>(i);
        const auto tail = tail_NWF.defined() ? tail_NWF[index].detach()
                                             : at::zeros({width - 1, x_TF.size(1)}, x_TF.options());
        const auto inputs = at::cat({tail, x_TF.narrow(0, begin, lengths[i])});
        for (std::int64_t t = 0; t < lengths[i]; ++t) {
            rows.push_back(
                plain::silu((inputs.narrow(0, t, width) * weight_FW.t()).sum(0) + bias_F));
        }
        tails.push_back(inputs.narrow(0, lengths[i], width - 1).detach());
    }
    return {stacked(rows, {x_TF.size(1)}, x_TF.options()),
            tail_NWF.defined() ? at::stack(tails) : at::Tensor()};
}

Result ssd_scan(const at::Tensor& xbc_TF, const at::Tensor& dt_TH, const at::Tensor& A_H,
                const at::Tensor& D_H, std::int64_t d_state, const Lengths& lengths,
                const at::Tensor& state_NHPS) {
    const std::int64_t heads = dt_TH.size(1), width = xbc_TF.size(1) - 2 * d_state;
    std::vector<at::Tensor> rows, states;
    std::int64_t begin = 0;
    for (std::size_t i = 0; i < lengths.size(); begin += lengths[i++]) {
        auto S = state_NHPS.defined()
                     ? state_NHPS[static_cast<std::int64_t>(i)].detach()
                     : at::zeros({heads, width / heads, d_state}, xbc_TF.options());
        for (std::int64_t t = begin; t < begin + lengths[i]; ++t) {
            const auto x_HP = xbc_TF[t].narrow(0, 0, width).view({heads, -1});
            const auto B = xbc_TF[t].narrow(0, width, d_state),
                       C = xbc_TF[t].narrow(0, width + d_state, d_state);
            const auto decay_H = (dt_TH[t] * A_H).exp();
            S = S * decay_H.view({-1, 1, 1}) + (x_HP * dt_TH[t].unsqueeze(1)).unsqueeze(2) * B;
            auto y_HP = (S * C).sum(2);
            if (D_H.defined()) y_HP = y_HP + x_HP * D_H.unsqueeze(1);
            rows.push_back(y_HP.reshape({width}));
        }
        states.push_back(S.detach());
    }
    return {stacked(rows, {width}, xbc_TF.options()),
            state_NHPS.defined() ? at::stack(states) : at::Tensor()};
}

at::Tensor rotary(const at::Tensor& x_THd, const Lengths& lengths, const Lengths& first_positions,
                  std::int64_t rotary_dim) {
    const std::int64_t half = rotary_dim / 2, dim = x_THd.size(2);
    std::vector<at::Tensor> rows;
    std::int64_t begin = 0;
    for (std::size_t i = 0; i < lengths.size(); begin += lengths[i++]) {
        for (std::int64_t j = 0; j < lengths[i]; ++j) {
            const auto position =
                static_cast<double>(j + (first_positions.empty() ? 0 : first_positions[i]));
            const auto token = x_THd[begin + j];
            std::vector<at::Tensor> turned(dim);
            for (std::int64_t r = 0; r < dim; ++r) turned[r] = token.select(1, r);
            for (std::int64_t r = 0; r < half; ++r) {
                const double angle =
                    position * std::pow(10000.0, -2.0 * static_cast<double>(r) /
                                                     static_cast<double>(rotary_dim));
                const auto a = token.select(1, r), b = token.select(1, r + half);
                turned[r] = a * std::cos(angle) - b * std::sin(angle);
                turned[r + half] = a * std::sin(angle) + b * std::cos(angle);
            }
            rows.push_back(at::stack(turned, 1));
        }
    }
    return stacked(rows, {x_THd.size(1), dim}, x_THd.options());
}

at::Tensor attention(const at::Tensor& q_THd, const at::Tensor& k_THd, const at::Tensor& v_THd,
                     std::int64_t window, const Lengths& lengths,
                     const std::vector<at::Tensor>& past_keys,
                     const std::vector<at::Tensor>& past_values) {
    const double scale = 1 / std::sqrt(static_cast<double>(q_THd.size(2)));
    std::vector<at::Tensor> rows;
    std::int64_t begin = 0;
    for (std::size_t i = 0; i < lengths.size(); begin += lengths[i++]) {
        auto keys = k_THd.narrow(0, begin, lengths[i]), values = v_THd.narrow(0, begin, lengths[i]);
        std::int64_t before = 0;
        if (!past_keys.empty() && past_keys[i].defined()) {
            before = past_keys[i].size(0);
            keys = at::cat({past_keys[i].detach(), keys});
            values = at::cat({past_values[i].detach(), values});
        }
        for (std::int64_t t = 0; t < lengths[i]; ++t) {
            const std::int64_t here = before + t;
            const std::int64_t first = window < 0 ? 0 : std::max<std::int64_t>(0, here - window);
            const auto k = keys.narrow(0, first, here + 1 - first),
                       v = values.narrow(0, first, here + 1 - first);
            const auto weights = at::softmax((k * q_THd[begin + t]).sum(2) * scale, 0);
            rows.push_back((weights.unsqueeze(2) * v).sum(0));
        }
    }
    return stacked(rows, {q_THd.size(1), q_THd.size(2)}, q_THd.options());
}

at::Tensor boundary_probability(const at::Tensor& q_TD, const at::Tensor& k_TD,
                                const Lengths& lengths, const at::Tensor& previous_q_ND,
                                const std::vector<bool>& seen) {
    std::vector<at::Tensor> rows;
    std::int64_t begin = 0;
    for (std::size_t i = 0; i < lengths.size(); begin += lengths[i++]) {
        for (std::int64_t t = begin; t < begin + lengths[i]; ++t) {
            const bool continues = t > begin || (!seen.empty() && seen[i]);
            if (!continues) {
                rows.push_back(at::ones({}, q_TD.options()));
                continue;
            }
            const auto q = t > begin ? q_TD[t - 1] : previous_q_ND[static_cast<std::int64_t>(i)];
            rows.push_back(((1 - (unit(q) * unit(k_TD[t])).sum()) / 2).clamp(0, 1));
        }
    }
    return stacked(rows, {}, q_TD.options());
}

Result smooth_chunks(const at::Tensor& z_MD, const at::Tensor& prob_M, const Lengths& lengths,
                     const at::Tensor& last_ND) {
    const auto P = prob_M.clamp(1e-4, 1 - 1e-4);
    std::vector<at::Tensor> rows, states;
    std::int64_t begin = 0;
    for (std::size_t i = 0; i < lengths.size(); begin += lengths[i++]) {
        auto value = last_ND.defined() ? last_ND[static_cast<std::int64_t>(i)].detach()
                                       : at::zeros({z_MD.size(1)}, z_MD.options());
        for (std::int64_t j = begin; j < begin + lengths[i]; ++j) {
            value = P[j] * z_MD[j] + (1 - P[j]) * value;
            rows.push_back(value);
        }
        states.push_back(value.detach());
    }
    return {stacked(rows, {z_MD.size(1)}, z_MD.options()),
            last_ND.defined() ? at::stack(states) : at::Tensor()};
}

at::Tensor upsample_chunks(const at::Tensor& smoothed_MD, const at::Tensor& last_ND,
                           const std::vector<bool>& mask, const Lengths& lengths) {
    std::vector<at::Tensor> rows;
    std::int64_t t = 0, chunk = -1;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        auto value = last_ND.defined() ? last_ND[static_cast<std::int64_t>(i)].detach()
                                       : at::zeros({smoothed_MD.size(1)}, smoothed_MD.options());
        for (std::int64_t j = 0; j < lengths[i]; ++j, ++t) {
            if (mask[static_cast<std::size_t>(t)]) value = smoothed_MD[++chunk];
            rows.push_back(value);
        }
    }
    return stacked(rows, {smoothed_MD.size(1)}, smoothed_MD.options());
}

at::Tensor token_nats(const at::Tensor& logits_TV, const at::Tensor& target_T) {
    return -at::log_softmax(logits_TV, 1).gather(1, target_T.unsqueeze(1)).squeeze(1);
}

at::Tensor ratio_loss(const at::Tensor& prob_T, const std::vector<bool>& mask,
                      double target_ratio) {
    const auto tokens = static_cast<double>(mask.size());
    const double F = static_cast<double>(std::count(mask.begin(), mask.end(), true)) / tokens;
    const auto G = prob_T.sum() / tokens;
    return target_ratio / (target_ratio - 1) * ((1 - F) * (1 - G) + (target_ratio - 1) * F * G);
}

}  // namespace dna_hnet::plain
