#!/usr/bin/env python3
"""Draws learned chunks beside annotation at one locus, as a self-contained SVG.

    locus.py --region chr17:7,668,000-7,676,000 --chunks P.stage0.fwd.chunks.bed.gz --chunks P.stage0.rev.chunks.bed.gz
             [--zoom chr17:7,673,500-7,673,700] [--fasta genome.fa] [--track NAME=FILE ...] [--title TEXT] -o locus.svg

Regions are 1-based and inclusive, as everywhere on the command line. Upper panel: boundaries per base in bins (each strand's
own line; a flat line would be a regular chunker) above the tracks. Lower panel, with --zoom: every chunk, to scale, and with
--fasta (indexed, plain or bgzip) its bases. Tracks are BED, GTF or GFF3 (their CDS rows), plain or gzip. Standard library only.
"""
import argparse
import gzip
import html
import re
import sys

WIDTH, LEFT, RIGHT = 1160, 150, 20
INK, GREY, FORWARD, REVERSE = "#222222", "#8a8a8a", "#1f6fb2", "#c25a1e"
TONES = {"+": ("#1f6fb2", "#7fb2dc"), "-": ("#c25a1e", "#eab08c")}
BINS = 100


def fail(message):
    print(f"locus.py: error: {message}", file=sys.stderr)
    sys.exit(3)


def lines_of(path):
    try:
        with open(path, "rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        with (gzip.open if zipped else open)(path, "rt") as file:
            yield from (line.rstrip("\r\n") for line in file if line.strip() and not line.startswith(("#", "track", "browser")))
    except OSError as error:
        fail(f"{path}: {error.strerror or error}")


class Region:
    def __init__(self, text):
        match = re.fullmatch(r"(.+):([\d,]+)-([\d,]+)", text)
        if not match:
            fail(f"region '{text}': expected CONTIG:BEGIN-END")
        self.contig, first, self.end = match[1], *(int(x.replace(",", "")) for x in match.groups()[1:])
        self.begin = first - 1
        if not 0 <= self.begin < self.end:
            fail(f"region '{text}': the end is before the begin")

    def x(self, place):
        return LEFT + (place - self.begin) / (self.end - self.begin) * (WIDTH - LEFT - RIGHT)

    def __str__(self):
        return f"{self.contig}:{self.begin + 1:,}-{self.end:,}"


def intervals(path, region):
    """(begin, end, strand, name) of the rows of a BED, or of the CDS rows of a GTF or GFF3, that touch the region."""
    tables = path.removesuffix(".gz").endswith((".gtf", ".gff", ".gff3"))
    for line in lines_of(path):
        row = line.split("\t")
        if row[0] != region.contig:
            continue
        if tables:
            if len(row) < 9 or row[2] != "CDS":
                continue
            place = int(row[3]) - 1, int(row[4]), row[6], ""
        else:
            place = int(row[1]), int(row[2]), row[5] if len(row) > 5 else ".", row[3] if len(row) > 3 else ""
        if place[0] < region.end and place[1] > region.begin:
            yield place


def bases_of(fasta, region):
    """The bases of a region; the index names offsets of the uncompressed text."""
    for line in lines_of(fasta + ".fai"):
        name, length, offset, per_line, width = line.split("\t")[:5]
        if name == region.contig:
            offset, per_line, width = int(offset), int(per_line), int(width)
            break
    else:
        fail(f"{fasta}: no contig '{region.contig}'")
    if region.end > int(length):
        fail(f"{region} ends past the contig's end ({length})")
    first, last = (offset + place // per_line * width + place % per_line for place in (region.begin, region.end))
    with (gzip.open if fasta.endswith(".gz") else open)(fasta, "rb") as file:
        file.seek(first)
        return file.read(last - first).replace(b"\n", b"").replace(b"\r", b"").decode()


class Drawing:
    def __init__(self):
        self.parts, self.y = [], 10

    def text(self, x, y, text, size=12, anchor="start", fill=INK, family="sans-serif"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}" '
                          f'font-family="{family}">{html.escape(text)}</text>')

    def box(self, x, y, width, height, fill):
        self.parts.append(f'<rect x="{x:.2f}" y="{y:.1f}" width="{max(width, 0.6):.2f}" height="{height}" fill="{fill}"/>')

    def line(self, points, stroke, width=1.2):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{width}"/>')

    def label(self, text, height=14, fill=INK):
        self.text(LEFT - 8, self.y + height - 3, text, anchor="end", fill=fill)

    def svg(self):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{self.y + 10:.0f}" '
                f'viewBox="0 0 {WIDTH} {self.y + 10:.0f}">\n<rect width="100%" height="100%" fill="white"/>\n'
                + "\n".join(self.parts) + "\n</svg>\n")


def ruler(drawing, region):
    span, step = region.end - region.begin, 1
    while span / step > 10:
        step *= 10
    step = next(s for s in (step // 5 or 1, step // 2 or 1, step) if span / s <= 12)
    drawing.line([(region.x(region.begin), drawing.y + 14), (region.x(region.end), drawing.y + 14)], GREY)
    for place in range((region.begin // step + 1) * step, region.end, step):
        drawing.line([(region.x(place), drawing.y + 11), (region.x(place), drawing.y + 17)], GREY)
        drawing.text(region.x(place), drawing.y + 9, f"{place:,}", 10, "middle", GREY)
    drawing.y += 24


def strand_of(rows, path):
    strands = {row[2] for row in rows}
    if len(strands) != 1:
        fail(f"{path}: rows of one strand expected in the region, got {sorted(strands) or 'none'}")
    return strands.pop()


def density(drawing, region, chunks):
    """Boundaries per base, in bins: the gap that a chunk starts at, in its reading direction."""
    height, size = 90, (region.end - region.begin) / BINS
    lines = []
    for strand, rows in chunks:
        counts = [0] * BINS
        for begin, end, *_ in rows:
            gap = begin if strand == "+" else end
            if region.begin <= gap < region.end:
                counts[int((gap - region.begin) / size)] += 1
        lines.append((strand, [count / size for count in counts]))
    top = max(0.1, *(max(values) for _, values in lines)) * 1.05
    for mark in (0, top / 2, top):
        y = drawing.y + height * (1 - mark / top)
        drawing.line([(LEFT, y), (WIDTH - RIGHT, y)], "#e4e4e4", 0.8)
        drawing.text(LEFT - 8, y + 4, f"{mark:.2f}", 10, "end", GREY)
    drawing.text(10, drawing.y + 16, "boundaries", 12)
    drawing.text(10, drawing.y + 31, "per base", 12)
    for row, (strand, values) in enumerate(lines):
        color = FORWARD if strand == "+" else REVERSE
        drawing.text(10, drawing.y + 52 + 15 * row, "forward" if strand == "+" else "reverse", 11, fill=color)
        drawing.line([(region.x(region.begin + (i + 0.5) * size), drawing.y + height * (1 - v / top)) for i, v in enumerate(values)],
                     color, 1.4)
    drawing.y += height + 12


def tracks(drawing, region, named):
    for name, rows in named:
        drawing.label(name)
        for begin, end, strand, _ in rows:
            begin, end = max(begin, region.begin), min(end, region.end)
            color = {"+": FORWARD, "-": REVERSE}.get(strand, "#5a8f5a")
            drawing.box(region.x(begin), drawing.y + 1, region.x(end) - region.x(begin), 12, color)
        drawing.y += 18


def zoomed(drawing, region, chunk_files, fasta):
    bases = bases_of(fasta, region) if fasta else ""
    wide = (WIDTH - LEFT - RIGHT) / (region.end - region.begin)
    for strand, rows in chunk_files:
        drawing.label("forward chunks" if strand == "+" else "reverse chunks", 18, FORWARD if strand == "+" else REVERSE)
        for begin, end, _, name in rows:
            tone = TONES[strand][(begin if strand == "+" else end) % 7 % 2]
            shown = max(begin, region.begin), min(end, region.end)
            drawing.box(region.x(shown[0]) + 0.4, drawing.y + 2, (shown[1] - shown[0]) * wide - 0.8, 16, tone)
        drawing.y += 22
        if bases and strand == "+":
            size = min(11, wide * 1.5)
            for place, base in enumerate(bases, region.begin):
                drawing.text(region.x(place + 0.5), drawing.y + 11, base, round(size, 1), "middle", INK, "monospace")
            drawing.y += 17


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--region", required=True, type=Region)
    parser.add_argument("--zoom", type=Region)
    parser.add_argument("--chunks", action="append", required=True, metavar="BED")
    parser.add_argument("--track", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--fasta")
    parser.add_argument("--title", default="")
    parser.add_argument("-o", "--output", required=True)
    options = parser.parse_args()

    named = []
    for track in options.track:
        if "=" not in track:
            fail(f"--track {track}: expected NAME=FILE")
        named.append(track.split("=", 1))
    drawing = Drawing()
    drawing.text(10, drawing.y + 10, f"{options.title}  {options.region}".strip(), 14)
    drawing.y += 26
    for region in filter(None, (options.region, options.zoom)):
        chunks = []
        for path in options.chunks:
            rows = list(intervals(path, region))
            chunks.append((strand_of(rows, path), rows))
        if region is not options.region:
            drawing.y += 14
            drawing.text(10, drawing.y + 10, str(region), 13)
            drawing.y += 20
        ruler(drawing, region)
        if region is options.region:
            density(drawing, region, chunks)
        else:
            zoomed(drawing, region, chunks, options.fasta)
        tracks(drawing, region, [(name, list(intervals(path, region))) for name, path in named])
    with open(options.output, "w") as file:
        file.write(drawing.svg())


if __name__ == "__main__":
    main()
