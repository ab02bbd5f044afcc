#pragma once
// Values that wait for their turn. The first few stay in memory, what comes after them on disk, so
// that a sequence of any length may wait. Torch-free.
#include <functional>
#include <memory>
#include <vector>

#include "core/spill_file.hpp"
#include "evaluate/model_runner.hpp"

namespace dna_hnet::evaluate {

class KeptValues {
  public:
    void push(SequenceValues values);
    // Hands over all of them, in the order they came in or from the last to the first, and forgets
    // them.
    enum class Order { first_to_last, last_to_first };
    void hand_over(Order order, const std::function<void(SequenceValues)>& sink);

  private:
    SequenceValues read(std::size_t number) const;

    std::vector<SequenceValues> first_;
    std::vector<std::int64_t> offsets_;  // of those on disk
    std::unique_ptr<SpillFile> file_;
};

}  // namespace dna_hnet::evaluate
