// dna-hnet embed
#include "tasks/embed.hpp"

#include <fmt/format.h>

#include "command.hpp"
#include "core/error.hpp"
#include "shared_options.hpp"

namespace dna_hnet::apps {
namespace {

struct EmbedFlags {
    tasks::EmbedRequest request;
    GenomeOptions genome;
    ReadingFlags reading;
    std::string level = "region", layer = "main", pool = "mean", store = "float32", layout = "hdf5";
};

template <class Value>
Value choice(const char* option, const std::string& text,
             const std::vector<std::pair<std::string, Value>>& values) {
    std::string names;
    for (const auto& [name, value] : values) {
        if (name == text) return value;
        names += (names.empty() ? "" : ", ") + name;
    }
    throw usage_error(fmt::format("{}: got '{}', expected one of {}", option, text, names));
}

void run_embed(const Program& program, const EmbedFlags& flags) {
    using evaluate::Layer;
    using tasks::Level;
    using tasks::Pool;
    tasks::EmbedRequest request = flags.request;
    require_option(request.model, "--model");
    require_option(request.output, "-o/--output");
    if (request.output == "-") throw usage_error("-o -: HDF5 is written to files only");
    request.level =
        choice<Level>("--level", flags.level,
                      {{"base", Level::base}, {"chunk", Level::chunk}, {"region", Level::region}});
    request.vectors.layer = choice<Layer>(
        "--layer", flags.layer,
        {{"encoder", Layer::encoder}, {"main", Layer::main}, {"decoder", Layer::decoder}});
    request.pool = choice<Pool>("--pool", flags.pool,
                                {{"mean", Pool::mean}, {"last", Pool::last}, {"max", Pool::max}});
    request.half = choice<bool>("--store", flags.store, {{"float16", true}, {"float32", false}});
    request.layout = choice<embedding_store::Layout>(
        "--layout", flags.layout,
        {{"hdf5", embedding_store::Layout::hdf5}, {"anndata", embedding_store::Layout::anndata}});
    request.strands = flags.reading.strands();
    request.reading = flags.reading.options(program.threads(), program.device());
    request.provenance = program.provenance();
    const auto reference = flags.genome.open();
    for (auto& [interval, name] : flags.genome.listed(*reference)) {
        request.regions.push_back({interval, name});
    }
    tasks::embed(*reference, request);
}

}  // namespace

void add_embed(Program& program) {
    auto flags = std::make_shared<EmbedFlags>();
    CLI::App* const command = program.add_command(
        "embed", "activations of bases, chunks or regions as rows of an HDF5 file",
        "dna-hnet embed --model run -f genome.fa -R regions.bed --level region -o regions.h5",
        [&program, flags] { run_embed(program, *flags); });
    auto& request = flags->request;
    command->add_option("--model", request.model, "checkpoint, or run: then its best checkpoint");
    flags->genome.add_to(*command);
    flags->reading.add_model_options_to(*command);
    command->add_option("--level", flags->level, "a row per base, chunk or region")
        ->capture_default_str();
    command->add_option("--layer", flags->layer, "encoder, main or decoder")->capture_default_str();
    command->add_option("--stage", request.vectors.stage, "whose layer and chunks; 0 is outermost")
        ->capture_default_str();
    command
        ->add_option("--pool", flags->pool,
                     "mean, last or max over the bases of a region (or of a chunk, but for main)")
        ->capture_default_str();
    command->add_option("--store", flags->store, "float32 or float16")->capture_default_str();
    command
        ->add_option("--layout", flags->layout,
                     "hdf5, or anndata (.h5ad), which belongs to --level region")
        ->capture_default_str();
    command->add_flag("--force", request.force, "write more than 10 GB");
    command->add_flag("--resume", request.resume,
                      "keep what is finished in OUTPUT.parts, and go on from it");
    command->add_option("-o,--output", request.output, "X.h5 or X.h5ad");
}

}  // namespace dna_hnet::apps
