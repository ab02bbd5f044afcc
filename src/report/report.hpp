#pragma once
// `dna-hnet report`: one self-contained HTML page from what the other commands wrote. Text and
// pictures only: no script, nothing that is loaded from elsewhere.
#include <string>
#include <utility>
#include <vector>

#include "core/version.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::report {

// What is empty has no section.
struct ReportRequest {
    std::string run;                      // folder of `train`
    std::vector<std::string> scores;      // summaries of `score` or `baseline`
    std::string boundaries;               // PREFIX of `boundaries`
    std::vector<std::string> enrichment;  // tables of `annotate`
    std::vector<std::pair<std::string, std::string>> features;  // name, file: BED, GTF, GFF3
    std::string tracks;                                         // PREFIX of `score --tracks`
    std::string locus;  // chr:beg-end; empty: where chunks are
    std::string title;
    Provenance provenance;
};

struct Report {
    std::string page;
    std::string locus;  // the picture alone, an SVG document; empty without chunks
};

// `reference`: what features, locus and letters are read with, or null. Usage error: no input,
// features or a locus without a reference or without chunks. bad_input: as the readers.
Report make_report(genome::Reference* reference, const ReportRequest& request);

}  // namespace dna_hnet::report
