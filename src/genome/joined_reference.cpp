// Several references seen as one.
#include <fmt/format.h>

#include <set>

#include "core/error.hpp"
#include "genome/reference.hpp"

namespace dna_hnet::genome {
namespace {

class JoinedReference final : public Reference {
  public:
    // `places` tells of every contig here which reference and which of its contigs it is; both
    // tables are shared by clones.
    struct Place {
        std::size_t reference;
        std::int64_t contig;
    };
    struct Tables {
        std::vector<Contig> contigs;
        std::vector<Place> places;
        std::string path;
    };

    JoinedReference(std::shared_ptr<const Tables> tables,
                    std::vector<std::unique_ptr<Reference>> references)
        : tables_(std::move(tables)), references_(std::move(references)) {}

    const std::vector<Contig>& contigs() const override { return tables_->contigs; }
    const std::string& path() const override { return tables_->path; }
    bool is_file() const override { return false; }

    void fetch_into(const Interval& interval, Base* out) override {
        check_interval(*this, interval);
        const Place place = tables_->places[static_cast<std::size_t>(interval.contig)];
        references_[place.reference]->fetch_into({place.contig, interval.begin, interval.end}, out);
    }

    std::unique_ptr<Reference> clone() const override {
        std::vector<std::unique_ptr<Reference>> copies;
        for (const auto& reference : references_) copies.push_back(reference->clone());
        return std::make_unique<JoinedReference>(tables_, std::move(copies));
    }

  private:
    std::shared_ptr<const Tables> tables_;
    std::vector<std::unique_ptr<Reference>> references_;
};

}  // namespace

std::unique_ptr<Reference> join_references(
    std::vector<std::pair<std::string, std::unique_ptr<Reference>>> labelled) {
    if (labelled.empty()) throw usage_error("no reference genome was given");
    if (labelled.size() == 1 && labelled[0].first.empty()) return std::move(labelled[0].second);

    auto tables = std::make_shared<JoinedReference::Tables>();
    std::vector<std::unique_ptr<Reference>> references;
    std::set<std::string> names;
    for (auto& [label, reference] : labelled) {
        for (std::size_t i = 0; i < reference->contigs().size(); ++i) {
            Contig contig = reference->contigs()[i];
            if (!label.empty()) contig.name = label + "#" + contig.name;
            if (!names.insert(contig.name).second) {
                throw usage_error(fmt::format("{}: contig '{}' stands in an earlier reference too",
                                              reference->path(), contig.name),
                                  "give the genomes labels: -f LABEL=FILE");
            }
            tables->contigs.push_back(std::move(contig));
            tables->places.push_back({references.size(), static_cast<std::int64_t>(i)});
        }
        tables->path += (tables->path.empty() ? "" : ",") + reference->path();
        references.push_back(std::move(reference));
    }
    return std::make_unique<JoinedReference>(std::move(tables), std::move(references));
}

}  // namespace dna_hnet::genome
