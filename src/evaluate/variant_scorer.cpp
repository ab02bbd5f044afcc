#include "evaluate/variant_scorer.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <thread>

#include "config/costs.hpp"
#include "core/error.hpp"
#include "evaluate/haplotype_reader.hpp"
#include "evaluate/thread_count.hpp"

namespace dna_hnet::evaluate {
namespace {

using genome::Difference;

constexpr std::int64_t kBoundaryReach = 100;                 // bases, of --boundary-effects
constexpr std::int64_t kStateBytes = std::int64_t{1} << 28;  // of kept states, per thread
constexpr std::int64_t kStatesPerWindow = 4;  // kept, where variants stand close together

// One reference window and the differences that are read in it.
struct Window {
    std::vector<std::size_t> differences;
    HaplotypeReading reference;
};

std::int64_t edge_before(std::int64_t first) {
    return first / kVariantCell * kVariantCell;
}

// Sum of the values that are numbers.
double sum_of(const std::vector<float>& values, std::int64_t begin, std::int64_t end) {
    double sum = 0;
    for (std::int64_t i = begin; i < end; ++i) {
        const float value = values[static_cast<std::size_t>(i)];
        if (!std::isnan(value)) sum += value;
    }
    return sum;
}

// Bits per base of the whole reference window.
double mean_bits(const std::vector<float>& log2_p) {
    const auto count =
        std::count_if(log2_p.begin(), log2_p.end(), [](float value) { return !std::isnan(value); });
    if (count == 0) return 0;
    return -sum_of(log2_p, 0, static_cast<std::int64_t>(log2_p.size())) /
           static_cast<double>(count);
}

BoundaryEffect effect_of(const std::vector<float>& reference, std::int64_t reference_tail,
                         const std::vector<float>& alternative, std::int64_t alternative_tail) {
    BoundaryEffect effect;
    const auto reach =
        std::min({kBoundaryReach, static_cast<std::int64_t>(reference.size()) - reference_tail,
                  static_cast<std::int64_t>(alternative.size()) - alternative_tail});
    if (reach <= 0) effect.gain = effect.loss = std::numeric_limits<float>::quiet_NaN();
    for (std::int64_t i = 0; i < reach; ++i) {
        const float change = alternative[static_cast<std::size_t>(alternative_tail + i)] -
                             reference[static_cast<std::size_t>(reference_tail + i)];
        if (change > effect.gain) {
            effect.gain = change;
            effect.gain_offset = static_cast<std::int32_t>(i + 1);
        }
        if (-change > effect.loss) {
            effect.loss = -change;
            effect.loss_offset = static_cast<std::int32_t>(i + 1);
        }
    }
    return effect;
}

}  // namespace

struct VariantScorer::Impl {
    std::shared_ptr<model::LanguageModelImpl> model;
    VariantReading reading;

    // Bases of the tail whose likelihoods are compared.
    std::int64_t compared(const Difference& difference) const {
        return std::min(difference.tail(), reading.suffix.value_or(difference.tail()));
    }

    HaplotypeReading alternative_of(const Window& window, const Difference& difference) const {
        HaplotypeReading result;
        const auto& bases = window.reference.bases;
        const auto first = bases.begin() + difference.first;
        const auto tail = first + difference.ref_length;
        // Boundary effects may reach further than the suffix.
        const std::int64_t read =
            std::min(difference.tail(),
                     std::max(compared(difference), reading.boundary_effects ? kBoundaryReach : 0));
        result.bases.assign(bases.begin(), first);
        result.bases.insert(result.bases.end(), difference.alternative.begin(),
                            difference.alternative.end());
        result.bases.insert(result.bases.end(), tail, tail + read);
        for (const ReadingEdge& edge : window.reference.edges) {
            if (reading.shared_prefix && edge.position == edge_before(difference.first)) {
                result.from = &edge;
            }
        }
        return result;
    }

    DirectionScore score_of(const Difference& difference, const HaplotypeReading& reference,
                            const HaplotypeReading& alternative) const {
        const auto added = static_cast<std::int64_t>(difference.alternative.size());
        const std::int64_t first = difference.first - alternative.begin();
        const std::int64_t own_tail = first + added;
        const std::int64_t tail = difference.first + difference.ref_length;
        DirectionScore score;
        score.site =
            sum_of(alternative.log2_p, first, own_tail) -
            sum_of(reference.log2_p, difference.first, tail) +
            mean_bits(reference.log2_p) * static_cast<double>(added - difference.ref_length);
        for (std::int64_t i = 0; i < compared(difference); ++i) {
            const float change = alternative.log2_p[static_cast<std::size_t>(own_tail + i)] -
                                 reference.log2_p[static_cast<std::size_t>(tail + i)];
            if (!std::isnan(change)) score.flank += change;
        }
        if (reading.boundary_effects) {
            score.boundaries = effect_of(reference.boundary, tail, alternative.boundary, own_tail);
        }
        return score;
    }

    // Strings that are read beside each other.
    std::int64_t strings_beside(std::int64_t window) const {
        const std::int64_t state = config::state_bytes(model->config, window, {});
        return std::clamp<std::int64_t>(
            kStateBytes / (kStatesPerWindow * std::max<std::int64_t>(state, 1)), 1,
            std::max<std::int64_t>(1, reading.batch_bases / kVariantCell));
    }
};

namespace {

// Windows in the order of their first difference; differences without sharing each have their own.
std::vector<Window> windows_of(const std::vector<Difference>& differences, bool shared) {
    using Key = std::tuple<genome::Interval, genome::Strand, std::size_t>;
    std::map<Key, std::size_t> numbers;
    std::vector<Window> windows;
    for (std::size_t i = 0; i < differences.size(); ++i) {
        const Difference& difference = differences[i];
        const auto [place, is_new] = numbers.try_emplace(
            {difference.window, difference.strand, shared ? 0 : i}, windows.size());
        if (is_new) windows.emplace_back();
        Window& window = windows[place->second];
        window.differences.push_back(i);
        const std::int64_t edge = edge_before(difference.first);
        if (shared && edge > 0) window.reference.keep.push_back(edge);
    }
    for (Window& window : windows) {
        auto& keep = window.reference.keep;
        std::sort(keep.begin(), keep.end());
        keep.erase(std::unique(keep.begin(), keep.end()), keep.end());
    }
    return windows;
}

}  // namespace

// The windows of one call, spread over threads.
class VariantScorer::ScoreRun {
  public:
    ScoreRun(const Impl& impl, const std::vector<Difference>& differences,
             std::vector<DifferenceDecisions>* decisions)
        : impl_(impl),
          differences_(differences),
          decisions_(decisions),
          windows_(windows_of(differences, impl.reading.shared_prefix)),
          scores_(differences.size()),
          threads_(std::min(static_cast<std::size_t>(impl.reading.threads), windows_.size())) {
        std::int64_t longest = 0;
        for (const Difference& difference : differences) {
            longest = std::max(longest, difference.window.length());
        }
        // Few windows are spread over the threads.
        beside_ = std::min(static_cast<std::size_t>(impl.strings_beside(longest)),
                           (windows_.size() + threads_ - 1) / threads_);
    }

    void run(const genome::Reference& reference) {
        const ThreadCount restored;
        std::vector<std::unique_ptr<genome::Reference>> references;
        for (std::size_t i = 0; i < threads_; ++i) references.push_back(reference.clone());
        {
            std::vector<std::jthread> running;
            for (auto& own : references) running.emplace_back([this, &own] { work(*own); });
        }
        if (error_) std::rethrow_exception(error_);
    }

    std::vector<DirectionScore> take_scores() { return std::move(scores_); }

  private:
    void work(genome::Reference& reference) {
        try {
            at::set_num_threads(1);
            const c10::InferenceMode inference;
            const HaplotypeReader reader(*impl_.model, decisions_ != nullptr);
            for (std::size_t at = next_.fetch_add(beside_); at < windows_.size();
                 at = next_.fetch_add(beside_)) {
                const std::size_t end = std::min(at + beside_, windows_.size());
                read_windows(reader, reference, at, end);
                read_alternatives(reader, at, end);
                for (std::size_t w = at; w < end; ++w) windows_[w].reference = {};
            }
        } catch (...) {
            const std::lock_guard lock(error_lock_);
            if (!error_) error_ = std::current_exception();
            next_ = windows_.size();
        }
    }

    void read_windows(const HaplotypeReader& reader, genome::Reference& reference,
                      std::size_t begin, std::size_t end) {
        std::vector<HaplotypeReading*> readings;
        for (std::size_t w = begin; w < end; ++w) {
            const Difference& first = differences_[windows_[w].differences[0]];
            windows_[w].reference.bases = genome::read_bases(reference, first.window, first.strand);
            readings.push_back(&windows_[w].reference);
        }
        reader.read(readings);
    }

    void read_alternatives(const HaplotypeReader& reader, std::size_t begin, std::size_t end) {
        std::vector<std::pair<std::size_t, std::size_t>> alternatives;  // window, difference
        for (std::size_t w = begin; w < end; ++w) {
            for (const std::size_t d : windows_[w].differences) alternatives.emplace_back(w, d);
        }
        for (std::size_t at = 0; at < alternatives.size(); at += beside_) {
            const std::size_t count = std::min(beside_, alternatives.size() - at);
            std::vector<HaplotypeReading> strings(count);
            std::vector<HaplotypeReading*> readings;
            for (std::size_t i = 0; i < count; ++i) {
                const auto [w, d] = alternatives[at + i];
                strings[i] = impl_.alternative_of(windows_[w], differences_[d]);
                readings.push_back(&strings[i]);
            }
            reader.read(readings);
            for (std::size_t i = 0; i < count; ++i) {
                const auto [w, d] = alternatives[at + i];
                const HaplotypeReading& reference = windows_[w].reference;
                scores_[d] = impl_.score_of(differences_[d], reference, strings[i]);
                if (decisions_) (*decisions_)[d] = {reference.decisions, strings[i].decisions};
            }
        }
    }

    const Impl& impl_;
    const std::vector<Difference>& differences_;
    std::vector<DifferenceDecisions>* decisions_;
    std::vector<Window> windows_;
    std::vector<DirectionScore> scores_;
    std::size_t threads_, beside_ = 1;
    std::atomic<std::size_t> next_{0};
    std::exception_ptr error_;
    std::mutex error_lock_;
};

VariantScorer::VariantScorer(std::shared_ptr<model::LanguageModelImpl> model,
                             VariantReading reading) {
    const auto at_least_one = [](const char* name, std::int64_t value) {
        if (value < 1) {
            throw usage_error(fmt::format("{}: got {}, expected at least 1", name, value));
        }
    };
    at_least_one("--suffix", reading.suffix.value_or(1));
    at_least_one("--threads", reading.threads);
    at_least_one("--batch-bases", reading.batch_bases);
    if (reading.boundary_effects && model->config.num_stages() == 1) {
        throw usage_error("--boundary-effects: this model has no chunk boundaries");
    }
    genome::vocabulary_of_size(model->config.vocab_size);
    impl_ = std::make_unique<Impl>(Impl{std::move(model), reading});
}

VariantScorer::~VariantScorer() = default;

std::vector<DirectionScore> VariantScorer::score(genome::Reference& reference,
                                                 const std::vector<Difference>& differences,
                                                 std::vector<DifferenceDecisions>* decisions) {
    if (decisions) decisions->assign(differences.size(), {});
    if (differences.empty()) return {};
    ScoreRun run(*impl_, differences, decisions);
    run.run(reference);
    return run.take_scores();
}

}  // namespace dna_hnet::evaluate
