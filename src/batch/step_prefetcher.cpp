#include "batch/step_prefetcher.hpp"

namespace dna_hnet::batch {
namespace {

constexpr std::size_t kAhead = 2;  // steps

}  // namespace

StepPrefetcher::StepPrefetcher(StepReader reader, std::int64_t first, std::int64_t last)
    : reader_(std::move(reader)),
      thread_([this, first, last](const std::stop_token& stop) { fill(stop, first, last); }) {}

StepPrefetcher::~StepPrefetcher() = default;

void StepPrefetcher::fill(const std::stop_token& stop, std::int64_t first, std::int64_t last) {
    try {
        for (std::int64_t step = first; step < last && !stop.stop_requested(); ++step) {
            StepBatch batch = reader_.read(step);
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [&] { return ready_.size() < kAhead; })) return;
            ready_.push_back(std::move(batch));
            changed_.notify_all();
        }
    } catch (...) {
        const std::lock_guard lock(mutex_);
        failure_ = std::current_exception();
        changed_.notify_all();
    }
}

StepBatch StepPrefetcher::next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !ready_.empty() || failure_; });
    if (ready_.empty()) std::rethrow_exception(failure_);
    StepBatch batch = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return batch;
}

}  // namespace dna_hnet::batch
