#include "baselines/copy_model.hpp"

#include <algorithm>
#include <bit>

namespace dna_hnet::baselines {

namespace {

constexpr int kMaxMatched = 32;
constexpr int kMaxMisses = 8;  // among the last 16 predictions; more end the match
// A match that is being followed, though it missed lately, gives way only to one of at least so
// many bases: shorter ones are often chance.
constexpr int kReplacing = 12;
// Lengths of the seeds that find a match, tried from the longest.
constexpr std::array<int, 4> kSeedLetters = {24, 16, 12, 8};

bool same(genome::Base a, genome::Base b) {
    return genome::is_acgt(a) && genome::base_code(a) == genome::base_code(b);
}
bool complementary(genome::Base a, genome::Base b) {
    return same(a, genome::complement(b));
}

}  // namespace

CopyTable::CopyTable() {
    hits_.fill(0.5F);
    total_.fill(1.0F);
}

float CopyTable::hit_probability(int bucket) const {
    const auto b = static_cast<std::size_t>(bucket);
    return (hits_[b] + 0.05F) / (total_[b] + 0.15F);
}

void CopyTable::learn(int bucket, bool hit) {
    const auto b = static_cast<std::size_t>(bucket);
    hits_[b] += hit ? 1.0F : 0.0F;
    total_[b] += 1.0F;
}

void CopyTable::forget_down_to(float observations) {
    for (std::size_t b = 0; b < hits_.size(); ++b) {
        if (total_[b] > observations) {
            hits_[b] *= observations / total_[b];
            total_[b] = observations;
        }
    }
}

CopyModel::CopyModel(const genome::Base* bases, std::int64_t length, const CopyTable& start)
    : bases_(bases), table_(start) {
    for (const int letters : kSeedLetters) {
        const int bits = std::min(
            2 * letters, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(length))) + 2);
        seeds_.push_back({letters, bits, std::vector<std::uint32_t>(std::size_t{1} << bits)});
    }
}

CopyPrediction CopyModel::predict() const {
    CopyPrediction prediction;
    if (match_.next < 0) return prediction;
    const genome::Base base = bases_[match_.next];
    prediction.letter = genome::base_code(match_.step > 0 ? base : genome::complement(base));
    prediction.matched = match_.matched;
    prediction.misses = std::popcount(match_.misses);
    prediction.bucket = prediction.matched * (kMaxMisses + 1) + prediction.misses;
    prediction.hit = table_.hit_probability(prediction.bucket);
    return prediction;
}

void CopyModel::read(std::int64_t i) {
    if (match_.next >= 0) follow(i);
    kmers_.push(bases_[i]);
    if (!genome::is_acgt(bases_[i])) {
        match_ = {};
        return;
    }
    seek(i);
    for (Seeds& seeds : seeds_) {
        if (kmers_.run() >= seeds.letters) {
            seeds.slot(kmers_.last(seeds.letters)) = static_cast<std::uint32_t>(i + 1);
        }
    }
}

void CopyModel::follow(std::int64_t i) {
    const CopyPrediction prediction = predict();
    const bool known = genome::is_acgt(bases_[i]);
    const bool hit = known && prediction.letter == genome::base_code(bases_[i]);
    if (known) table_.learn(prediction.bucket, hit);
    match_.matched = hit ? std::min(match_.matched + 1, kMaxMatched) : 0;
    match_.misses = (match_.misses << 1 | (hit ? 0U : 1U)) & 0xFFFFU;
    match_.next += match_.step;
    if (match_.next < 0 || !genome::is_acgt(bases_[match_.next]) ||
        std::popcount(match_.misses) > kMaxMisses) {
        match_ = {};
    }
}

void CopyModel::seek(std::int64_t i) {
    for (Seeds& seeds : seeds_) {
        if (match_.next >= 0 && (match_.matched >= seeds.letters || seeds.letters < kReplacing))
            return;
        if (kmers_.run() < seeds.letters) continue;
        Match best = match_;
        for (const bool other_strand : {false, true}) {
            const std::uint64_t kmer = other_strand ? kmers_.reverse_complement(seeds.letters)
                                                    : kmers_.last(seeds.letters);
            const std::int64_t end = static_cast<std::int64_t>(seeds.slot(kmer)) - 1;
            if (end < 0) continue;
            const Match found = candidate(i, end, seeds.letters, other_strand);
            if (found.next >= 0 && (best.next < 0 || found.matched > best.matched)) best = found;
        }
        if (best.next != match_.next || best.step != match_.step) {
            match_ = best;
            return;
        }
    }
}

// The match whose copy of the last `letters` bases ends at `end`, if it really is one: a slot may
// hold another k-mer.
CopyModel::Match CopyModel::candidate(std::int64_t i, std::int64_t end, int letters,
                                      bool other_strand) const {
    Match found;
    int matched = 0;
    if (other_strand) {
        const std::int64_t begin = end - letters + 1;
        while (matched < kMaxMatched && begin + matched <= i && matched <= i &&
               complementary(bases_[begin + matched], bases_[i - matched])) {
            ++matched;
        }
        found.next = begin - 1;
        found.step = -1;
    } else {
        while (matched < kMaxMatched && matched <= end &&
               same(bases_[end - matched], bases_[i - matched])) {
            ++matched;
        }
        found.next = end + 1;
    }
    found.matched = matched;
    if (matched < letters || found.next < 0 || !genome::is_acgt(bases_[found.next])) return {};
    return found;
}

}  // namespace dna_hnet::baselines
