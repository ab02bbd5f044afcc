#pragma once
// The outputs of `annotate`.
#include <memory>

#include "annotation/agreement.hpp"
#include "annotation/annotate.hpp"
#include "annotation/boundary_set.hpp"
#include "annotation/profile_plot.hpp"
#include "annotation/row_groups.hpp"
#include "core/atomic_file.hpp"
#include "formats/tsv.hpp"
#include "hts/bgzf_text.hpp"

namespace dna_hnet::annotation {

class TableWriter {
  public:
    // Opens all of them; usage error unless the table is named .tsv or .tsv.gz.
    explicit TableWriter(const AnnotateRequest& request);
    // Writes their headers. `model`, `control_model`: fingerprints, or "". Comes before the rows.
    void describe(const std::string& model, const std::string& control_model,
                  const genome::Reference& reference);
    // The rows of one boundary file; `factor` as in Tally.
    void add(genome::Strand strand, std::int64_t stage, bool control, double factor,
             const std::vector<RowGroup>& groups, const std::vector<PhaseGroup>& phases,
             const BlockBootstrap& bootstrap);
    // The rows of one pair: the `control` of `first`, or its other strand.
    void add(const Agreement& agreement, const BoundarySet& first, const BoundarySet& second,
             bool control, std::int64_t shift, const BlockBootstrap& bootstrap);
    // Corrects p over all rows and writes; the files appear together.
    void finish();

  private:
    struct Row {
        std::string feature, orientation, strand, offset;
        std::int64_t stage;
        Null null;
        std::int64_t features, bases;
        Outcome outcome;
        double q;
    };
    void add_rows(Row row, const Tally& tally, double factor, bool control, std::int64_t first,
                  const BlockBootstrap& bootstrap);
    void add_phase(const PhaseGroup& group, const std::string& strand, std::int64_t stage,
                   Null null, double factor);
    void correct();

    std::int64_t rotations_;
    std::uint64_t seed_;
    std::string stem_;
    AtomicGroup outputs_;
    hts::TextWriter table_file_, phase_file_, agreement_file_;
    AtomicFile plot_file_;
    Provenance provenance_;
    std::unique_ptr<formats::TsvWriter> table_, phase_, agreement_;
    std::vector<Row> rows_;
    std::vector<ProfilePanel> panels_;
};

}  // namespace dna_hnet::annotation
