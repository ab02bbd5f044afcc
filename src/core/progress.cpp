#include "core/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "core/log.hpp"

namespace dna_hnet {
namespace {

constexpr double kBarSeconds = 0.5, kLineSeconds = 30;

std::string clock_text(double seconds) {
    const auto total = static_cast<long>(seconds + 0.5);
    return total >= 3600 ? fmt::format("{}h{:02}m", total / 3600, total / 60 % 60)
                         : fmt::format("{}m{:02}s", total / 60, total % 60);
}

}  // namespace

Progress::Progress(std::string label, std::int64_t total, std::string unit)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      total_(total),
      start_(std::chrono::steady_clock::now()),
      last_(start_),
      terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
    finish();
}

void Progress::update(std::int64_t done, std::string_view note) {
    if (log_verbosity() < 0) return;
    const auto now = std::chrono::steady_clock::now();
    const double since = std::chrono::duration<double>(now - last_).count();
    if (since < (terminal_ ? kBarSeconds : kLineSeconds)) return;
    last_ = now;
    draw(done, note, std::chrono::duration<double>(now - start_).count());
}

void Progress::draw(std::int64_t done, std::string_view note, double seconds) {
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    std::string line = fmt::format("{} {} {}", label_, done, unit_);
    if (total_ > 0) {
        const double part = static_cast<double>(done) / static_cast<double>(total_);
        line = fmt::format("{} {:5.1f}%", label_, 100 * part);
        if (terminal_) {
            const auto filled = static_cast<std::size_t>(30 * part);
            line += fmt::format(" [{:<30}]", std::string(filled, '='));
        }
        if (part > 0) line += fmt::format(" {} left", clock_text(seconds * (1 - part) / part));
    }
    line += fmt::format(", {:.4g} k{}/s", rate / 1000, unit_);
    if (!note.empty()) line += fmt::format(", {}", note);
    std::fprintf(stderr, terminal_ ? "\r\033[K%s" : "%s\n", line.c_str());
    std::fflush(stderr);
    drawn_ = terminal_;
}

void Progress::finish() {
    if (drawn_) std::fputs("\r\033[K", stderr);
    drawn_ = false;
}

}  // namespace dna_hnet
