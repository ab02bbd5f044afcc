#pragma once
// The files that a page is made from. Each is noted as it is read, with what it says about its
// origin, for the page's closing list.
#include <string>
#include <string_view>
#include <vector>

#include "formats/tsv_table.hpp"

namespace dna_hnet::report {

struct Source {
    std::string kind, path;
    std::string version, command, model, reference;  // as in Provenance; empty where not said
};

class Inputs {
  public:
    // bad_input as TsvTable and hts::for_each_line.
    formats::TsvTable table(const std::string& kind, const std::string& path,
                            char separator = '\t');
    // A file that others read: the '#' lines at its top, of text.
    void note_text(const std::string& kind, const std::string& path);
    // A file without a header: what FILE.json beside it says, if it is there.
    void note_binary(const std::string& kind, const std::string& path);
    void add(Source source) { sources_.push_back(std::move(source)); }

    const std::vector<Source>& sources() const { return sources_; }
    // Those of a run; the model of every other input should be one of them.
    void add_run(std::vector<std::string> models) { run_models_ = std::move(models); }
    // A sentence for each of model and reference that the inputs do not agree on.
    std::vector<std::string> disagreements() const;

  private:
    std::vector<Source> sources_;
    std::vector<std::string> run_models_;
};

}  // namespace dna_hnet::report
