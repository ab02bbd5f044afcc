#pragma once
// What a file of embeddings says about itself, and how large it will be. Internal to this layer.
#include "model/checkpoint.hpp"
#include "tasks/embed.hpp"

namespace dna_hnet::tasks {

// Says how large the file will be. usage error above 10 GB without `force`.
void check_embed_size(const EmbedRequest& request, const model::Checkpoint& checkpoint,
                      std::int64_t columns);

embedding_store::EmbeddingSpec embedding_spec(const EmbedRequest& request,
                                              const model::Checkpoint& checkpoint,
                                              const evaluate::ReadingOptions& reading,
                                              const genome::Reference& reference,
                                              std::int64_t columns);

// Everything that the rows depend on, as text.
std::string embed_signature(genome::Reference& reference, const EmbedRequest& request,
                            const embedding_store::EmbeddingSpec& spec);

}  // namespace dna_hnet::tasks
