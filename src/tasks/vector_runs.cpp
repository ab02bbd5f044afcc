#include "tasks/vector_runs.hpp"

#include <algorithm>
#include <limits>

namespace dna_hnet::tasks {

using genome::Interval;

void VectorRuns::add(const evaluate::SequenceValues& values) {
    const Interval& yields = values.sequence.yields;
    for (std::size_t i = 0; i < values.run_begins.size(); ++i) {
        const std::int64_t end =
            i + 1 < values.run_begins.size() ? values.run_begins[i + 1] : yields.end;
        places_.push_back({yields.contig, values.run_begins[i], end});
    }
    vectors_.insert(vectors_.end(), values.vectors.begin(), values.vectors.end());
}

void VectorRuns::clear() {
    places_.clear();
    vectors_.clear();
}

std::vector<VectorRuns::Run> VectorRuns::inside(const Interval& interval) const {
    auto run = std::partition_point(places_.begin(), places_.end(), [&](const Interval& place) {
        return std::pair(place.contig, place.end) <= std::pair(interval.contig, interval.begin);
    });
    std::vector<Run> runs;
    for (; run != places_.end() && run->contig == interval.contig && run->begin < interval.end;
         ++run) {
        const Interval place{run->contig, std::max(run->begin, interval.begin),
                             std::min(run->end, interval.end)};
        runs.push_back({place, vectors_.data() + (run - places_.begin()) * width_});
    }
    return runs;
}

const float* VectorRuns::at(std::int64_t contig, std::int64_t base) const {
    const auto runs = inside({contig, base, base + 1});
    return runs.empty() ? nullptr : runs.front().vector;
}

Pooled::Pooled(Pool pool, genome::Strand strand, std::int64_t width)
    : pool_(pool),
      strand_(strand),
      values_(static_cast<std::size_t>(width),
              pool == Pool::max ? -std::numeric_limits<double>::infinity() : 0.0) {}

void Pooled::add(const VectorRuns::Run& run) {
    const bool last = strand_ == genome::Strand::forward || bases_ == 0;
    const auto length = static_cast<double>(run.place.length());
    for (std::size_t i = 0; i < values_.size(); ++i) {
        const double value = run.vector[i];
        switch (pool_) {
            case Pool::mean:
                values_[i] += length * value;
                break;
            case Pool::max:
                values_[i] = std::max(values_[i], value);
                break;
            case Pool::last:
                if (last) values_[i] = value;
        }
    }
    bases_ += run.place.length();
}

std::vector<float> Pooled::vector() const {
    std::vector<float> result;
    for (const double value : values_) {
        const double pooled = pool_ == Pool::mean ? value / static_cast<double>(bases_) : value;
        result.push_back(bases_ > 0 ? static_cast<float>(pooled)
                                    : std::numeric_limits<float>::quiet_NaN());
    }
    return result;
}

}  // namespace dna_hnet::tasks
