#include "evaluate/batch_reader.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "core/signals.hpp"
#include "evaluate/host_values.hpp"
#include "evaluate/require_finite.hpp"

namespace dna_hnet::evaluate {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// First base of every token of a cell, in reading order; -1 for BOS.
std::vector<std::int64_t> first_bases(const std::vector<std::int64_t>& lengths,
                                      const std::vector<std::int64_t>& first) {
    std::vector<std::int64_t> base;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        for (std::int64_t j = 0; j < lengths[i]; ++j) base.push_back(first[i] + j - 1);
    }
    return base;
}

// The same of the tokens of the stage inside.
std::vector<std::int64_t> inner_bases(const std::vector<std::int64_t>& base,
                                      const model::StageOutput& stage) {
    const auto selected = on_host(stage.chunks.selected_M, at::kLong);
    std::vector<std::int64_t> inner(static_cast<std::size_t>(selected.numel()));
    for (std::size_t m = 0; m < inner.size(); ++m) {
        inner[m] = base[selected.const_data_ptr<std::int64_t>()[m]];
    }
    return inner;
}

// The first base of token `t` of a sequence that ends before token `end`. BOS has no coordinate,
// and is nothing where every token is a base. A chunk that starts there is the first base's, unless
// that base starts a chunk itself: then the chunk holds no base.
std::optional<std::int64_t> place_of(const std::vector<std::int64_t>& base, std::int64_t t,
                                     std::int64_t end, bool of_bases) {
    if (base[t] >= 0) return base[t];
    if (of_bases || (t + 1 < end && base[t + 1] == 0)) return std::nullopt;
    return 0;
}

}  // namespace

// One cell of every sequence of a batch, packed.
struct BatchReader::Cell {
    std::int64_t number = 0;
    std::vector<std::int64_t> lengths;  // tokens of each sequence in this cell
    std::vector<std::int64_t> first;    // number of its first token in its sequence
    at::Tensor tokens_T, targets_T;     // int64; the token that follows each, any where none does
    std::vector<bool> scored;           // whether the base that follows is one of A C G T
};

BatchReader::BatchReader(model::LanguageModelImpl& model, genome::Reference& reference,
                         const Wanted& wanted)
    : model_(model),
      reference_(reference),
      wanted_(wanted),
      vocabulary_(genome::vocabulary_of_size(model.config.vocab_size)) {}

BatchReader::Cell BatchReader::load(const std::vector<SequenceCollector>& sequences,
                                    std::int64_t number) {
    Cell cell;
    cell.number = number;
    std::int64_t total = 0;
    for (const auto& sequence : sequences) {
        cell.first.push_back(sequence.cell_begin(number));
        cell.lengths.push_back(sequence.cell_end(number) - sequence.cell_begin(number));
        total += cell.lengths.back();
    }
    cell.tokens_T = at::empty({total}, at::kLong);
    cell.targets_T = at::empty({total}, at::kLong);
    auto* token = cell.tokens_T.data_ptr<std::int64_t>();
    auto* target = cell.targets_T.data_ptr<std::int64_t>();
    const std::int64_t filler = genome::token_of_base(vocabulary_, genome::kA);
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        if (cell.lengths[i] == 0) continue;
        // Token t is base t - 1 and predicts base t, which may lie in the next cell.
        const std::int64_t begin = cell.first[i], end = begin + cell.lengths[i];
        const std::int64_t first = std::max<std::int64_t>(0, begin - 1);
        const std::int64_t last = std::min(end, sequences[i].length());
        auto bases = reference_.fetch(sequences[i].place(first, last));
        if (sequences[i].planned().strand == genome::Strand::reverse) {
            genome::reverse_complement(bases.data(), last - first);
        }
        for (std::int64_t t = begin; t < end; ++t) {
            *token++ = t == 0 ? genome::bos_token(vocabulary_)
                              : genome::token_of_base(vocabulary_, bases[t - 1 - first]);
            const bool scored = t < last && genome::is_acgt(bases[t - first]);
            *target++ = scored ? genome::token_of_base(vocabulary_, bases[t - first]) : filler;
            cell.scored.push_back(scored);
        }
    }
    return cell;
}

void BatchReader::collect(const Cell& cell, const model::ModelOutput& output,
                          std::vector<SequenceCollector>& sequences) const {
    at::Tensor bits, entropy;
    if (wanted_.bits || wanted_.entropy) {
        const auto log_p = at::log_softmax(output.logits_TV, 1);
        if (wanted_.bits) {
            const auto target = cell.targets_T.to(log_p.device()).unsqueeze(1);
            bits = on_host(log_p.gather(1, target).squeeze(1).mul(-kBitsPerNat), at::kFloat);
        }
        if (wanted_.entropy) {
            entropy = on_host((log_p.exp() * log_p).sum(1).mul(-kBitsPerNat), at::kFloat);
        }
    }
    std::int64_t row = 0;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        for (std::int64_t j = 0; j < cell.lengths[i]; ++j, ++row) {
            if (cell.first[i] + j == sequences[i].length()) continue;  // nothing follows
            if (bits.defined()) {
                const float value = bits.const_data_ptr<float>()[row];
                if (cell.scored[row]) require_finite(value);
                sequences[i].add_bits(cell.scored[row] ? value : kNaN);
            }
            if (entropy.defined()) {
                sequences[i].add_entropy(entropy.const_data_ptr<float>()[row]);
            }
        }
    }
    if (wanted_.boundaries) collect_boundaries(cell, output, sequences);
    if (wanted_.vectors) collect_vectors(cell, output, sequences);
}

void BatchReader::collect_boundaries(const Cell& cell, const model::ModelOutput& output,
                                     std::vector<SequenceCollector>& sequences) const {
    std::vector<std::int64_t> base = first_bases(cell.lengths, cell.first);
    for (std::size_t s = 0; s < output.stages.size(); ++s) {
        const model::StageOutput& stage = output.stages[s];
        const auto prob = on_host(stage.prob_T, at::kFloat);
        const auto mask = on_host(stage.mask_T, at::kBool);
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            const std::int64_t end = stage.packing.cu[i + 1];
            for (std::int64_t t = stage.packing.cu[i]; t < end; ++t) {
                const auto place = place_of(base, t, end, s == 0);
                if (!place) continue;
                const float p = prob.const_data_ptr<float>()[t];
                require_finite(p);
                sequences[i].add_boundary(static_cast<std::int64_t>(s), *place, p,
                                          mask.const_data_ptr<bool>()[t]);
            }
        }
        base = inner_bases(base, stage);
    }
}

void BatchReader::collect_vectors(const Cell& cell, const model::ModelOutput& output,
                                  std::vector<SequenceCollector>& sequences) const {
    std::vector<std::int64_t> base = first_bases(cell.lengths, cell.first);
    const WantedVectors& wanted = *wanted_.vectors;
    const auto number = static_cast<std::size_t>(wanted.stage);
    at::Tensor rows_UD = output.hidden_TD;
    ops::Packing packing = ops::make_packing(cell.lengths, at::kCPU);
    bool of_bases = true;  // each unit is one base
    if (!output.stages.empty()) {
        for (std::size_t s = 0; s < number; ++s) base = inner_bases(base, output.stages[s]);
        const model::StageOutput& stage = output.stages[number];
        of_bases = number == 0 && wanted.layer != Layer::main;
        packing = stage.packing;
        rows_UD = wanted.layer == Layer::encoder ? stage.encoder_TD : stage.decoder_TD;
        if (wanted.layer == Layer::main) {
            base = inner_bases(base, stage);
            packing = stage.chunks.inner;
            rows_UD = stage.main_MD;
        }
    }
    rows_UD = on_host(rows_UD, at::kFloat);
    const std::int64_t width = rows_UD.size(1);
    const float* const rows = rows_UD.const_data_ptr<float>();
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        const std::int64_t end = packing.cu[i + 1];
        for (std::int64_t t = packing.cu[i]; t < end; ++t) {
            const auto place = place_of(base, t, end, of_bases);
            if (place) sequences[i].add_vector(*place, rows + t * width, rows + (t + 1) * width);
        }
    }
}

void BatchReader::read(const std::vector<PlannedSequence>& plan, std::size_t first,
                       std::size_t last, const Push& push,
                       const std::function<void(std::size_t)>& finish) {
    std::vector<SequenceCollector> sequences;
    std::int64_t cells = 0;
    for (std::size_t i = first; i < last; ++i) {
        sequences.emplace_back(plan[i], wanted_, model_.config.num_stages() - 1);
        cells = std::max(cells, sequences.back().cells());
    }
    model::ModelState state;
    if (cells > 1) state = model_.empty_state(static_cast<std::int64_t>(sequences.size()));
    for (std::int64_t number = 0; number < cells; ++number) {
        throw_if_stopped();
        const Cell cell = load(sequences, number);
        const auto packing = ops::make_packing(cell.lengths, model_.device());
        model::ForwardOptions options;
        if (cells > 1) options.state = &state;
        options.keep_activations = wanted_.vectors.has_value();
        options.decisions_only = !wanted_.bits && !wanted_.entropy && !wanted_.vectors;
        collect(cell, model_.forward(cell.tokens_T.to(model_.device()), packing, options),
                sequences);
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            if (cell.lengths[i] == 0) continue;
            sequences[i].cut(cell.first[i] + cell.lengths[i],
                             [&](SequenceValues values) { push(first + i, std::move(values)); });
            if (number + 1 == sequences[i].cells()) finish(first + i);
        }
    }
}

}  // namespace dna_hnet::evaluate
