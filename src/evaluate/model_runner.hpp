#pragma once
// Reads a genome with a model and yields values per base: the one engine under score, boundaries,
// embed and the evaluation in training. Torch-free header. What a value may depend on: semantics.md
// sections 1 and 2.
//
// Windows mode: independent sequences, spread over threads, each thread single-threaded. Carry
// mode: one sequence per segment, cells of 4,096 bases one after another with carried state,
// segments spread over threads. A sequence is always executed cell by cell (genome order), so tile
// size and thread count cannot change a bit. Sequences that run beside each other in one packed
// batch do not change each other either.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/sequence_plan.hpp"
#include "genome/reference.hpp"
#include "genome/windows.hpp"

namespace dna_hnet::model {
struct Checkpoint;
struct LanguageModelImpl;
}  // namespace dna_hnet::model

namespace dna_hnet::evaluate {

struct ReadingOptions {
    Mode mode = Mode::windows;
    std::int64_t context = 0;                      // bases per window
    std::optional<std::int64_t> attention_window;  // --attention-window
    int threads = 1;
    std::string device = "cpu";       // "cpu" or "cuda"
    std::int64_t batch_bases = 8192;  // bases per packed batch (memory only, never a result)
};

// Activations of one stage (semantics.md section 9). encoder, decoder: of every token of the stage.
// main: what the network inside the stage made of every chunk. A model without stages of chunks has
// main alone: what its network made of every token.
enum class Layer { encoder, main, decoder };
struct WantedVectors {
    Layer layer = Layer::main;
    std::int64_t stage = 0;
};

struct Wanted {
    bool bits = true;  // needs logits
    bool entropy = false;
    bool boundaries = false;
    std::optional<WantedVectors> vectors = std::nullopt;
};

// Values of one sequence's yield. Position i of a vector is base yields.begin + i, in forward
// coordinates on either strand.
struct SequenceValues {
    genome::Sequence sequence;
    std::vector<float> bits;     // -log2 p(observed base) over the whole vocabulary; NaN where the
                                 // base is not A C G T
    std::vector<float> entropy;  // bits, over the whole vocabulary
    // Per stage: boundary probability of every token of that stage whose first base lies in the
    // yield, with that base. At stage 0 every base has one. Sorted by coordinate. `boundary` is the
    // model's decision (p > 0.5, or forced). The chunk that starts at BOS stands at the sequence's
    // first base; it covers no base, and is left out, where that base starts a chunk of its own.
    struct Boundary {
        std::int64_t base = 0;  // first base of the token in reading direction, forward coordinate
        float prob = 0;
        bool boundary = false;
    };
    std::vector<std::vector<Boundary>> stages;
    // Vectors, one for each run of bases that share it: run i begins at run_begins[i], ascending,
    // forward coordinates, and ends where the next one begins or with the yield. `vectors` holds
    // them end to end.
    std::vector<std::int64_t> run_begins;
    std::vector<float> vectors;
};

class ModelRunner {
  public:
    // usage error: carry with unlimited attention and no attention window; vocabulary that is
    // neither dna nor bytes; a context below 8, a window, thread count or batch below 1.
    ModelRunner(const model::Checkpoint& checkpoint, ReadingOptions options);
    // A model in memory (training evaluates the one it trains). It is read only, except that an
    // attention window is set in it.
    ModelRunner(std::shared_ptr<model::LanguageModelImpl> model, ReadingOptions options);
    ~ModelRunner();

    std::int64_t num_routed_stages() const;
    // Entries of a vector; usage error for a stage or layer that the model has not.
    std::int64_t vector_width(const WantedVectors& wanted) const;
    const ReadingOptions& options() const;

    // Reads every base of `regions` (merged, sorted) on one strand and calls `sink` with sequences
    // in ascending coordinates of their yields, cut to the regions, one call at a time (any
    // thread). In carry mode a sequence is cut into pieces of at most one cell; its read interval
    // is what was read of the segment. `segments` are those of the contigs that the regions touch.
    // `progress` (may be empty) gets the bases handed over so far. Stops between cells when a stop
    // signal has come (throws Stopped). Memory: a few batches of values; what carry mode reads on
    // the reverse strand, and segments that wait for an earlier one, wait on disk.
    void run(genome::Reference& reference, const std::vector<genome::Interval>& segments,
             const std::vector<genome::Interval>& regions, genome::Strand strand,
             const Wanted& wanted, const std::function<void(const SequenceValues&)>& sink,
             const std::function<void(std::int64_t)>& progress);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dna_hnet::evaluate
