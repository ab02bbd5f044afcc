#pragma once
// Ordered hand-over: threads work on batches of sequences in any order, and what they yield reaches
// the sink in the order of the sequences, one call at a time. A batch starts only while few batches
// are ahead of the sink, so the buffer is bounded. Torch-free.
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "evaluate/kept_values.hpp"

namespace dna_hnet::evaluate {

class HandOver {
  public:
    using Sink = std::function<void(const SequenceValues&)>;
    using Batch = std::pair<std::size_t, std::size_t>;  // sequences [first, second)

    // `batches` follow one another without holes; at most `ahead` of them are open at a time.
    HandOver(std::vector<Batch> batches, std::size_t ahead, Sink sink);

    // The next batch; waits while too many are open; nothing when there is none left or one failed.
    std::optional<Batch> claim();
    void push(std::size_t sequence, SequenceValues values);
    void finish(std::size_t sequence);  // nothing more will come of it
    void fail(std::exception_ptr error);
    void rethrow() const;  // the first error, if any; after the threads have ended

  private:
    struct Waiting {
        KeptValues values;
        bool finished = false;
    };
    void advance();  // with the lock held

    std::vector<Batch> batches_;
    std::size_t ahead_, claimed_ = 0, head_batch_ = 0, head_ = 0;
    Sink sink_;
    std::map<std::size_t, Waiting> waiting_;
    std::exception_ptr error_;
    std::mutex mutex_;
    std::condition_variable room_;
};

}  // namespace dna_hnet::evaluate
