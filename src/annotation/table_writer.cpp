#include "annotation/table_writer.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/log.hpp"

namespace dna_hnet::annotation {
namespace {

using genome::Strand;

std::string stem_of(const std::string& table) {
    const auto stem = table_stem(table);
    if (stem) return *stem;
    throw usage_error(fmt::format("-o {}: expected a name that ends in .tsv or .tsv.gz", table));
}

std::string strand_sign(Strand strand) {
    return strand == Strand::forward ? "+" : "-";
}

}  // namespace

std::optional<std::string> table_stem(const std::string& table) {
    for (const std::string_view end : {".tsv.gz", ".tsv"}) {
        if (table.ends_with(end) && table.size() > end.size()) {
            return table.substr(0, table.size() - end.size());
        }
    }
    return std::nullopt;
}

TableWriter::TableWriter(const AnnotateRequest& request)
    : rotations_(request.rotations),
      seed_(request.seed),
      stem_(stem_of(request.table)),
      table_file_(request.table, hts::TextWriter::Index::none, 0, &outputs_),
      phase_file_(stem_ + ".phase.tsv", hts::TextWriter::Index::none, 0, &outputs_),
      agreement_file_(stem_ + ".agreement.tsv", hts::TextWriter::Index::none, 0, &outputs_),
      plot_file_(stem_ + ".profile.svg", &outputs_),
      provenance_(request.provenance) {}

void TableWriter::describe(const std::string& model, const std::string& control_model,
                           const genome::Reference& reference) {
    provenance_.model_fingerprint = model;
    if (!control_model.empty()) provenance_.settings = "control=sha256:" + control_model;
    provenance_.reference_fingerprint = genome::reference_fingerprint(reference.contigs());
    const auto open = [&](hts::TextWriter& file, const std::vector<std::string>& columns) {
        return std::make_unique<formats::TsvWriter>(
            [&file](std::string_view text) { file.write(text); }, columns, provenance_);
    };
    table_ = open(table_file_, {"feature", "orientation", "strand", "stage", "offset", "null",
                                "n_features", "n_bases", "observed", "expected", "log2_fold",
                                "ci_low", "ci_high", "z", "p", "q"});
    phase_ =
        open(phase_file_, {"feature", "orientation", "strand", "stage", "codon_position", "null",
                           "n_exons", "n_bases", "observed", "expected", "log2_fold", "p"});
    agreement_ = open(agreement_file_, {"stage", "strand", "other", "other_strand", "shift",
                                        "chance", "n_bases", "n_boundaries", "n_other", "n_both",
                                        "kappa", "ci_low", "ci_high", "kappa_max"});
}

void TableWriter::add_rows(Row row, const Tally& tally, double factor, bool control,
                           std::int64_t columns, const BlockBootstrap& bootstrap) {
    ProfilePanel panel{
        fmt::format("{} {} {} stage {}", row.feature, row.orientation, row.strand, row.stage), {}};
    ProfileLine observed{"observed", {}};
    for (const Null null : {Null::kmer6, Null::rotate, Null::control}) {
        if (null == Null::control && !control) continue;
        ProfileLine line{null_name(null), {}};
        for (std::int64_t column = 0; column < columns; ++column) {
            row.null = null;
            row.bases = tally.bases(column);
            row.offset = columns == 1 ? "body" : fmt::format("{}", column - kReach);
            row.outcome = tally.outcome(column, null, factor, bootstrap);
            rows_.push_back(row);
            const auto bases = static_cast<double>(row.bases);  // 0 / 0 leaves a gap in the line
            line.values.push_back(row.outcome.expected / bases);
            if (null == Null::kmer6) observed.values.push_back(row.outcome.observed / bases);
        }
        if (null != Null::rotate) panel.lines.push_back(std::move(line));
    }
    panel.lines.insert(panel.lines.begin(), std::move(observed));
    if (columns > 1) panels_.push_back(std::move(panel));
}

void TableWriter::add_phase(const PhaseGroup& group, const std::string& strand, std::int64_t stage,
                            Null null, double factor) {
    const PhaseResult result = test_phase(group.exons, null, factor, rotations_, seed_);
    for (std::size_t j = 0; j < 3; ++j) {
        phase_->text(group.name).text(group.orientation).text(strand).integer(stage);
        phase_->integer(static_cast<std::int64_t>(j) + 1);
        phase_->text(null == Null::rotate ? "phase" : null_name(null));
        phase_->integer(static_cast<std::int64_t>(group.exons.size()));
        phase_->integer(static_cast<std::int64_t>(result.bases[j]));
        phase_->integer(static_cast<std::int64_t>(result.observed[j]));
        if (result.bases[j] > 0) {
            phase_->number(result.expected[j]);
            phase_->number(log2_fold(result.observed[j], result.expected[j])).number(result.p);
        } else {
            phase_->missing().missing().missing();
        }
        phase_->end_row();
    }
}

void TableWriter::add(Strand strand, std::int64_t stage, bool control, double factor,
                      const std::vector<RowGroup>& groups, const std::vector<PhaseGroup>& phases,
                      const BlockBootstrap& bootstrap) {
    const std::string sign = strand_sign(strand);
    for (const RowGroup& group : groups) {
        Row row{};
        row.feature = group.name;
        row.orientation = group.orientation;
        row.strand = sign;
        row.stage = stage;
        row.features = group.kept;
        const auto dropped = static_cast<std::int64_t>(group.features.size()) - group.kept;
        log_info(
            fmt::format("annotate: {} {} strand {} stage {}: {} features, {} outside the "
                        "scored bases",
                        group.name, group.orientation, sign, stage, group.kept, dropped));
        add_rows(row, *group.body, factor, control, 1, bootstrap);
        row.feature = group.name + ":start";
        row.features = group.starts;
        add_rows(row, *group.start, factor, control, 2 * kReach + 1, bootstrap);
        row.feature = group.name + ":end";
        row.features = group.ends;
        add_rows(row, *group.end, factor, control, 2 * kReach + 1, bootstrap);
    }
    for (const PhaseGroup& group : phases) {
        add_phase(group, sign, stage, Null::rotate, factor);
        add_phase(group, sign, stage, Null::kmer6, factor);
        if (control) add_phase(group, sign, stage, Null::control, factor);
    }
}

void TableWriter::add(const Agreement& agreement, const BoundarySet& first,
                      const BoundarySet& second, bool control, std::int64_t shift,
                      const BlockBootstrap& bootstrap) {
    for (const Chance chance : {Chance::rate, Chance::kmer6}) {
        const auto range = agreement.range(chance, bootstrap);
        agreement_->integer(first.stage).text(strand_sign(first.strand));
        agreement_->text(control ? "control" : "boundaries").text(strand_sign(second.strand));
        agreement_->integer(shift).text(chance == Chance::rate ? "rate" : "kmer6");
        agreement_->integer(agreement.bases()).integer(agreement.first());
        agreement_->integer(agreement.second()).integer(agreement.both());
        agreement_->number(agreement.kappa(chance)).number(range.low).number(range.high);
        agreement_->number(agreement.most(chance)).end_row();
    }
}

// Within one null, the headline rows (body, and offset 0 of starts and ends) and the rest of the
// profiles apart.
void TableWriter::correct() {
    for (const Null null : {Null::kmer6, Null::rotate, Null::control}) {
        for (const bool headline : {true, false}) {
            std::vector<Row*> family;
            std::vector<double> p;
            for (Row& row : rows_) {
                const bool is_headline = row.offset == "body" || row.offset == "0";
                if (row.null != null || is_headline != headline) continue;
                family.push_back(&row);
                p.push_back(row.outcome.p);
            }
            const auto q = benjamini_hochberg(p);
            for (std::size_t i = 0; i < family.size(); ++i) family[i]->q = q[i];
        }
    }
}

void TableWriter::finish() {
    correct();
    for (const Row& row : rows_) {
        table_->text(row.feature).text(row.orientation).text(row.strand).integer(row.stage);
        table_->text(row.offset).text(null_name(row.null)).integer(row.features);
        table_->integer(row.bases).integer(static_cast<std::int64_t>(row.outcome.observed));
        table_->number(row.outcome.expected).number(row.outcome.log2_fold);
        table_->number(row.outcome.low).number(row.outcome.high).number(row.outcome.z, 3);
        table_->number(row.outcome.p).number(row.q).end_row();
    }
    plot_file_.write(profile_svg(panels_, kReach));
    table_file_.close();
    phase_file_.close();
    agreement_file_.close();
    plot_file_.commit();
    outputs_.commit();
}

}  // namespace dna_hnet::annotation
