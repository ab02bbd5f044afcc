#include "genome/interval.hpp"

#include <algorithm>

namespace dna_hnet::genome {

std::vector<Interval> merged(std::vector<Interval> intervals) {
    std::erase_if(intervals, [](const Interval& interval) { return interval.length() <= 0; });
    std::sort(intervals.begin(), intervals.end());
    std::vector<Interval> result;
    for (const Interval& interval : intervals) {
        if (!result.empty() && result.back().contig == interval.contig &&
            interval.begin <= result.back().end) {
            result.back().end = std::max(result.back().end, interval.end);
        } else {
            result.push_back(interval);
        }
    }
    return result;
}

std::vector<Interval> intersection(const std::vector<Interval>& a, const std::vector<Interval>& b) {
    std::vector<Interval> result;
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (a[i].contig == b[j].contig) {
            const std::int64_t begin = std::max(a[i].begin, b[j].begin);
            const std::int64_t end = std::min(a[i].end, b[j].end);
            if (begin < end) result.push_back({a[i].contig, begin, end});
        }
        // The one that ends first meets nothing more.
        const bool a_first =
            a[i].contig != b[j].contig ? a[i].contig < b[j].contig : a[i].end <= b[j].end;
        if (a_first) {
            ++i;
        } else {
            ++j;
        }
    }
    return result;
}

std::vector<Interval> difference(const std::vector<Interval>& a, const std::vector<Interval>& b) {
    std::vector<Interval> result;
    std::size_t j = 0;
    for (Interval rest : a) {
        while (j < b.size() && (b[j].contig < rest.contig ||
                                (b[j].contig == rest.contig && b[j].end <= rest.begin))) {
            ++j;
        }
        // b[k] may reach into the next interval of `a` as well, so j stays.
        for (std::size_t k = j; k < b.size() && b[k].contig == rest.contig && b[k].begin < rest.end;
             ++k) {
            if (rest.begin < b[k].begin) result.push_back({rest.contig, rest.begin, b[k].begin});
            rest.begin = std::min(b[k].end, rest.end);
        }
        if (rest.begin < rest.end) result.push_back(rest);
    }
    return result;
}

std::int64_t total_length(const std::vector<Interval>& intervals) {
    std::int64_t total = 0;
    for (const Interval& interval : intervals) total += interval.length();
    return total;
}

}  // namespace dna_hnet::genome
