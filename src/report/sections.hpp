#pragma once
// One function per section of the page. Each reads its inputs, notes them and may add tiles.
#include "genome/reference.hpp"
#include "report/inputs.hpp"
#include "report/page.hpp"
#include "report/report.hpp"

namespace dna_hnet::report {

struct Draft {
    const ReportRequest& request;
    genome::Reference* reference;  // or null
    Inputs inputs;
    Page page;
};

void add_run_sections(Draft& draft);  // the model, and how it was trained
void add_score_section(Draft& draft);
void add_chunk_section(Draft& draft);
void add_enrichment_section(Draft& draft);
std::string add_locus_section(Draft& draft);  // the picture as a document

// PREFIX.stageS.{fwd,rev}.END for every stage and strand, where the file is there.
struct StageFile {
    std::string path;
    std::int64_t stage;
    genome::Strand strand;
};
std::vector<StageFile> stage_files(const std::string& prefix, const std::string& end);

// What `annotate` writes beside a table: boundaries by codon position, and how far boundaries
// agree. Empty where there is no such file or no row in it.
std::string phase_html(Draft& draft, const std::string& table);
std::string agreement_html(Draft& draft, const std::string& table);

// The offset profiles of a table of `annotate`.
std::vector<formats::Svg> profile_figures(const formats::TsvTable& table);
// Colour class of a null's name.
std::string null_colour(const std::string& null);

// " [1.9100, 1.9600]"; empty where there is no interval.
std::string interval_text(double low, double high, int decimals = 4);

}  // namespace dna_hnet::report
