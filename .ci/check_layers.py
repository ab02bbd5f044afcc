#!/usr/bin/env python3
"""Checks the includes of every layer against cmake/layers.txt.

    python3 .ci/check_layers.py [ROOT]

A file of a layer may include headers of its own layer, of the layers its row names, of those they use in turn, and of core
(kernels: nothing but kernels). A layer marked no-torch reaches no LibTorch header, not even through a header of another
layer. No header includes torch/torch.h: it costs every file that sees it 19 seconds. Every header has #pragma once.
The table in docs/architecture.md names the same layers in the same order. Prints one line per offence and exits 1 when there is any.
"""
import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.M)
TORCH = re.compile(r"^(torch|ATen|c10|caffe2)/")
SUFFIXES = {".hpp", ".cpp", ".cu", ".cuh", ".in"}
HEADERS = {".hpp", ".cuh"}


def read_table(path):
    """{layer: (set of layers it may use, sees torch)}, the transitive closure of the table's rows."""
    direct, torch = {}, {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split(":")]
        if len(cells) != 3 or cells[2] not in ("torch", "no-torch"):
            sys.exit(f"{path}:{number}: got '{line}', expected 'name : uses : torch|no-torch'")
        direct[cells[0]] = cells[1].split()
        torch[cells[0]] = cells[2] == "torch"

    def closure(name):
        used = set(direct[name])
        for other in direct[name]:
            used |= closure(other)
        return used

    table = {}
    for name in direct:
        used = closure(name)
        if name not in ("kernels", "core"):
            used.add("core")
        table[name] = (used, torch[name])
    return table


def layer_of(path):
    """The layer of a path relative to the root, or None: src/<layer>/..., apps/..., kernels/..."""
    if path.parts[0] == "src" and len(path.parts) > 2:
        return path.parts[1]
    return path.parts[0] if path.parts[0] in ("apps", "kernels") else None


def resolve(root, source, name):
    """The file in the repository that `name`, included by `source`, stands for; None for a third party's."""
    for folder in (root / source.parent, root / "src", root):
        candidate = (folder / name).resolve()
        if candidate.is_file() and root in candidate.parents:
            return candidate.relative_to(root)
    return None


def includes_of(root, source):
    """[(line, name, file in the repository or None)] of one file."""
    text = (root / source).read_text()
    return [
        (text.count("\n", 0, match.start(1)) + 1, match[2], resolve(root, source, match[2]))
        for match in INCLUDE.finditer(text)
    ]


def path_to_torch(graph, source, seen):
    """The chain of includes that leads from `source` to a LibTorch header, or None."""
    if source in seen:
        return None
    seen.add(source)
    for _, name, target in graph.get(source, []):
        if target is None and TORCH.match(name):
            return [name]
        chain = path_to_torch(graph, target, seen) if target else None
        if chain:
            return [str(target)] + chain
    return None


def check_file(source, graph, table):
    """The offences of one file."""
    layer = layer_of(source)
    if layer not in table:
        return [f"{source}: folder '{layer}' has no row in cmake/layers.txt"]
    may_use, torch = table[layer]
    offences = []
    for line, name, target in graph[source]:
        other = layer_of(target) if target else None
        if target and other is None:
            offences.append(f"{source}:{line}: includes {target}, which belongs to no layer")
        elif other and other != layer and other not in may_use:
            offences.append(f"{source}:{line}: layer {layer} may not use {other} (includes {name})")
        if source.suffix in HEADERS and name == "torch/torch.h":
            offences.append(f"{source}:{line}: a header includes torch/torch.h; include the parts it needs")
    if not torch:
        chain = path_to_torch(graph, source, set())
        if chain:
            offences.append(f"{source}: layer {layer} must not see torch, but includes {' -> '.join(chain)}")
    return offences


def check_document(root, table):
    """The layer table of docs/architecture.md against cmake/layers.txt; nothing where there is no such document."""
    document = root / "docs/architecture.md"
    if not document.is_file():
        return []
    named = re.findall(r"^\| `(?:src/)?([a-z_]+)` \|", document.read_text(), re.M)
    return [] if named == list(table) else [f"docs/architecture.md: layers {named}, cmake/layers.txt has {list(table)}"]


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    table = read_table(root / "cmake/layers.txt")
    sources = [
        path.relative_to(root)
        for folder in ("src", "apps", "kernels")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and path.suffix in SUFFIXES
    ]
    graph = {source: includes_of(root, source) for source in sources}
    offences = check_document(root, table)
    for source in sources:
        offences += check_file(source, graph, table)
        if source.suffix in HEADERS and "#pragma once" not in (root / source).read_text():
            offences.append(f"{source}: a header without #pragma once")
    print("\n".join(offences + [f"layers: {len(sources)} files, {len(offences)} offences"]))
    sys.exit(1 if offences else 0)


if __name__ == "__main__":
    main()
