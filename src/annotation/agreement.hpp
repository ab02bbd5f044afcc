#pragma once
// Agreement of two boundary tracks beyond chance: Cohen's kappa (Cohen 1960, eq. 1),
// (observed - expected) / (1 - expected), of the bases on which both say boundary or both do not.
#include <cstdint>
#include <vector>

#include "annotation/contig_signal.hpp"
#include "annotation/statistics.hpp"

namespace dna_hnet::annotation {

// Chance is that of two independent tracks with the same rates: of all bases (`rate`), or of every
// 6-mer on its contig (`kmer6`), so that what two tracks owe to the same 6-mers counts for nothing.
enum class Chance { rate, kmer6 };

class Agreement {
  public:
    // `blocks`: of the bootstrap.
    explicit Agreement(std::int64_t blocks);
    // The bases of one contig that take part in both: base x of `first` stands beside base
    // x - `shift` of `second` (0 or 1: a chunk that begins at x on the forward strand has the edge
    // of one that begins at x - 1 on the reverse strand). `block`: number of each kBlockLength
    // bases of the contig.
    void add(const ContigSignal& first, const ContigSignal& second, std::int64_t shift,
             const std::int64_t* block);

    std::int64_t bases() const;
    std::int64_t first() const;   // boundaries
    std::int64_t second() const;  // boundaries
    std::int64_t both() const;
    double kappa(Chance chance) const;  // NaN without bases, or where chance alone agrees always
    BlockBootstrap::Range range(Chance chance, const BlockBootstrap& bootstrap) const;
    // The kappa of two tracks with these rates that agree wherever they can: below 1 where the
    // rates differ. NaN as kappa, and for kmer6 where the strands differ: there the 6-mers of the
    // one strand do not bound the other's.
    double most(Chance chance) const;

  private:
    std::vector<double> sums() const;

    // Per block; kmer6: the bases on which independent tracks of those rates would agree.
    std::vector<double> bases_, first_, second_, both_, kmer6_;
    double most_kmer6_ = 0;  // the bases on which tracks of those rates can agree
    bool two_strands_ = false;
};

}  // namespace dna_hnet::annotation
