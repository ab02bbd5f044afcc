#pragma once
// OUTPUT.parts: what `--resume` keeps of a run that has not ended. Torch-free.
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/model_runner.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::tasks {

class PartsFolder {
  public:
    // Makes the folder, or takes over the one that is there. `signature`: everything that the parts
    // depend on. usage error when it was made under another or by another version, and for a folder
    // of something else; run_failed while another run works in it.
    PartsFolder(std::filesystem::path folder, const std::string& signature);

    std::filesystem::path path(const std::string& name) const { return folder_ / name; }
    void remove();  // with all parts; a warning where that fails

  private:
    std::filesystem::path folder_;
    std::shared_ptr<const void> lock_;  // its end lets go
};

// Lines of a signature.
std::string signature_of(const std::string& name, const std::vector<genome::Interval>& intervals);
std::string signature_of(const std::vector<genome::Strand>& strands);

// The regions (absent: everything) contig by contig, in the C order of their names, as parts of
// their own: `work` gets the stem of the files to write and the regions of one contig, or of
// several that are less than 1/256 of all bases together; contigs of gaps alone go with another. A
// part whose work has ended before is not done again while its files have the sizes that they had.
// The stems, in that order.
using ContigWork =
    std::function<void(const std::string& stem, const std::vector<genome::Interval>& regions)>;
std::vector<std::string> work_by_contig(const PartsFolder& parts, genome::Reference& reference,
                                        const std::optional<std::vector<genome::Interval>>& regions,
                                        const ContigWork& work);

}  // namespace dna_hnet::tasks
