#pragma once
// Values along a contig with the sum of any stretch of them in constant time.
#include <cstdint>
#include <utility>
#include <vector>

namespace dna_hnet::annotation {

// Memory: the values, and a Sum for every kStride of them.
template <class Value, class Sum>
class SummedTrack {
  public:
    SummedTrack() = default;
    explicit SummedTrack(std::vector<Value> values) : values_(std::move(values)) {
        sums_.clear();
        sums_.reserve(values_.size() / kStride + 1);
        Sum sum = 0;
        for (std::size_t i = 0; i < values_.size(); ++i) {
            if (i % kStride == 0) sums_.push_back(sum);
            sum += static_cast<Sum>(values_[i]);
        }
        if (values_.size() % kStride == 0) sums_.push_back(sum);
    }

    std::size_t size() const { return values_.size(); }
    const Value& operator[](std::size_t i) const { return values_[i]; }
    // Of values [begin, end); 0 <= begin <= end <= size().
    Sum between(std::int64_t begin, std::int64_t end) const { return before(end) - before(begin); }
    Sum total() const { return before(static_cast<std::int64_t>(size())); }

  private:
    static constexpr std::size_t kStride = 16;

    Sum before(std::int64_t end) const {
        const auto last = static_cast<std::size_t>(end);
        const std::size_t block = last / kStride;
        Sum sum = sums_[block];
        for (std::size_t i = block * kStride; i < last; ++i) sum += static_cast<Sum>(values_[i]);
        return sum;
    }

    std::vector<Value> values_;
    std::vector<Sum> sums_ = {0};  // before every kStride-th value
};

}  // namespace dna_hnet::annotation
