#include "tracks/hub.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/atomic_file.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"
#include "tracks/bigbed.hpp"
#include "tracks/bigwig.hpp"
#include "tracks/browser_session.hpp"

using namespace dna_hnet;
namespace fs = std::filesystem;

namespace {

// Names of settings in UCSC's trackDb and hub documents. They are case-sensitive.
const std::set<std::string> kSettings{"hub",
                                      "shortLabel",
                                      "longLabel",
                                      "genomesFile",
                                      "email",
                                      "genome",
                                      "descriptionUrl",
                                      "trackDb",
                                      "track",
                                      "compositeTrack",
                                      "parent",
                                      "bigDataUrl",
                                      "type",
                                      "visibility",
                                      "itemRgb",
                                      "autoScale",
                                      "viewLimits",
                                      "logo",
                                      "color",
                                      "html",
                                      "maxHeightPixels",
                                      "windowingFunction"};

const std::vector<genome::Contig> kContigs{{"c2", 200, {}}, {"c1", 300, {}}};

void write_bigwig(const std::string& path, const std::vector<genome::Contig>& contigs = kContigs) {
    tracks::BigWigWriter writer(path, contigs);
    writer.add(0, 50, {1.5F, 2.F});
    writer.close();
}

void write_bigbed(const std::string& path, const std::vector<genome::Contig>& contigs = kContigs) {
    tracks::BigBedWriter writer(path, contigs, {"table t", 4, 4});
    writer.add(0, 60, 70, "x");
    writer.close();
}

struct Example {
    test::TemporaryFolder folder;
    test::MemoryReference reference{{{"c2", std::string(200, 'A')}, {"c1", std::string(300, 'C')}}};
    tracks::HubRequest request;

    Example() {
        write_file_atomically(folder.file("g.fa"), ">c2\n");
        reference.set_path(folder.file("g.fa"));
        request.genome = "hg38";
        request.label =
            "A hub of <chunks> whose label is longer than all of UCSC's limits allow "
            "for it, by some";
        request.email = "a@b.org";
        request.folder = folder.file("hub");
        request.provenance.enabled = false;
    }

    std::vector<tracks::HubTrack> describe(const std::vector<std::string>& names) const {
        std::vector<fs::path> files;
        for (const auto& name : names) files.push_back(folder.file(name));
        return tracks::describe_tracks(files, reference);
    }

    std::vector<tracks::HubTrack> describe_written(const std::vector<std::string>& names) const {
        for (const auto& name : names) {
            name.ends_with(".bb") ? write_bigbed(folder.file(name))
                                  : write_bigwig(folder.file(name));
        }
        return describe(names);
    }

    std::vector<tracks::HubTrack> all() const {
        std::vector<std::string> names;
        for (const std::string prefix : {"x", "8 y"}) {
            for (const std::string strand : {"rev", "fwd"}) {
                names.push_back(prefix + ".stage1." + strand + ".chunks.bb");
                names.push_back(prefix + ".stage0." + strand + ".probability.bw");
                names.push_back(prefix + "." + strand + ".entropy.bw");
            }
            names.push_back(prefix + ".mean.bits.bw");
            names.push_back(prefix + ".fwd.logo.bw");
        }
        names.push_back("a_track_whose_name_is_longer_than_seventeen_characters.bw");
        names.push_back("dnahnet_bits.bw");
        names.push_back("genes.bb");
        return describe_written(names);
    }
};

// Lines of a hub file: the setting and its value.
std::vector<std::pair<std::string, std::string>> settings_of(const std::string& text) {
    std::vector<std::pair<std::string, std::string>> settings;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        line.erase(0, line.find_first_not_of(' ') == std::string::npos
                          ? line.size()
                          : line.find_first_not_of(' '));
        if (line.empty()) continue;
        const auto space = line.find(' ');
        REQUIRE(space != std::string::npos);
        settings.emplace_back(line.substr(0, space), line.substr(space + 1));
    }
    return settings;
}

}  // namespace

TEST_CASE("hub: every setting is one of UCSC's, labels keep their limits, names are unique") {
    const Example example;
    const auto described = example.all();
    std::set<std::string> names, parents;
    const std::string track_db = tracks::track_db_text(described);
    for (const std::string& text :
         {track_db, tracks::hub_text(example.request), tracks::genomes_text(example.request)}) {
        const bool hub = &text != &track_db && text.rfind("hub ", 0) == 0;
        for (const auto& [setting, value] : settings_of(text)) {
            INFO(setting << " " << value);
            CHECK(kSettings.count(setting) == 1);
            CHECK(!value.empty());
            if (setting == "shortLabel") CHECK(value.size() <= 17);
            if (setting == "longLabel") CHECK(value.size() <= (hub ? 80 : 76));
            if (setting == "hub") CHECK(value.find(' ') == std::string::npos);
            if (setting == "track") {
                CHECK(std::isalpha(static_cast<unsigned char>(value[0])));
                CHECK(names.insert(value).second);
            }
            if (setting == "parent") {
                CHECK(value.ends_with(" on"));
                parents.insert(value.substr(0, value.size() - 3));
            }
        }
    }
    CHECK(names.size() == described.size() + 5);
    for (const auto& parent : parents) CHECK(names.count(parent) == 1);
    CHECK(test::contains(track_db, "track t_8_y_stage1_fwd_chunks\n"));
    CHECK(test::contains(track_db, "bigDataUrl 8_y.stage1.fwd.chunks.bb\n"));
}

TEST_CASE("hub: what the names of the files say decides how a track is drawn") {
    const Example example;
    const auto described = example.all();
    using tracks::TrackKind;
    CHECK((described[0].kind == TrackKind::chunks && described[0].strand == "fwd"));
    CHECK((described[0].stage == 1 && described[0].prefix == "x"));
    CHECK(described.back().kind == TrackKind::other);
    const std::string text = tracks::track_db_text(described);
    const auto block = [&](const std::string& name) {
        const auto begin = text.find("track " + name + "\n");
        REQUIRE(begin != std::string::npos);
        return text.substr(begin, text.find("\n\n", begin) - begin);
    };
    CHECK(test::contains(block("x_stage1_rev_chunks"), "itemRgb on"));
    CHECK(test::contains(block("x_mean_bits"), "viewLimits 0:3"));
    CHECK(test::contains(block("x_mean_bits"), "type bigWig 0 3\n"));
    CHECK(test::contains(block("x_stage0_fwd_probability"), "viewLimits 0:1"));
    CHECK(test::contains(block("x_fwd_logo"), "logo on"));
    CHECK(test::contains(block("x_stage0_fwd_probability"), "color 0,114,178"));
    CHECK(test::contains(block("x_mean_bits"), "color 70,70,70"));
    CHECK(!test::contains(block("x_fwd_logo"), "color"));
    CHECK(!test::contains(block("x_mean_bits"), "logo on"));
    CHECK(test::contains(block("genes"), "type bigBed 4\n"));
    CHECK(!test::contains(block("genes"), "parent"));
    CHECK(test::contains(block("dnahnet_bits"), "autoScale on"));
}

TEST_CASE("hub: the tracks of several seeds or models bear their names") {
    const auto label = [](const std::string& set, tracks::TrackKind kind, const char* strand) {
        tracks::HubTrack track;
        track.kind = kind;
        track.stage = 0;
        track.strand = strand;
        track.set = set;
        return track.short_label();
    };
    using tracks::TrackKind;
    CHECK(label("", TrackKind::chunks, "fwd") == "Chunks s0 fwd");
    CHECK(label("s1", TrackKind::chunks, "fwd") == "s1 Chunks s0 fwd");
    CHECK(label("seed12", TrackKind::chunks, "rev") == "d12 Chunks s0 rev");
    CHECK(label("seed12", TrackKind::bits, "mean") == "seed12 Bits mean");
    CHECK(label("x\xc3\xa4yz", TrackKind::chunks, "fwd") == "yz Chunks s0 fwd");  // whole letters

    const Example example;
    const auto described = example.describe_written(
        {"hg38-s1.fwd.bits.bw", "hg38-s2.fwd.bits.bw", "hg38-s10.mean.bits.bw", "genes.bb"});
    std::set<std::string> labels;
    for (const auto& track : described) labels.insert(track.short_label());
    CHECK(labels == std::set<std::string>{"s1 Bits fwd", "s2 Bits fwd", "s10 Bits mean", "genes"});
}

TEST_CASE("hub: tracks that do not fit are refused with their names") {
    const Example example;
    const auto refused = [&](const std::vector<std::string>& names, ErrorKind kind) {
        const Error error = test::error_of([&] { example.describe(names); });
        CHECK(error.kind() == kind);
        return std::string(error.what());
    };
    const auto file = [&](const std::string& name) { return example.folder.file(name); };
    write_bigwig(file("a.fwd.bits.bw"), {{"c2", 201, {}}});
    write_bigbed(file("b.bb"), {{"c3", 200, {}}});
    write_bigwig(file("x.stage0.fwd.chunks.bb"));
    write_bigwig(file("d e.bw"));
    write_bigwig(file("d_e.bw"));
    write_bigwig(file("j.bw"));
    write_file_atomically(file("j.bw.json"), "[");
    write_file_atomically(file("t.bb"), "c1\t1\t2\n");
    constexpr auto kInput = ErrorKind::bad_input;
    CHECK(test::contains(refused({"a.fwd.bits.bw"}, kInput), "bits.bw: contig c2 has length 201"));
    CHECK(test::contains(refused({"b.bb"}, kInput), "b.bb: has contig c3"));
    CHECK(test::contains(refused({"x.stage0.fwd.chunks.bb"}, kInput), "expected a bigBed"));
    CHECK(test::contains(refused({"t.bb"}, kInput), "t.bb: is neither"));
    CHECK(test::contains(refused({"none.bb"}, kInput), "none.bb: cannot open"));
    CHECK(test::contains(refused({"j.bw"}, kInput), "j.bw.json"));
    CHECK(test::contains(refused({"d e.bw", "d_e.bw"}, ErrorKind::usage), "both would be d_e.bw"));
    CHECK(test::contains(refused({}, ErrorKind::usage), "no track"));
    // A track may have fewer contigs than the genome.
    write_bigwig(file("few.bw"), {{"c2", 200, {}}});
    CHECK(example.describe({"few.bw"}).size() == 1);
}

TEST_CASE("hub: the folder is whole or not there, and nothing but a hub is replaced") {
    Example example;
    const fs::path folder = example.request.folder;
    write_bigwig(example.folder.file("x.mean.bits.bw"));
    write_bigbed(example.folder.file("x.bb"));
    write_file_atomically(example.folder.file("x.bb.json"), R"({"model_sha256": "0a1b<"})");
    const auto write = [&](const std::vector<std::string>& names) {
        tracks::write_hub(example.request, example.reference, example.describe(names));
    };
    write({"x.mean.bits.bw", "x.bb"});
    CHECK(test::contains(read_file(folder / "igv.xml"), "genome=\"../g.fa\" locus=\"c2:51-200\""));
    CHECK(read_file(folder / "x.bb") == read_file(example.folder.file("x.bb")));
    CHECK(test::contains(read_file(folder / "description.html"), "<code>0a1b&lt;</code>"));
    CHECK(test::contains(read_file(folder / "description.html"), "A hub of &lt;chunks&gt;"));
    CHECK(!test::contains(read_file(folder / "description.html"), "dna-hnet 0."));
    example.request.link = true;
    write({"x.bb"});
    CHECK(!fs::exists(folder / "x.mean.bits.bw"));
    CHECK(fs::hard_link_count(folder / "x.bb") == 2);
    example.request.genome = "hg 38";
    CHECK(test::error_of([&] { write({"x.bb"}); }).kind() == ErrorKind::usage);
    example.request.genome = "hg38";
    example.request.label = "two\nlines";
    CHECK(test::error_of([&] { write({"x.bb"}); }).kind() == ErrorKind::usage);
    write_file_atomically(folder / "notes.txt", "kept");
    const Error error = test::error_of([&] { tracks::require_hub_replaceable(folder); });
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(test::contains(error.what(), "notes.txt"));
    CHECK(test::error_of([&] {
              tracks::require_hub_replaceable(example.folder.file("x.bb"));
          }).kind() == ErrorKind::usage);
}

TEST_CASE("sessions start where data begin and name every track") {
    const Example example;
    const auto described = example.all();
    const tracks::SessionGenome genome{"hg38", "../some dir/g&.fa.gz", true, "c2:61-70"};
    const std::string xml = tracks::igv_xml(genome, described);
    CHECK(test::contains(xml, "genome=\"../some dir/g&amp;.fa.gz\" locus=\"c2:61-70\""));
    const auto json = nlohmann::json::parse(tracks::igv_json(genome, described));
    CHECK(json["reference"]["fastaURL"] == "../some%20dir/g%26.fa.gz");
    CHECK(json["reference"]["compressedIndexURL"] == "../some%20dir/g%26.fa.gz.gzi");
    CHECK(json["tracks"].size() == described.size());
    for (std::size_t i = 0; i < described.size(); ++i) {
        CHECK(json["tracks"][i]["url"] == described[i].file);
        CHECK(json["tracks"][i].contains("graphType") ==
              (described[i].kind == tracks::TrackKind::logo));
        CHECK(test::contains(xml, "path=\"" + described[i].file + "\""));
    }
    CHECK((described[0].content.first_contig == "c2" && described[0].content.first_base == 60));
    CHECK(nlohmann::json::parse(tracks::igv_json({"hg38", "", false, "c1"}, {}))["genome"] ==
          "hg38");
}

TEST_CASE("labels are cut at whole characters") {
    CHECK(tracks::shortened("12345678901234567", 17) == "12345678901234567");
    CHECK(tracks::shortened("123456789012345678", 17) == "12345678901234...");
    CHECK(tracks::shortened("1234567890123\xC3\xA9 and more", 17) == "1234567890123...");
    CHECK(tracks::word_of("a b/c.d", ".") == "a_b_c.d");
}
