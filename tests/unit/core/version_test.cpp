#include "core/version.hpp"

#include <nlohmann/json.hpp>

#include "support/test.hpp"

using namespace dna_hnet;

TEST_CASE("provenance as comment lines") {
    Provenance provenance;
    provenance.command = "dna-hnet score\n-o 'a\rb'";
    const std::string head = std::string("dna-hnet version=") + version() + "\n";
    CHECK(provenance.comment_lines() == "#" + head + "#command=dna-hnet score\\n-o 'a\\rb'\n");
    provenance.model_fingerprint = "ab";
    provenance.reference_fingerprint = "cd";
    CHECK(provenance.comment_lines("##") ==
          "##" + head +
              "##command=dna-hnet score\\n-o 'a\\rb'\n##model=sha256:ab\n"
              "##reference=sha256:cd\n");
    provenance.settings = "mode=carry";
    CHECK(provenance.comment_lines().ends_with("#reference=sha256:cd\n#settings=mode=carry\n"));
    provenance.enabled = false;
    CHECK(provenance.comment_lines().empty());
    CHECK(provenance.json() == "{}\n");
}

TEST_CASE("provenance as JSON, whatever bytes the command line has") {
    Provenance provenance;
    provenance.command = "x \"y\" \xff";
    provenance.model_fingerprint = "ab";
    provenance.settings = "mode=carry";
    const auto json = nlohmann::json::parse(provenance.json());
    CHECK(json.at("dna_hnet_version") == version());
    CHECK(json.at("command") == "x \"y\" \xef\xbf\xbd");
    CHECK(json.at("model_sha256") == "ab");
    CHECK(json.at("reference_sha256") == "");
    CHECK(json.at("settings") == "mode=carry");
}
