#pragma once
// INFO fields of ours in a record of htslib.
#include <htslib/vcf.h>

#include <utility>

#include "hts/variant_file.hpp"

namespace dna_hnet::hts {

// {"A", "Float"}: what the header says of a field.
std::pair<const char*, const char*> number_and_type(const InfoField& field);

// Takes every field with this number in the header out of the record.
void remove_info(bcf1_t& record, int key);

// Puts a field behind the others; a field without a value stays out. run_failed when the values are
// not of the field's type, are not one per alternative, or cannot stand in a VCF.
void put_info(const bcf_hdr_t& header, bcf1_t& record, const InfoField& field,
              const InfoValue& value);

}  // namespace dna_hnet::hts
