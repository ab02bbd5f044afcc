#include "evaluate/haplotype_reader.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "core/signals.hpp"
#include "evaluate/host_values.hpp"
#include "evaluate/require_finite.hpp"

namespace dna_hnet::evaluate {

// A string that is being read.
struct HaplotypeReader::Row {
    HaplotypeReading* reading = nullptr;
    std::int64_t at = 0;  // the first base of the next cell
    std::array<float, 4> next{};
    std::size_t kept = 0;  // edges of reading->keep that are behind

    std::int64_t length() const { return static_cast<std::int64_t>(reading->bases.size()); }
    std::int64_t cell_end() const { return std::min(at + kVariantCell, length()); }
};

// The next cell of every row, packed.
struct HaplotypeReader::Cell {
    std::vector<std::int64_t> lengths;  // tokens
    at::Tensor tokens_T;                // int64
};

HaplotypeReader::HaplotypeReader(model::LanguageModelImpl& model, bool keep_decisions)
    : model_(model),
      vocabulary_(genome::vocabulary_of_size(model.config.vocab_size)),
      keep_decisions_(keep_decisions) {}

// Rows that go on from one state stand beside each other.
model::ModelState HaplotypeReader::first_state(const std::vector<Row>& rows) const {
    std::vector<model::ModelState> parts;
    for (std::size_t i = 0; i < rows.size();) {
        const auto state_of = [&](std::size_t row) -> const model::ModelState* {
            const ReadingEdge* const from = rows[row].reading->from;
            return from ? from->state.get() : nullptr;
        };
        const auto* const state = state_of(i);
        std::vector<std::int64_t> picked;
        for (; i < rows.size() && state_of(i) == state; ++i) {
            picked.push_back(state ? rows[i].reading->from->row : 0);
        }
        parts.push_back(state ? state->select(picked)
                              : model_.empty_state(static_cast<std::int64_t>(picked.size())));
    }
    if (parts.size() == 1) return std::move(parts.front());
    std::vector<const model::ModelState*> pointers;
    for (const auto& part : parts) pointers.push_back(&part);
    return model::ModelState::concat(pointers);
}

HaplotypeReader::Cell HaplotypeReader::load(const std::vector<Row>& rows) const {
    Cell cell;
    std::int64_t total = 0;
    for (const Row& row : rows) {
        // BOS belongs to the first cell.
        cell.lengths.push_back(row.cell_end() - row.at + (row.at == 0 ? 1 : 0));
        total += cell.lengths.back();
    }
    cell.tokens_T = at::empty({total}, at::kLong);
    auto* token = cell.tokens_T.data_ptr<std::int64_t>();
    for (const Row& row : rows) {
        if (row.at == 0) *token++ = genome::bos_token(vocabulary_);
        for (std::int64_t i = row.at; i < row.cell_end(); ++i) {
            const genome::Base base = row.reading->bases[static_cast<std::size_t>(i)];
            *token++ = genome::token_of_base(vocabulary_, base);
        }
    }
    return cell;
}

void HaplotypeReader::collect(const Cell& cell, const model::ModelOutput& output,
                              std::vector<Row>& rows) const {
    const auto acgt = genome::acgt_tokens(vocabulary_);
    const auto columns =
        ops::index_tensor({acgt[0], acgt[1], acgt[2], acgt[3]}, output.logits_TV.device());
    const auto log2_p = on_host(
        at::log_softmax(output.logits_TV, 1).index_select(1, columns).mul(kBitsPerNat), at::kFloat);
    const at::Tensor prob =
        output.stages.empty() ? at::Tensor() : on_host(output.stages[0].prob_T, at::kFloat);
    const float* predicted = log2_p.const_data_ptr<float>();
    std::int64_t token = 0;
    for (std::size_t i = 0; i < rows.size(); ++i, token += cell.lengths[i - 1]) {
        Row& row = rows[i];
        HaplotypeReading& reading = *row.reading;
        std::int64_t of_base = token;  // the token of the base at hand
        const auto advance = [&](std::int64_t of_token) {
            std::copy_n(predicted + 4 * of_token, 4, row.next.begin());
        };
        if (row.at == 0) advance(of_base++);
        for (std::int64_t b = row.at; b < row.cell_end(); ++b, ++of_base) {
            const genome::Base base = reading.bases[static_cast<std::size_t>(b)];
            float value = std::numeric_limits<float>::quiet_NaN();
            if (genome::is_acgt(base)) {
                value = row.next[base];
                require_finite(value);
            }
            reading.log2_p.push_back(value);
            if (prob.defined()) {
                reading.boundary.push_back(prob.const_data_ptr<float>()[of_base]);
                require_finite(reading.boundary.back());
            }
            advance(of_base);
        }
    }
}

void HaplotypeReader::collect_decisions(const model::ModelOutput& output, std::vector<Row>& rows) {
    for (std::size_t s = 0; s < output.stages.size(); ++s) {
        const model::StageOutput& stage = output.stages[s];
        const auto mask = on_host(stage.mask_T, at::kBool);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto& decisions = rows[i].reading->decisions;
            decisions.resize(output.stages.size());
            for (std::int64_t t = stage.packing.cu[i]; t < stage.packing.cu[i + 1]; ++t) {
                decisions[s].push_back(mask.const_data_ptr<bool>()[t]);
            }
        }
    }
}

// The states of the rows that stand at an edge of theirs.
void HaplotypeReader::keep_edges(const model::ModelState& state, std::vector<Row>& rows) {
    std::vector<std::int64_t> kept;
    std::vector<ReadingEdge*> edges;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Row& row = rows[i];
        HaplotypeReading& reading = *row.reading;
        if (row.kept == reading.keep.size() || reading.keep[row.kept] != row.at) continue;
        ++row.kept;
        reading.edges.reserve(reading.keep.size());  // so that edges stay where they are
        reading.edges.push_back(
            {row.at, nullptr, static_cast<std::int64_t>(kept.size()), row.next, reading.decisions});
        edges.push_back(&reading.edges.back());
        kept.push_back(static_cast<std::int64_t>(i));
    }
    if (kept.empty()) return;
    const auto kept_state = std::make_shared<const model::ModelState>(state.select(kept));
    for (ReadingEdge* const edge : edges) edge->state = kept_state;
}

void HaplotypeReader::read(std::vector<HaplotypeReading*> readings) const {
    std::stable_sort(readings.begin(), readings.end(), [](const auto* a, const auto* b) {
        const auto state = [](const auto* reading) {
            return reading->from ? reading->from->state.get() : nullptr;
        };
        return std::less<>()(state(a), state(b));
    });
    std::vector<Row> rows;
    for (HaplotypeReading* const reading : readings) {
        const ReadingEdge* const from = reading->from;
        if (from) reading->decisions = from->decisions;
        rows.push_back({reading, reading->begin(), from ? from->next : std::array<float, 4>{}, 0});
    }
    model::ModelState state = first_state(rows);
    while (true) {
        std::vector<Row> open;
        std::vector<std::int64_t> numbers;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].at >= rows[i].length()) continue;
            open.push_back(rows[i]);
            numbers.push_back(static_cast<std::int64_t>(i));
        }
        if (open.empty()) return;
        if (open.size() < rows.size()) state = state.select(numbers);
        rows = std::move(open);
        throw_if_stopped();
        const Cell cell = load(rows);
        model::ForwardOptions options;
        options.state = &state;
        const auto packing = ops::make_packing(cell.lengths, model_.device());
        const auto output = model_.forward(cell.tokens_T.to(model_.device()), packing, options);
        collect(cell, output, rows);
        if (keep_decisions_) collect_decisions(output, rows);
        for (Row& row : rows) row.at = row.cell_end();
        keep_edges(state, rows);
    }
}

}  // namespace dna_hnet::evaluate
