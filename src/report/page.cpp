#include "report/page.hpp"

#include <fmt/format.h>

#include "formats/text.hpp"

namespace dna_hnet::report {
namespace {

using formats::escaped;

constexpr std::string_view kPageStyle = R"(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1020px;margin:0 auto;padding:0 20px 48px}
h1{font-size:1.75rem;line-height:1.2;margin:36px 0 4px;overflow-wrap:anywhere}
h2{font-size:1.3rem;line-height:1.3;margin:52px 0 6px;padding-top:14px;border-top:2px solid var(--ink)}
h3{font-size:1.02rem;margin:26px 0 4px}
p{margin:6px 0;max-width:72ch}
.sub,.cap{color:var(--muted)}.sub{margin:0 0 8px}
nav{margin:12px 0 20px;font-size:.92rem}nav a{margin-right:18px;color:var(--blue);white-space:nowrap}
.note{border-left:4px solid var(--vermillion);padding:4px 12px}
dl.tiles{display:flex;flex-wrap:wrap;margin:18px 0;border:solid var(--rule);border-width:1px 0 0 1px}
.tiles div{flex:1 1 140px;border:solid var(--rule);border-width:0 1px 1px 0;display:flex;flex-direction:column-reverse;justify-content:flex-end;padding:12px 14px}
.tiles dd{margin:0;font-size:1.42rem;font-weight:600;line-height:1.25;font-variant-numeric:tabular-nums}
.tiles dt{color:var(--muted);font-size:.82rem;line-height:1.3}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:18px 28px;margin:14px 0}
figure{margin:0;min-width:0;break-inside:avoid}
svg{display:block;max-width:100%;height:auto}
.figures svg{width:100%}
.scroll{overflow-x:auto;margin:14px 0}.side{display:flex;flex-wrap:wrap;gap:0 48px}.side>div{flex:1 1 340px;min-width:0}p+.scroll{margin-top:6px}.scroll svg{max-width:none;width:100%;min-width:760px}
table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums;line-height:1.35}
th,td{padding:4px 12px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
thead th{border-bottom:1px solid var(--ink);vertical-align:bottom}
tbody th{font-weight:400}tbody tr.first th,tbody tr.first td{font-weight:600}
.n{text-align:right;white-space:nowrap}
.long{width:100%}.long td{overflow-wrap:anywhere}.long tbody th{width:11rem;color:var(--muted)}
.legend{display:flex;flex-wrap:wrap;gap:2px 20px;margin:8px 0 0;padding:0;list-style:none;font-size:.88rem}
.legend li::before{content:"";display:inline-block;width:11px;height:11px;margin-right:7px;background:currentColor}
.legend li>span{color:var(--ink)}
.legend .c0{color:var(--muted)}.legend .c1{color:var(--blue)}.legend .c2{color:var(--vermillion)}.legend .c3{color:var(--green)}.legend .c4{color:var(--purple)}
summary{cursor:pointer;color:var(--blue);margin:10px 0}
code{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em;overflow-wrap:anywhere}
@media print{body{font-size:11pt}nav{display:none}.scroll{overflow:visible}.scroll svg{min-width:0}main{max-width:none;padding:0}h2,h3{break-after:avoid}tr{break-inside:avoid}}
)";

}  // namespace

std::string paragraph(std::string_view text) {
    return fmt::format("<p class=\"cap\">{}</p>\n", escaped(text));
}

std::string heading(std::string_view text) {
    return fmt::format("<h3>{}</h3>\n", escaped(text));
}

std::string figures(const std::vector<formats::Svg>& pictures) {
    std::string html = "<div class=\"figures\">\n";
    for (const formats::Svg& picture : pictures) {
        html += "<figure>" + picture.inline_text() + "</figure>\n";
    }
    return html + "</div>\n";
}

std::string wide_figure(const formats::Svg& picture) {
    return "<figure class=\"scroll\">" + picture.inline_text() + "</figure>\n";
}

std::string side_by_side(const std::vector<std::string>& html) {
    std::string all = "<div class=\"side\">\n";
    for (const std::string& one : html) all += "<div>" + one + "</div>\n";
    return all + "</div>\n";
}

std::string folded(std::string_view summary, const std::string& html) {
    return fmt::format("<details><summary>{}</summary>\n{}</details>\n", escaped(summary), html);
}

std::string legend(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string html = "<ul class=\"legend\">";
    for (const auto& [colour, text] : entries) {
        html += fmt::format("<li class=\"{}\"><span>{}</span></li>", colour, escaped(text));
    }
    return html + "</ul>\n";
}

Table::Table(std::string caption, std::vector<std::string> columns, std::size_t numbers_from)
    : caption_(std::move(caption)), columns_(std::move(columns)), numbers_from_(numbers_from) {}

void Table::row(const std::vector<std::string>& cells) {
    rows_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string text = escaped(cells[i]);
        const char* const side = i >= numbers_from_ ? " class=\"n\"" : "";
        rows_ += i == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", side, text)
                        : fmt::format("<td{}>{}</td>", side, text);
    }
    rows_ += "</tr>\n";
}

std::string Table::html() const {
    // The caption wraps with the page, a wide table scrolls.
    std::string html = caption_.empty() ? "" : paragraph(caption_);
    html += fmt::format("<div class=\"scroll\"><table{}{}>\n",
                        numbers_from_ >= columns_.size() ? " class=\"long\"" : "",
                        caption_.empty() ? "" : " aria-label=\"" + escaped(caption_) + "\"");
    if (!columns_.empty()) html += "<thead><tr>";
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        html += fmt::format("<th scope=\"col\"{}>{}</th>", i >= numbers_from_ ? " class=\"n\"" : "",
                            escaped(columns_[i]));
    }
    if (!columns_.empty()) html += "</tr></thead>\n";
    return html + "<tbody>\n" + rows_ + "</tbody></table></div>\n";
}

std::string Page::html() const {
    std::string html = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n"
        "<style>{}{}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n",
        escaped(title), formats::kSvgStyle, kPageStyle, escaped(title));
    if (!subtitle.empty()) html += fmt::format("<p class=\"sub\">{}</p>\n", escaped(subtitle));
    for (const std::string& warning : warnings) {
        html += fmt::format("<p class=\"note\">{}</p>\n", escaped(warning));
    }
    html += "<nav>";
    for (const Section& section : sections) {
        html += fmt::format("<a href=\"#{}\">{}</a>\n", section.id, escaped(section.title));
    }
    html += "</nav>\n";
    if (!tiles.empty()) {
        html += "<dl class=\"tiles\">";
        for (const Tile& tile : tiles) {
            html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", escaped(tile.label),
                                escaped(tile.value));
        }
        html += "</dl>\n";
    }
    for (const Section& section : sections) {
        html += fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", section.id,
                            escaped(section.title), section.html);
    }
    return html + "</main>\n</body>\n</html>\n";
}

}  // namespace dna_hnet::report
