#include "train/progress_line.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cmath>

namespace dna_hnet::train {
namespace {

std::string duration_text(double seconds) {
    const auto total = std::llround(seconds);
    return total >= 3600 ? fmt::format("{}h{:02}m", total / 3600, total / 60 % 60)
                         : fmt::format("{}m{:02}s", total / 60, total % 60);
}

std::string rate_text(double bases) {
    if (bases >= 1e6) return fmt::format("{:.2f} Mbp/s", bases / 1e6);
    return bases >= 1e3 ? fmt::format("{:.2f} kbp/s", bases / 1e3)
                        : fmt::format("{:.0f} bp/s", bases);
}

std::string chunk_column(std::size_t stage) {
    return fmt::format("bases_per_chunk_s{}", stage);
}

}  // namespace

std::string progress_line(const StepReport& report) {
    std::string line =
        fmt::format("step {}/{} | {:.1f}%", report.step, report.steps,
                    100.0 * static_cast<double>(report.step) / static_cast<double>(report.steps));
    if (std::isfinite(report.valid_bits))
        line += fmt::format(" | val {:.3f} bpb", report.valid_bits);
    line += fmt::format(" | train {:.3f} bpb", report.statistics.bits_per_base());
    for (std::size_t s = 0; s < report.statistics.stages.size(); ++s) {
        line += fmt::format("{} {:.1f}{} (s{})", s == 0 ? " | chunk" : "",
                            report.statistics.bases_per_chunk(s), s == 0 ? " bp" : "", s);
    }
    if (!report.statistics.stages.empty())
        line += fmt::format(" | ratio loss {:.3f}", report.statistics.ratio_loss);
    line += fmt::format(" | gnorm {:.2f} | lr {:.1e} | {} | mem {:.1f} GiB", report.gradient_norm,
                        report.learning_rate, rate_text(report.bases_per_second),
                        static_cast<double>(report.memory_bytes) / (1LL << 30));
    if (report.bases_per_second > 0 && report.step > 0) {
        const double bases_per_step =
            static_cast<double>(report.bases_seen) / static_cast<double>(report.step);
        line += " | ETA " + duration_text(static_cast<double>(report.steps - report.step) *
                                          bases_per_step / report.bases_per_second);
    }
    return line;
}

std::vector<std::string> metric_columns(std::int64_t routed_stages) {
    std::vector<std::string> columns = {"loss", "bits_per_base", "scored_bases", "ratio_loss"};
    for (std::int64_t s = 0; s < routed_stages; ++s)
        columns.push_back(chunk_column(static_cast<std::size_t>(s)));
    for (const char* name : {"gradient_norm", "learning_rate", "bases_seen", "seconds",
                             "bases_per_second", "memory_bytes"}) {
        columns.emplace_back(name);
    }
    return columns;
}

std::vector<std::pair<std::string, double>> step_metrics(const StepReport& report) {
    const StepStatistics& statistics = report.statistics;
    std::vector<std::pair<std::string, double>> values = {
        {"loss", statistics.loss},
        {"bits_per_base", statistics.bits_per_base()},
        {"scored_bases", static_cast<double>(statistics.scored_bases)},
        {"gradient_norm", report.gradient_norm},
        {"learning_rate", report.learning_rate},
        {"bases_seen", static_cast<double>(report.bases_seen)},
        {"seconds", report.seconds},
        {"bases_per_second", report.bases_per_second},
        {"memory_bytes", static_cast<double>(report.memory_bytes)}};
    if (!statistics.stages.empty()) values.emplace_back("ratio_loss", statistics.ratio_loss);
    for (std::size_t s = 0; s < statistics.stages.size(); ++s)
        values.emplace_back(chunk_column(s), statistics.bases_per_chunk(s));
    return values;
}

std::vector<std::pair<std::string, double>> validation_metrics(const StepStatistics& statistics,
                                                               double seconds) {
    std::vector<std::pair<std::string, double>> values = {
        {"bits_per_base", statistics.bits_per_base()},
        {"scored_bases", static_cast<double>(statistics.scored_bases)},
        {"seconds", seconds}};
    for (std::size_t s = 0; s < statistics.stages.size(); ++s)
        values.emplace_back(chunk_column(s), statistics.bases_per_chunk(s));
    return values;
}

std::int64_t peak_memory_bytes() {
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace dna_hnet::train
