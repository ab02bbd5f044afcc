#pragma once
// The outputs of one command: none appears before all of them are whole and on disk. Each is opened
// with the group; its own commit() or close() then finishes it and hands it over, and the group's
// commit() renames them all. Without that the destructor removes them, and what stood at their
// names before stays.
//
//   AtomicGroup outputs;
//   AtomicFile table("x.tsv", &outputs), sums("x.sums.tsv", &outputs);
//   ...
//   table.commit();
//   sums.commit();
//   outputs.commit();  // here both appear
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dna_hnet {

class AtomicGroup {
  public:
    AtomicGroup() = default;
    ~AtomicGroup();
    AtomicGroup(const AtomicGroup&) = delete;
    AtomicGroup& operator=(const AtomicGroup&) = delete;

    // Called by what is opened. usage error when another output stands at the same place, by
    // whatever name: `x.tsv and ./x.tsv are one file`. `target` may be "-", standard output.
    void claim(const std::filesystem::path& target);
    // A whole file that is on disk under a temporary name; `target` is what the user calls it.
    void take(const std::filesystem::path& temporary, const std::filesystem::path& destination,
              const std::filesystem::path& target);
    // What must go when the files appear, such as the index of an older version.
    void remove_on_commit(const std::filesystem::path& outdated);
    void commit();  // run_failed when a file cannot be renamed

  private:
    struct File {
        std::filesystem::path temporary, destination, target;
    };
    std::map<std::string, std::string> names_;  // of each place, as the user says it
    std::vector<File> files_;                   // finished
    std::vector<std::filesystem::path> outdated_;
};

// Renames and waits until the folder is on disk; run_failed naming `target`.
void rename_into_place(const std::filesystem::path& from, const std::filesystem::path& to,
                       const std::filesystem::path& target);

}  // namespace dna_hnet
