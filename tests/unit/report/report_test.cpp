#include "report/report.hpp"

#include <fstream>

#include "hts/bgzf_text.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"

using namespace dna_hnet;
using report::make_report;
using report::Report;
using report::ReportRequest;
using test::contains;
using test::error_of;
using test::TemporaryFolder;

namespace {

const std::string kScore =
    "split\tclass\tstrand\tmodel\tscored_bases\tskipped_bases\tbits_per_base\tci_low\tci_high\t"
    "delta_vs_model\tdelta_ci_low\tdelta_ci_high\tperplexity\n";
const std::string kSummary =
    "stage\tstrand\tclass\tbases\tchunks\tforced\tboundaries_per_base\tbases_per_chunk\tlength_"
    "mean\tlength_min\tlength_q05\tlength_q25\tlength_median\tlength_q75\tlength_q95\tlength_"
    "max\n";
const std::string kEnrichment =
    "feature\torientation\tstrand\tstage\toffset\tnull\tn_features\tn_bases\tobserved\texpected\t"
    "log2_fold\tci_low\tci_high\tz\tp\tq\n";

std::string put(const TemporaryFolder& folder, const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name), std::ios::binary) << text;
    return folder.file(name);
}

ReportRequest scores_of(const std::string& path) {
    ReportRequest request;
    request.scores = {path};
    return request;
}

// A prefix with chunks of 10 bases on a contig of 2,000, without bigWigs.
std::string put_chunks(const TemporaryFolder& folder) {
    const std::string prefix = folder.file("p");
    hts::TextWriter chunks(prefix + ".stage0.fwd.chunks.bed.gz", hts::TextWriter::Index::bed);
    for (int s = 0; s < 2000; s += 10) {
        const std::string begin = std::to_string(s), end = std::to_string(s + 10);
        chunks.write("chr1\t" + begin + "\t" + end + "\ts0_" + std::to_string(s + 1) +
                     "\t500\t+\t" + begin + "\t" + end + "\t0,0,0\t0.75\t10\t0\t0\n");
    }
    chunks.close();
    hts::TextWriter universe(prefix + ".universe.bed.gz", hts::TextWriter::Index::bed);
    universe.write("chr1\t0\t2000\n");
    universe.close();
    put(folder, "p.summary.tsv",
        "#model=sha256:aaa\n" + kSummary +
            "0\tforward\tall\t2000\t200\t1\t0.1\t10\t10\t10\t10\t10\t10\t10\t10\t10\n");
    return prefix;
}

}  // namespace

TEST_CASE("report: a section for every input, and none without") {
    TemporaryFolder folder;
    const std::string score =
        put(folder, "s.tsv",
            "#model=sha256:abc\n" + kScore +
                "all\tall\tboth\tdna-hnet\t1234567\t0\t1.901234\t1.8\t2\t0\tNA\tNA\t3.735\n"
                "all\tall\tboth\tmix+copy\t1234567\t0\t1.95\tNA\tNA\t0.048766\t0.01\t0.09\t3.864\n"
                "all\tempty\tboth\tdna-hnet\t0\t0\tNA\tNA\tNA\tNA\tNA\tNA\tNA\n");
    ReportRequest request = scores_of(score);
    request.title = "<script>alert(1)</script>";
    const Report made = make_report(nullptr, request);
    CHECK(contains(made.page, "<section id=\"bits\">"));
    CHECK(contains(made.page, "<section id=\"sources\">"));
    for (const char* id : {"model", "training", "chunks", "locus", "enrichment"}) {
        CHECK_FALSE(contains(made.page, std::string("<section id=\"") + id));
    }
    CHECK(contains(made.page, "1.9012 [1.8000, 2.0000]") == false);  // its own cell
    CHECK(contains(made.page, "[1.8000, 2.0000]"));
    CHECK(contains(made.page, "0.0488 [0.0100, 0.0900]"));
    CHECK(contains(made.page, "1,234,567"));
    CHECK(contains(made.page, "<td>abc</td>"));
    CHECK_FALSE(contains(made.page, "<script"));
    CHECK(contains(made.page, "&lt;script&gt;"));
    CHECK_FALSE(contains(made.page, "empty"));
    CHECK(made.locus.empty());
}

TEST_CASE("report: chunks, a place, and the place that is chosen") {
    TemporaryFolder folder;
    test::MemoryReference reference({{"chr1", std::string(2000, 'A')}});
    ReportRequest request;
    request.boundaries = put_chunks(folder);
    // Without a genome: the last chunk, for there are fewer than 700.
    CHECK(contains(make_report(nullptr, request).page, "chr1:1-2,000"));
    request.locus = "chr1:101-160";
    const Report made = make_report(&reference, request);
    CHECK(contains(made.page, "<section id=\"chunks\">"));
    CHECK(contains(made.page, "<section id=\"locus\">"));
    CHECK(contains(made.locus, "chr1:101-160, 60 bases"));
    std::size_t boxes = 0;
    for (std::size_t at = 0; (at = made.locus.find("<rect", at)) != std::string::npos; ++at)
        ++boxes;
    CHECK(boxes == 7);  // six chunks and the paper

    request.locus = "chr1:1900-2001";
    CHECK(contains(error_of([&] { make_report(&reference, request); }).what(), "past"));
    request.locus = "chr1:11-20";
    const auto features = put(folder, "f.bed", "chr1\t12\t15\tx<y\t0\t-\n");
    request.features = {{"f<&", features}};
    CHECK(contains(make_report(&reference, request).locus, "f&lt;&amp;"));
}

TEST_CASE("report: enrichment with its nulls") {
    TemporaryFolder folder;
    std::string text = kEnrichment;
    for (const char* null : {"kmer6", "rotate", "control"}) {
        text += std::string("cds\tsense\t+\t0\tbody\t") + null +
                "\t3\t300\t1100\t90.5\t0.28\t-0.1\t0.7\t2.5\t0.0123\t0.0456\n";
        for (const char* offset : {"-1", "0", "1"}) {
            text += std::string("cds:start\tsense\t+\t0\t") + offset + "\t" + null +
                    "\t3\t3\t1\t0.5\tNA\tNA\tNA\tNA\tNA\tNA\n";
        }
    }
    ReportRequest request;
    request.enrichment = {put(folder, "e.tsv", text)};
    const std::string page = make_report(nullptr, request).page;
    CHECK(contains(page, "<section id=\"enrichment\">"));
    CHECK(contains(page, "cds, sense</text>"));
    CHECK(contains(page, "cds:start, sense, forward strand, stage 0"));
    CHECK(contains(page,
                   "[\xE2\x88\x92"
                   "0.100, 0.700]"));
    CHECK(contains(page, "<td class=\"n\">1,100</td>"));
    CHECK(contains(page, "<td class=\"n\">0.0456</td>"));
    request.enrichment = {
        put(folder, "w.tsv",
            kEnrichment + "a\t.\t+\t0\tbody\twho\t3\t3\t1\t1\t0\tNA\tNA\tNA\tNA\tNA\n")};
    CHECK(contains(error_of([&] { make_report(nullptr, request); }).what(), "null 'who'"));
    request.enrichment = {put(folder, "n.tsv", kEnrichment)};
    CHECK(contains(error_of([&] { make_report(nullptr, request); }).what(),
                   "no row with offset body"));
}

TEST_CASE("report: inputs that do not belong together are said to be so") {
    TemporaryFolder folder;
    ReportRequest request =
        scores_of(put(folder, "s.tsv",
                      "#model=sha256:bbb\n" + kScore +
                          "all\tall\tboth\tdna-hnet\t10\t0\t1.9\tNA\tNA\t0\tNA\tNA\t3.7\n"));
    CHECK_FALSE(contains(make_report(nullptr, request).page, "different models"));
    request.boundaries = put_chunks(folder);
    CHECK(contains(make_report(nullptr, request).page, "2 different models"));
}

TEST_CASE("report: what is refused") {
    TemporaryFolder folder;
    const auto refuses = [&](ErrorKind kind, const std::string& text,
                             const ReportRequest& request) {
        const Error error = error_of([&] { make_report(nullptr, request); });
        INFO(error.what());
        CHECK(error.kind() == kind);
        CHECK(contains(error.what(), text));
    };
    refuses(ErrorKind::usage, "no input", {});
    ReportRequest request;
    request.run = folder.file("none");
    refuses(ErrorKind::bad_input, "none/config.json", request);
    request = scores_of(folder.file("none.tsv"));
    refuses(ErrorKind::bad_input, "none.tsv", request);
    request.tracks = "t";
    refuses(ErrorKind::usage, "--tracks: needs --boundaries", request);
    request.boundaries = put_chunks(folder);
    request.locus = "chr1:1-2";
    refuses(ErrorKind::usage, "--locus: needs the genome", request);
    const std::string row = "all\tall\tboth\tdna-hnet\t10\t0\t1.9x\tNA\tNA\t0\tNA\tNA\t3.7\n";
    refuses(ErrorKind::bad_input, "s.tsv:2: column bits_per_base: got '1.9x'",
            scores_of(put(folder, "s.tsv", kScore + row)));
    refuses(ErrorKind::bad_input, "c.tsv:2: 2 cells, expected 13",
            scores_of(put(folder, "c.tsv", kScore + "a\tb\n")));
    refuses(ErrorKind::bad_input, "by.tsv: rows by interval",
            scores_of(put(folder, "by.tsv", "contig\tstart\tend\tname\t" + kScore)));
    refuses(ErrorKind::bad_input, "e.tsv: no row with bits",
            scores_of(put(folder, "e.tsv", kScore)));
    request = {};
    request.boundaries = folder.file("q");
    refuses(ErrorKind::bad_input, "q.summary.tsv", request);
    request.boundaries = put_chunks(folder);
    std::filesystem::remove(request.boundaries + ".stage0.fwd.chunks.bed.gz.tbi");
    refuses(ErrorKind::bad_input, "no index", request);
}
