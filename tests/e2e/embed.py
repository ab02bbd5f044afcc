"""embed: HDF5 that h5py, h5dump and anndata open, whose rows are the bases, chunks and regions that they say, on any number of threads."""
import json
import random
import signal
import subprocess
import time

from harness import MODEL, WIDTH, check, fasta_text, need_tool, peak_memory, python_with, random_bases, rows_of

READ = """
import h5py, json, sys
with h5py.File(sys.argv[1]) as f:
    text = lambda d: [v.decode() for v in d[...]]
    out = {"X": f["X"][...].astype("float64").tolist(), "dtype": str(f["X"].dtype), "attributes": {k: str(v) for k, v in f.attrs.items()}}
    for name in ("start", "end", "stage", "region", "boundary_prob"):
        out[name] = f[name][...].astype("float64").tolist()
    for name in ("contig", "strand", "region_name"):
        out[name] = text(f[name])
    out["chunks"], out["compression"] = f["X"].chunks, f["X"].compression
json.dump(out, sys.stdout)
"""


def content(path):
    done = subprocess.run([python_with("h5py"), "-c", READ, str(path)], capture_output=True, text=True)
    check(done.returncode == 0, f"h5py cannot read {path}: {done.stderr}")
    return json.loads(done.stdout)


def embed(w, name, *arguments, model=None, fasta=None):
    path = w.new_folder("embed") / name
    w.run("embed", "--model", model or w.model, "-f", fasta or w.fasta, "-o", path, *arguments)
    return path


def places(file):
    return list(zip(file["contig"], map(int, file["start"]), map(int, file["end"]), file["strand"]))


def near(a, b, tolerance=1e-5):
    return len(a) == len(b) and all(abs(x - y) <= tolerance * max(1, abs(x)) for x, y in zip(a, b))


def test_chunks_are_those_of_boundaries(w):
    for region in ((), ("-r", "chr1:501-2,700", "-r", "chr2:100-130")):
        prefix = w.new_folder("chunks") / "b"
        w.run("boundaries", "--model", w.model, "-f", w.fasta, "-o", prefix, *region)
        for stage in (0, 1):
            for layer in ("main", "encoder"):
                file = content(embed(w, "x.h5", "--level", "chunk", "--stage", stage, "--layer", layer, *region))
                wanted = []
                for strand, sign in (("fwd", "+"), ("rev", "-")):
                    rows = [(r[0], int(r[1]), int(r[2]), sign, float(r[9])) for r in rows_of(f"{prefix}.stage{stage}.{strand}.chunks.bed.gz")]
                    wanted += sorted(rows)
                got = [(*place, p) for place, p in zip(places(file), file["boundary_prob"])]
                got = sorted(got, key=lambda row: (row[3] == "-", row))
                check([row[:4] for row in got] == [row[:4] for row in wanted], f"{region} stage {stage} {layer}: {len(got)} rows, boundaries has {len(wanted)}")
                check(all(abs(a[4] - b[4]) < 1e-6 for a, b in zip(got, wanted)), f"{region} stage {stage}: probabilities differ")
                check(len(file["X"][0]) == MODEL["d_model"][stage] and set(file["stage"]) == {stage}, f"{len(file['X'][0])} columns, stages {set(file['stage'])}")


def test_levels_agree(w):
    place = ("-r", "chr1:2,801-3,300")  # the middle of it is a gap
    bases, chunks = (content(embed(w, "x.h5", "--level", level, "--strand", "reverse", *place)) for level in ("base", "chunk"))
    check([p[1] for p in places(bases)] == [*range(2800, 3000), *range(3060, 3300)], "bases without gaps")
    by_base = dict(zip((p[1] for p in places(bases)), bases["X"]))
    for (_, start, end, strand), vector in zip(places(chunks), chunks["X"]):
        check(strand == "-" and by_base[end - 1] == vector, f"chunk {start}-{end} is not what its first base has")
    both = content(embed(w, "x.h5", "--level", "base", "--layer", "decoder", *place))
    check(len(both["X"][0]) == 2 * WIDTH and set(both["strand"]) == {"."}, "two strands side by side")
    columns = list(zip(*both["X"]))
    first, last = both["X"][0], both["X"][-1]
    for pool, wanted in (("mean", [sum(c) / len(c) for c in columns]), ("max", [max(c) for c in columns]), ("last", last[:WIDTH] + first[WIDTH:])):
        file = content(embed(w, "x.h5", "--layer", "decoder", "--pool", pool, *place))
        check(places(file) == [("chr1", 2800, 3300, ".")] and near(file["X"][0], wanted), f"--pool {pool} over the region")
    check(file["region_name"] == ["chr1:2,801-3,300"] and file["attributes"]["layer"] == "decoder" and file["attributes"]["coordinates"] == "0-based half-open",
          f"{file['attributes']}")
    check("attention_window" not in file["attributes"], f"{file['attributes']}")
    limited = content(embed(w, "x.h5", "--mode", "carry", "--attention-window", "64", *place))["attributes"]
    check((limited["mode"], limited["attention_window"]) == ("carry", "64"), f"{limited}")
    # The encoder's vectors of a chunk, pooled over its bases.
    encoder = content(embed(w, "x.h5", "--level", "base", "--layer", "encoder", "--strand", "forward", "-r", "chr2:1-600"))
    pooled = content(embed(w, "x.h5", "--level", "chunk", "--layer", "encoder", "--strand", "forward", "-r", "chr2:1-500"))
    for (_, start, end, _), vector in zip(places(pooled), pooled["X"]):
        rows = encoder["X"][start:end]
        check(end > 600 or near(vector, [sum(c) / len(c) for c in zip(*rows)]), f"chunk {start}-{end}: mean over its bases")


def test_only_the_request_decides(w):
    regions = [("chr1", 100, 180, "a"), ("chr2", 0, 2500, "b"), ("chr1", 120, 2990, "c"), ("chr1", 3010, 3050, "gap"), ("chrOne", 0, 1, "one")]
    bed = w.write("embed.bed", "".join("\t".join(map(str, row)) + "\n" for row in regions))
    whole = content(embed(w, "x.h5", "-R", bed, "-@", "1"))
    check([(p[0], p[1], p[2]) for p in places(whole)] == [row[:3] for row in regions], "rows in the order of the regions")
    check(whole["region_name"] == ["a", "b", "c", "gap", "one"] and whole["region"] == [0, 1, 2, 3, 4], "names of the regions")
    check(all(x != x for x in whole["X"][3]) and all(x == x for i in (0, 1, 2, 4) for x in whole["X"][i]), "NaN in the gap, nowhere else")
    check(whole["chunks"] == [1024, 2 * WIDTH] and whole["compression"] == "gzip", f"{whole['chunks']} {whole['compression']}")
    turned = w.write("turned.bed", "".join("\t".join(map(str, row)) + "\n" for row in reversed(regions)))
    other = content(embed(w, "x.h5", "-R", turned, "-@", "2"))
    check([x for x in other["X"][::-1] if x[0] == x[0]] == [x for x in whole["X"] if x[0] == x[0]], "another order or thread count gives other numbers")
    alone = content(embed(w, "x.h5", "-r", "chr1:121-2,990"))
    check(alone["X"][0] == whole["X"][2], "a region alone differs")
    half = content(embed(w, "x.h5", "-r", "chr1:121-2,990", "--store", "float16"))
    check(half["dtype"] == "float16" and near(half["X"][0], alone["X"][0], 1e-3) and half["X"] != alone["X"], "float16")


def test_outside_tools(w):
    bed = w.write("anndata.bed", "chr1\t100\t180\ta\nchr2\t0\t2500\tb\nchr1\t3100\t3200\tc\n")
    plain, path = embed(w, "x.h5", "-R", bed), embed(w, "x.h5ad", "-R", bed, "--layout", "anndata")
    script = ("import anndata, json, sys\na = anndata.read_h5ad(sys.argv[1]); b = anndata.read_h5ad(sys.argv[1], backed='r')\n"
              "assert b.X[:].tolist() == a.X.tolist()\n"
              "print(json.dumps([a.X.astype('float64').tolist(), list(a.obs_names), {c: a.obs[c].tolist() for c in a.obs}, list(a.var_names[:2]), a.uns['layer'], a.uns['coordinates']]))")
    done = subprocess.run([python_with("anndata"), "-W", "ignore", "-c", script, str(path)], capture_output=True, text=True)
    check(done.returncode == 0, done.stderr)
    matrix, names, obs, columns, layer, coordinates = json.loads(done.stdout)
    check(matrix == content(plain)["X"], "anndata has other numbers than the plain layout")
    check(names == ["chr1:101-180", "chr2:1-2500", "chr1:3101-3200"] and columns == ["dim0", "dim1"], f"{names} {columns}")
    check(obs == {"contig": ["chr1", "chr2", "chr1"], "start": [100, 0, 3100], "end": [180, 2500, 3200], "strand": ["."] * 3, "stage": [0] * 3,
                  "region": ["a", "b", "c"]}, f"{obs}")
    check(layer == "main" and coordinates == "0-based half-open", f"{layer} {coordinates}")
    for file in (plain, path):
        done = subprocess.run([need_tool("h5dump"), "-H", str(file)], capture_output=True, text=True)
        check(done.returncode == 0 and 'DATASET "X"' in done.stdout, f"h5dump: {done.stderr}")


def many_regions(w):
    """A genome of 60 kb, 5,000 regions on it, and a small model."""
    if not hasattr(w, "embed_inputs"):
        draw = random.Random(5)
        fasta = w.write("embed.fa", fasta_text([("c1", random_bases(40000, 8)), ("c2", random_bases(20000, 9))]))
        rows = []
        for number in range(5000):
            begin = draw.randrange(19000)
            rows.append(f"c{draw.randrange(2) + 1}\t{begin}\t{begin + draw.randrange(1, 60)}\tr{number}\n")
        bed, few = w.write("embed5000.bed", "".join(rows)), w.write("embed1000.bed", "".join(rows[:1000]))
        run = w.new_folder("embed-model") / "run"
        w.run("train", "--preset", "tiny", "--context", "128", "--batch-bases", "256", "--steps", "0", "-f", fasta, "-o", run)
        w.embed_inputs = fasta, bed, few, run
    return w.embed_inputs


def test_thousands_of_regions(w):
    fasta, bed, few, model = many_regions(w)
    path = w.new_folder("embed") / "x.h5"
    peaks = [peak_memory([w.binary, "embed", "-q", "--model", model, "-f", fasta, "-R", regions, "-o", path]) for regions in (few, bed)]
    file = content(path)
    wanted = [tuple(line.split("\t")) for line in bed.read_text().splitlines()]
    check([(p[0], str(p[1]), str(p[2]), n) for p, n in zip(places(file), file["region_name"])] == wanted, "5,000 rows at the places of the BED")
    # The vectors of the 4,000 regions more have 77 MB.
    check(peaks[1] - peaks[0] < 40, f"1,000 regions take {peaks[0]:.0f} MB, 5,000 take {peaks[1]:.0f} MB")


def test_memory_is_not_that_of_the_table(w):
    fasta, _, _, model = many_regions(w)
    peaks, sizes = [], []
    for count in (2, 10):
        bed = w.write(f"embed_whole{count}.bed", "c2\t0\t20000\n" * count)
        path = w.new_folder("embed") / "x.h5"
        peaks.append(peak_memory([w.binary, "embed", "-q", "--model", model, "-f", fasta, "-R", bed, "--level", "base", "-o", path]))
        with_h5py = subprocess.run([python_with("h5py"), "-c", "import h5py, sys; x = h5py.File(sys.argv[1])['X']; print(x.size * x.dtype.itemsize)", str(path)],
                                   capture_output=True, text=True, check=True)
        sizes.append(int(with_h5py.stdout) / 1e6)
    check(sizes[1] - sizes[0] > 75, f"the tables have {sizes} MB: too small for a test")
    check(peaks[1] - peaks[0] < 35, f"{sizes[0]:.0f} MB of rows take {peaks[0]:.0f} MB, {sizes[1]:.0f} MB take {peaks[1]:.0f} MB")


def test_killed_and_resumed(w):
    fasta, _, _, model = many_regions(w)
    bed = w.write("embed_long.bed", "".join(f"c{1 + i % 2}\t{500 * i}\t{500 * i + 17000}\tr{i}\n" for i in range(5)))
    arguments = ("-R", bed)
    straight = embed(w, "x.h5", *arguments, model=model, fasta=fasta)
    out = w.new_folder("resumed") / "x.h5"
    command = ["embed", "--model", model, "-f", fasta, *arguments, "--resume", "-o", out]
    process = w.start(*command)
    parts = out.with_name("x.h5.parts")
    deadline = time.monotonic() + 120
    while not (parts.is_dir() and any(p.name == "unit-00000000" for p in parts.iterdir())) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    check(process.returncode == -signal.SIGKILL, f"it had ended before it was killed: {process.returncode}")
    check(not out.exists() and (parts / "unit-00000000").exists(), "a file under the output's name, or no finished part")
    w.fails(2, "--resume: .*x.h5.parts was made with another version, model, genome or options", *command, "--layer", "encoder")
    w.run(*command)
    check([p.name for p in out.parent.iterdir()] == ["x.h5"], f"left behind: {list(out.parent.iterdir())}")
    a, b = content(straight), content(out)
    check(a.pop("attributes").keys() == b.pop("attributes").keys() and a == b, "the resumed file has another content")


def test_refusals(w):
    out = w.new_folder("embed-out")

    def fails(code, pattern, *arguments, target=out / "x.h5", **options):
        w.fails(code, pattern, "embed", "--model", w.model, "-f", w.fasta, *arguments, "-o", target, leaves_nothing_in=out, **options)

    fails(2, "--level: got 'x', expected one of base, chunk, region", "--level", "x")
    fails(2, "--layout anndata: belongs to --level region", "--layout", "anndata", "--level", "base")
    fails(2, "--stage: got 2, expected 0 to 1", "--stage", "2")
    fails(2, "-o -: HDF5 is written to files only", target="-")
    fails(3, "not '1'", "-r", "1:1-10")
    fails(3, "is past the end of chr1", "-R", w.write("past.bed", "chr1\t0\t99999\n"))
    fails(1, "cannot write", "--level", "base", limit=20000)
    fails(1, "there is no folder", target=out / "none" / "x.h5")
    isotropic = w.new_folder("isotropic") / "run"
    config = w.write("m.json", json.dumps({"arch_layout": ["m1"], "d_model": [32], "d_intermediate": [0], "vocab_size": 8,
                                          "ssm_cfg": {"d_conv": 4, "expand": 2, "d_state": 16, "chunk_size": 64}, "tie_embeddings": False,
                                          "training": {"context": 128, "batch_bases": 256, "target_ratio": []}}))
    w.run("train", "--model-config", config, "--steps", "0", "-f", w.fasta, "-o", isotropic)
    w.fails(2, "--level chunk: this model has no chunks", "embed", "--model", isotropic, "-f", w.fasta, "--level", "chunk", "-o", out / "x.h5", leaves_nothing_in=out)
    w.fails(2, "--layer: this model has no stages", "embed", "--model", isotropic, "-f", w.fasta, "--layer", "decoder", "-o", out / "x.h5", leaves_nothing_in=out)
    file = content(embed(w, "x.h5", "--level", "base", "-r", "chr2:5-9", model=isotropic))
    check(len(file["X"]) == 5 and len(file["X"][0]) == 64, "vectors of a model without chunks")
    long = w.write("long.fa", ">c\nACGT" + "N" * 99995 + "\n" + ("N" * 99999 + "\n") * 600)
    w.fails(2, "15.* MB before compression", "embed", "--model", w.model, "-f", long, "--level", "base", "-o", out / "x.h5", leaves_nothing_in=out)
