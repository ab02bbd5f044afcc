#pragma once
// Reads the steps [first, last) in order on a thread of its own, a few ahead of their use.
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "batch/step_reader.hpp"

namespace dna_hnet::batch {

class StepPrefetcher {
  public:
    StepPrefetcher(StepReader reader, std::int64_t first, std::int64_t last);
    ~StepPrefetcher();
    StepPrefetcher(const StepPrefetcher&) = delete;
    StepPrefetcher& operator=(const StepPrefetcher&) = delete;

    // The next step; waits for it. Throws what reading it threw. To be called at most last - first
    // times.
    StepBatch next();

  private:
    void fill(const std::stop_token& stop, std::int64_t first, std::int64_t last);

    StepReader reader_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<StepBatch> ready_;
    std::exception_ptr failure_;
    std::jthread thread_;  // last: it ends before what it uses goes
};

}  // namespace dna_hnet::batch
