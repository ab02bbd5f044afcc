#pragma once
// What every output says about where it came from.
#include <string>

namespace dna_hnet {

const char* version();  // "0.1.0"

// Carried from the command line to every writer; empty under --no-version.
struct Provenance {
    bool enabled = true;
    std::string command;                // the command line as typed
    std::string model_fingerprint;      // sha256 of model.safetensors, or empty
    std::string reference_fingerprint;  // genome::reference_fingerprint, or empty
    std::string settings;  // what else the values depend on, "mode=windows context=1024"; or empty

    // "#dna-hnet version=...\n#command=...\n", or empty under --no-version. `prefix` is "#" for TSV
    // and BED.
    std::string comment_lines(const std::string& prefix = "#") const;
    // One JSON object with the same fields ({} under --no-version), for `FILE.json` beside a format
    // without a header.
    std::string json() const;
};

}  // namespace dna_hnet
