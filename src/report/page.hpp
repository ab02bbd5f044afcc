#pragma once
// The page: sections, tables and figures as HTML. What arguments call `html` is markup already;
// everything else is escaped here.
#include <string>
#include <string_view>
#include <vector>

#include "formats/svg.hpp"

namespace dna_hnet::report {

struct Section {
    std::string id, title;
    std::string html;
};

// A number that stands at the top of the page.
struct Tile {
    std::string value, label;
};

std::string paragraph(std::string_view text);
std::string heading(std::string_view text);  // inside a section
// Figures side by side where the page is wide enough.
std::string figures(const std::vector<formats::Svg>& pictures);
// One picture as wide as the page; a narrow screen scrolls it.
std::string wide_figure(const formats::Svg& picture);
// Tables side by side where there is room.
std::string side_by_side(const std::vector<std::string>& html);
std::string folded(std::string_view summary, const std::string& html);
// "blue: forward" and so on; pairs of colour class (c1, c2, ...) and text.
std::string legend(const std::vector<std::pair<std::string, std::string>>& entries);

class Table {
  public:
    // Columns from `numbers_from` on stand to the right. Without columns there is no head.
    Table(std::string caption, std::vector<std::string> columns, std::size_t numbers_from = 1);
    // The first cell heads the row.
    void row(const std::vector<std::string>& cells);
    bool empty() const { return rows_.empty(); }
    std::string html() const;

  private:
    std::string caption_;
    std::vector<std::string> columns_;
    std::size_t numbers_from_;
    std::string rows_;
};

struct Page {
    std::string title, subtitle;
    std::vector<std::string> warnings;
    std::vector<Tile> tiles;
    std::vector<Section> sections;
    std::string html() const;
};

}  // namespace dna_hnet::report
