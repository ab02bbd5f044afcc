#include "tasks/stripe_values.hpp"

#include <algorithm>

namespace dna_hnet::tasks {

using genome::Interval;

StripeValues::StripeValues(const std::vector<Interval>& stripe, std::size_t channels, bool on_disk)
    : stripe_(stripe) {
    for (const Interval& interval : stripe_) {
        starts_.push_back(length_);
        length_ += interval.length();
    }
    const auto count = static_cast<std::int64_t>(channels) * length_;
    if (on_disk) {
        file_ = std::make_unique<SpillFile>("the values of a segment");
        file_->resize(count * static_cast<std::int64_t>(sizeof(float)));
    } else {
        values_.resize(static_cast<std::size_t>(count));
    }
}

std::int64_t StripeValues::index_of(std::size_t channel, const Interval& place) const {
    const auto after = std::upper_bound(stripe_.begin(), stripe_.end(), place,
                                        [](const Interval& inside, const Interval& interval) {
                                            return std::pair(inside.contig, inside.begin) <
                                                   std::pair(interval.contig, interval.begin);
                                        });
    const auto number = static_cast<std::size_t>(after - stripe_.begin() - 1);
    return static_cast<std::int64_t>(channel) * length_ + starts_[number] + place.begin -
           stripe_[number].begin;
}

void StripeValues::put(std::size_t channel, const Interval& place, const float* values) {
    const std::int64_t index = index_of(channel, place);
    if (file_) {
        file_->write(index * static_cast<std::int64_t>(sizeof(float)), values,
                     static_cast<std::size_t>(place.length()) * sizeof(float));
    } else {
        std::copy(values, values + place.length(), values_.begin() + index);
    }
}

std::vector<float> StripeValues::get(std::size_t channel, const Interval& place) const {
    const std::int64_t index = index_of(channel, place);
    if (!file_) return {values_.begin() + index, values_.begin() + index + place.length()};
    std::vector<float> values(static_cast<std::size_t>(place.length()));
    file_->read(index * static_cast<std::int64_t>(sizeof(float)), values.data(),
                values.size() * sizeof(float));
    return values;
}

}  // namespace dna_hnet::tasks
