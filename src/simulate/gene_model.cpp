#include <algorithm>

#include "simulate/genome_model.hpp"

namespace dna_hnet::simulate {
namespace {

using genome::Strand;

// Adds blocks in reading order. On the reverse strand all pieces come reversed and complemented, so
// that a genome and its reverse complement have equally likely genes.
class GeneBuilder {
  public:
    GeneBuilder(BlockHmm& hmm, const Parameters& all, Strand strand)
        : hmm_(hmm),
          genes_(all.genes),
          strand_(strand),
          transcribed_(std::make_shared<ContextTable>(
              make_chain(all.transcribed, all.order, all.texture_seed, strand))),
          island_(std::make_shared<ContextTable>(
              make_chain(all.island, all.order, all.texture_seed, strand))) {}

    GeneBlocks build() {
        std::vector<GeneBlocks> pieces;
        const bool forward = strand_ == Strand::forward;
        const auto upstream = [&] {
            std::vector<GeneBlocks> result{signal(Part::promoter, genes_.promoter, 1),
                                           spacer(Part::promoter, genes_.promoter_spacer, island_),
                                           region(Part::utr5, genes_.utr5, 1, island_),
                                           signal(Part::utr5, genes_.kozak, 1)};
            return result;
        };
        const auto downstream = [&] {
            std::vector<GeneBlocks> result{region(Part::utr3, genes_.utr3, 1, transcribed_),
                                           signal(Part::utr3, genes_.polya_signal, 1),
                                           spacer(Part::utr3, genes_.polya_spacer, transcribed_)};
            return result;
        };
        for (const GeneBlocks& piece : in_order(forward ? upstream() : downstream()))
            pieces.push_back(piece);
        pieces.push_back(coding_sequence());
        for (const GeneBlocks& piece : in_order(forward ? downstream() : upstream()))
            pieces.push_back(piece);
        for (std::size_t i = 1; i < pieces.size(); ++i)
            hmm_.connect(pieces[i - 1].last, pieces[i].first, 1);
        return {pieces.front().first, pieces.back().last};
    }

  private:
    using Table = std::shared_ptr<const ContextTable>;

    std::vector<GeneBlocks> in_order(std::vector<GeneBlocks> pieces) const {
        if (strand_ == Strand::reverse) std::reverse(pieces.begin(), pieces.end());
        return pieces;
    }

    int add(Part part, int rows, int lanes, double stay) {
        Block block;
        block.part = part;
        block.strand = strand_;
        block.rows = rows;
        block.lanes = lanes;
        block.stay = stay;
        block.advance = 1 - stay;
        return hmm_.add(std::move(block));
    }

    GeneBlocks signal(Part part, const SignalParameters& forward, int lanes) {
        const SignalParameters read =
            strand_ == Strand::forward ? forward : forward.reverse_complement();
        const int block = add(part, read.length(), lanes, 0);
        for (int row = 0; row < read.length(); ++row) {
            for (int lane = 0; lane < lanes; ++lane) {
                hmm_.block(block).letters.push_back(read.probabilities(row));
            }
        }
        return {block, block};
    }

    GeneBlocks spacer(Part part, int length, const Table& table) {
        const int block = add(part, length, 1, 0);
        hmm_.block(block).table = table;
        return {block, block};
    }

    GeneBlocks region(Part part, const LengthParameters& length, int lanes, const Table& table) {
        GeneBlocks piece;
        for (int stage = 0; stage < length.stages; ++stage) {
            const int block = add(part, 1, lanes, 1 - length.stages / length.mean);
            hmm_.block(block).table = table;
            if (stage > 0) hmm_.connect(piece.last, block, 1);
            if (stage == 0) piece.first = block;
            piece.last = block;
        }
        return piece;
    }

    // `count` first bases of a codon, one block each.
    GeneBlocks codon(Part part, const std::array<ContextTable, 3>& tables, int count) {
        GeneBlocks piece;
        for (int position = 0; position < count; ++position) {
            const int block = add(part, 1, 1, 0);
            hmm_.block(block).table = std::make_shared<ContextTable>(tables[position]);
            if (position > 0) hmm_.connect(piece.last, block, 1);
            if (position == 0) piece.first = block;
            piece.last = block;
        }
        return piece;
    }

    GeneBlocks intron(int lanes) {
        const SignalParameters& opening =
            strand_ == Strand::forward ? genes_.donor : genes_.acceptor;
        const SignalParameters& closing =
            strand_ == Strand::forward ? genes_.acceptor : genes_.donor;
        const GeneBlocks first = signal(Part::intron, opening, lanes);
        const GeneBlocks body = region(Part::intron, genes_.intron, lanes, transcribed_);
        const GeneBlocks last = signal(Part::intron, closing, lanes);
        hmm_.connect(first.last, body.first, 1);
        hmm_.connect(body.last, last.first, 1);
        return {first.first, last.last};
    }

    // The base of a codon that follows an intron: the lane knows the bases before it.
    int resumed_base(const ContextTable& table) {
        const int lanes = static_cast<int>(table.probabilities.size() / 4);
        const int block = add(Part::coding, 1, lanes, 0);
        for (int lane = 0; lane < lanes; ++lane) {
            const double* row = &table.probabilities[4 * lane];
            hmm_.block(block).letters.push_back({row[0], row[1], row[2], row[3]});
        }
        return block;
    }

    // Start codon, exons and introns, stop codon, in reading order.
    GeneBlocks coding_sequence() {
        std::array<double, 64> start{};
        start[14] = 1;  // ATG
        const auto starts = make_codon_tables(start, strand_);
        const auto stops = make_codon_tables(genes_.stop_codons, strand_);
        const auto codons = make_codon_tables(genes_.codons, strand_);
        const bool forward = strand_ == Strand::forward;
        const GeneBlocks open =
            codon(forward ? Part::start_codon : Part::stop_codon, forward ? starts : stops, 3);
        const GeneBlocks close =
            codon(forward ? Part::stop_codon : Part::start_codon, forward ? stops : starts, 3);

        std::vector<GeneBlocks> stages;
        for (int i = 0; i < genes_.exon.stages; ++i)
            stages.push_back(codon(Part::coding, codons, 3));
        const int exon = stages.front().first;
        hmm_.connect(open.last, exon, 1);
        const double next_stage = genes_.exon.stages / genes_.exon.mean;
        for (std::size_t i = 0; i < stages.size(); ++i) {
            hmm_.connect(stages[i].last, stages[i].first, 1 - next_stage);
            if (i + 1 < stages.size())
                hmm_.connect(stages[i].last, stages[i + 1].first, next_stage);
        }
        const int end = stages.back().last;
        const double last_exon = 1 / genes_.exons_per_gene;
        hmm_.connect(end, close.first, next_stage * last_exon);
        add_introns(codons, end, exon, next_stage * (1 - last_exon));
        return {open.first, close.last};
    }

    // Introns after 0, 1 or 2 bases of a codon, all in reading order, between the end of one exon
    // and the start of the next.
    void add_introns(const std::array<ContextTable, 3>& codons, int end, int exon,
                     double probability) {
        std::array<double, 3> phases = genes_.phases;
        if (strand_ == Strand::reverse) std::swap(phases[1], phases[2]);
        const int second = resumed_base(codons[1]), third = resumed_base(codons[2]);
        hmm_.connect(second, third, 1);
        hmm_.connect(third, exon, 1);
        const std::array<int, 3> resumed{exon, second, third};
        for (int phase = 0, lanes = 1; phase < 3; ++phase, lanes *= 4) {
            const GeneBlocks skipped = intron(lanes);
            int entrance = skipped.first;
            if (phase > 0) {
                const GeneBlocks begun = codon(Part::coding, codons, phase);
                hmm_.connect(begun.last, skipped.first, 1);
                entrance = begun.first;
            }
            hmm_.connect(end, entrance, probability * phases[phase]);
            hmm_.connect(skipped.last, resumed[phase], 1);
        }
    }

    BlockHmm& hmm_;
    const GeneParameters& genes_;
    Strand strand_;
    Table transcribed_, island_;
};

}  // namespace

GeneBlocks add_gene(BlockHmm& hmm, const Parameters& parameters, genome::Strand strand) {
    return GeneBuilder(hmm, parameters, strand).build();
}

}  // namespace dna_hnet::simulate
