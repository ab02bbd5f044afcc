#include "tasks/scored_pieces.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "evaluate/baseline_runner.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;

constexpr std::int64_t kStripeBases = 1 << 20;
// Carry mode spreads segments over threads, so a stripe should hold several.
constexpr std::int64_t kCarryStripeBases = 1 << 22;
constexpr std::int64_t kPieceBases = 1 << 18;

class Stopwatch {
  public:
    explicit Stopwatch(double& total) : total_(total) {}
    ~Stopwatch() {
        const auto passed = std::chrono::steady_clock::now() - start_;
        total_ += std::chrono::duration<double>(passed).count();
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

  private:
    double& total_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Parts of the regions that belong to one segment and the gap behind it stay together.
std::vector<std::vector<Interval>> by_segment(const std::vector<Interval>& regions,
                                              const std::vector<Interval>& segments) {
    std::vector<std::vector<Interval>> groups;
    auto segment = segments.begin();
    auto last = segments.end();
    for (Interval rest : regions) {
        while (rest.length() > 0) {
            // The last segment that begins at or before the rest of the region.
            while (segment != segments.end() && std::pair(segment->contig, segment->begin) <=
                                                    std::pair(rest.contig, rest.begin)) {
                last = segment++;
            }
            const bool cut = segment != segments.end() && segment->contig == rest.contig &&
                             segment->begin < rest.end;
            const Interval part{rest.contig, rest.begin, cut ? segment->begin : rest.end};
            const bool same = !groups.empty() && last != segments.end() &&
                              groups.back().back().contig == part.contig &&
                              groups.back().back().end > last->begin && last->contig == part.contig;
            if (same) {
                groups.back().push_back(part);
            } else {
                groups.push_back({part});
            }
            rest.begin = part.end;
        }
    }
    return groups;
}

}  // namespace

std::vector<std::string> ScoreSources::models() const {
    std::vector<std::string> names;
    if (runner) names.emplace_back("dna-hnet");
    for (const std::size_t row : rows) names.push_back(baselines->names().at(row));
    return names;
}

std::vector<std::vector<Interval>> make_stripes(const std::vector<Interval>& regions,
                                                const std::vector<Interval>& segments,
                                                const evaluate::ReadingOptions& reading) {
    const bool carry = reading.mode == evaluate::Mode::carry;
    const std::int64_t most = carry ? kCarryStripeBases * reading.threads : kStripeBases;
    std::vector<std::vector<Interval>> parts;
    if (carry) {
        parts = by_segment(regions, segments);
    } else {
        for (Interval rest : regions) {
            for (; rest.length() > 0; rest.begin = parts.back().back().end) {
                parts.push_back({{rest.contig, rest.begin, std::min(rest.end, rest.begin + most)}});
            }
        }
    }
    std::vector<std::vector<Interval>> stripes;
    std::int64_t bases = 0;
    for (const auto& part : parts) {
        const std::int64_t length = genome::total_length(part);
        if (stripes.empty() || bases + length > most) {
            stripes.emplace_back();
            bases = 0;
        }
        bases += length;
        stripes.back().insert(stripes.back().end(), part.begin(), part.end());
    }
    return stripes;
}

PieceScorer::PieceScorer(genome::Reference& reference, const std::vector<Interval>& segments,
                         const ScoreSources& sources, const evaluate::ReadingOptions& reading,
                         const std::vector<genome::Strand>& strands)
    : reference_(reference),
      segments_(segments),
      sources_(sources),
      reading_(reading),
      strands_(strands) {}

void PieceScorer::add_model(const std::vector<Interval>& stripe, StripeValues& values,
                            const std::function<void(std::int64_t)>& progress) {
    const Stopwatch watch(seconds_.model);
    const std::size_t models = sources_.models().size();
    evaluate::Wanted wanted;
    wanted.entropy = sources_.entropy;
    for (std::size_t s = 0; s < strands_.size(); ++s) {
        sources_.runner->run(
            reference_, segments_, stripe, strands_[s], wanted,
            [&](const evaluate::SequenceValues& read) {
                std::vector<float> bits = read.bits;
                for (float& one : bits) one = std::isnan(one) ? 0.0F : one;
                values.put(channel(0, s), read.sequence.yields, bits.data());
                if (sources_.entropy) {
                    values.put(channel(models, s), read.sequence.yields, read.entropy.data());
                }
            },
            [&](std::int64_t bases) {
                if (progress) progress(done_ + bases);
            });
        done_ += genome::total_length(stripe);
    }
}

void PieceScorer::add_baselines(const std::vector<Interval>& stripe, StripeValues& values) {
    const Stopwatch watch(seconds_.baselines);
    const std::size_t first = sources_.runner ? 1 : 0;
    const evaluate::BaselineRun run{reading_.mode, reading_.context, reading_.threads, false};
    for (std::size_t s = 0; s < strands_.size(); ++s) {
        // Several threads, but every base is one thread's.
        evaluate::run_baselines(
            *sources_.baselines, run, reference_, segments_, stripe, strands_[s],
            [&](const evaluate::BaselineValues& read) {
                for (std::size_t i = 0; i < sources_.rows.size(); ++i) {
                    values.put(channel(first + i, s), read.piece,
                               read.bits.data() + static_cast<std::int64_t>(sources_.rows[i]) *
                                                      read.piece.length());
                }
            });
        if (!sources_.runner) done_ += genome::total_length(stripe);
    }
}

ScoredPiece PieceScorer::piece_of(const Interval& where, const StripeValues& values) {
    const std::size_t models = sources_.models().size();
    ScoredPiece piece{where, reference_.fetch(where), {}, {}};
    piece.bits.resize(models);
    for (std::size_t model = 0; model <= models; ++model) {
        if (model == models && !sources_.entropy) break;
        auto& strands = model < models ? piece.bits[model] : piece.entropy;
        for (std::size_t s = 0; s < strands_.size(); ++s) {
            strands.push_back(values.get(channel(model, s), where));
        }
    }
    return piece;
}

void PieceScorer::run(const std::vector<Interval>& regions,
                      const std::function<void(const ScoredPiece&)>& sink,
                      const std::function<void(std::int64_t)>& progress) {
    const std::size_t channels = channel(sources_.models().size() + (sources_.entropy ? 1 : 0), 0);
    for (const auto& stripe : make_stripes(regions, segments_, reading_)) {
        StripeValues values(stripe, channels, genome::total_length(stripe) > kStripeBases);
        if (sources_.runner) add_model(stripe, values, progress);
        if (sources_.baselines) add_baselines(stripe, values);
        if (!sources_.runner && progress) progress(done_);
        for (Interval rest : stripe) {
            for (; rest.length() > 0; rest.begin += kPieceBases) {
                const std::int64_t end = std::min(rest.end, rest.begin + kPieceBases);
                sink(piece_of({rest.contig, rest.begin, end}, values));
            }
        }
    }
}

}  // namespace dna_hnet::tasks
