#include "evaluate/hand_over.hpp"

namespace dna_hnet::evaluate {

HandOver::HandOver(std::vector<Batch> batches, std::size_t ahead, Sink sink)
    : batches_(std::move(batches)), ahead_(ahead), sink_(std::move(sink)) {}

std::optional<HandOver::Batch> HandOver::claim() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] {
        return error_ || claimed_ == batches_.size() || claimed_ < head_batch_ + ahead_;
    });
    if (error_ || claimed_ == batches_.size()) return std::nullopt;
    return batches_[claimed_++];
}

void HandOver::push(std::size_t sequence, SequenceValues values) {
    const std::lock_guard lock(mutex_);
    if (error_) return;
    if (sequence == head_) {
        sink_(values);
    } else {
        waiting_[sequence].values.push(std::move(values));
    }
}

void HandOver::finish(std::size_t sequence) {
    const std::lock_guard lock(mutex_);
    if (error_) return;
    waiting_[sequence].finished = true;
    advance();
}

void HandOver::advance() {
    for (auto next = waiting_.find(head_); next != waiting_.end(); next = waiting_.find(head_)) {
        next->second.values.hand_over(KeptValues::Order::first_to_last, sink_);
        if (!next->second.finished) break;
        waiting_.erase(next);
        ++head_;
    }
    while (head_batch_ < batches_.size() && batches_[head_batch_].second <= head_) ++head_batch_;
    room_.notify_all();
}

void HandOver::fail(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    room_.notify_all();
}

void HandOver::rethrow() const {
    if (error_) std::rethrow_exception(error_);
}

}  // namespace dna_hnet::evaluate
