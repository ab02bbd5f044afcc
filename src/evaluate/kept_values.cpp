#include "evaluate/kept_values.hpp"

#include <cstring>
#include <type_traits>

namespace dna_hnet::evaluate {
namespace {

constexpr std::size_t kInMemory = 16;

class Packed {
  public:
    explicit Packed(std::vector<char> bytes = {}) : bytes_(std::move(bytes)) {}
    const std::vector<char>& bytes() const { return bytes_; }

    template <class Value>
    void put(const Value& value) {
        static_assert(std::is_trivially_copyable_v<Value>);
        put_bytes(&value, sizeof value);
    }
    template <class Value>
    void put(const std::vector<Value>& values) {
        static_assert(std::is_trivially_copyable_v<Value>);
        put(values.size());
        put_bytes(values.data(), values.size() * sizeof(Value));
    }
    template <class Value>
    void take(Value& value) {
        take_bytes(&value, sizeof value);
    }
    template <class Value>
    void take(std::vector<Value>& values) {
        std::size_t count = 0;
        take(count);
        values.resize(count);
        take_bytes(values.data(), count * sizeof(Value));
    }

  private:
    void put_bytes(const void* from, std::size_t count) {
        const char* const first = static_cast<const char*>(from);
        bytes_.insert(bytes_.end(), first, first + count);
    }
    void take_bytes(void* to, std::size_t count) {
        if (count > 0) std::memcpy(to, bytes_.data() + taken_, count);
        taken_ += count;
    }

    std::vector<char> bytes_;
    std::size_t taken_ = 0;
};

}  // namespace

void KeptValues::push(SequenceValues values) {
    if (first_.size() < kInMemory) return first_.push_back(std::move(values));
    if (!file_) file_ = std::make_unique<SpillFile>("values that wait for their turn");
    Packed packed;
    packed.put(values.sequence);
    packed.put(values.bits);
    packed.put(values.entropy);
    packed.put(values.stages.size());
    for (const auto& stage : values.stages) packed.put(stage);
    packed.put(values.run_begins);
    packed.put(values.vectors);
    offsets_.push_back(file_->append(packed.bytes().data(), packed.bytes().size()));
}

SequenceValues KeptValues::read(std::size_t number) const {
    const std::int64_t begin = offsets_[number];
    const std::int64_t end = number + 1 < offsets_.size() ? offsets_[number + 1] : file_->size();
    std::vector<char> bytes(static_cast<std::size_t>(end - begin));
    file_->read(begin, bytes.data(), bytes.size());
    Packed packed(std::move(bytes));
    SequenceValues values;
    packed.take(values.sequence);
    packed.take(values.bits);
    packed.take(values.entropy);
    std::size_t stages = 0;
    packed.take(stages);
    values.stages.resize(stages);
    for (auto& stage : values.stages) packed.take(stage);
    packed.take(values.run_begins);
    packed.take(values.vectors);
    return values;
}

void KeptValues::hand_over(Order order, const std::function<void(SequenceValues)>& sink) {
    if (order == Order::first_to_last) {
        for (SequenceValues& values : first_) sink(std::move(values));
        for (std::size_t i = 0; i < offsets_.size(); ++i) sink(read(i));
    } else {
        for (std::size_t i = offsets_.size(); i-- > 0;) sink(read(i));
        for (auto values = first_.rbegin(); values != first_.rend(); ++values) {
            sink(std::move(*values));
        }
    }
    first_.clear();
    offsets_.clear();
    file_.reset();
}

}  // namespace dna_hnet::evaluate
