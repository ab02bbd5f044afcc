"""Ten megabases take the memory of one, in both modes, on the strand that is read backwards too, with all files that a command writes."""
import json
import random

from harness import check, fasta_text, peak_memory

MODEL = {"arch_layout": ["m1", ["m1"], "m1"], "d_model": [8, 8], "d_intermediate": [0, 0], "vocab_size": 8,
         "ssm_cfg": {"d_conv": 4, "expand": 1, "d_state": 4, "chunk_size": 64, "head_dim": 8}, "tie_embeddings": False,
         "training": {"context": 1024, "batch_bases": 2048, "target_ratio": [3]}}
LENGTHS = {"short": 1_000_000, "long": 10_000_000}


def inputs(w):
    if not hasattr(w, "memory_inputs"):
        draw = random.Random(3)
        # Random megabases are slow to make: one megabase, cut and joined anew.
        megabase = "".join(draw.choices("ACGT", k=1_000_000))
        turns = [megabase[i:] + megabase[:i] for i in (0, *(draw.randrange(1_000_000) for _ in range(9)))]
        fasta = w.write("memory.fa", fasta_text([("short", megabase), ("long", "".join(turns))], width=10_000))
        run = w.new_folder("memory") / "run"
        w.run("train", "--model-config", w.write("memory.json", json.dumps(MODEL)), "--steps", "0", "-f", fasta, "-o", run)
        w.memory_inputs = fasta, run
    return w.memory_inputs


def test_memory_does_not_grow_with_the_contig(w):
    fasta, run = inputs(w)
    for mode in ("windows", "carry"):
        for command in ("score", "boundaries"):  # score on both strands has five bigWig files open at once
            peaks = {}
            for contig in LENGTHS:
                out = w.new_folder("memory") / "x"
                rest = {"score": ("-o", f"{out}.tsv", "--tracks", out, "--strand", "both" if mode == "windows" else "reverse"),
                        "boundaries": ("-o", out, "--strand", "reverse", "--formats", "bed,bigwig,bigbed")}[command]
                peaks[contig] = peak_memory([w.binary, command, "-q", "-@", "2", "--model", run, "-f", fasta, "-r", contig, "--mode", mode, *rest])
            check(peaks["long"] - peaks["short"] < 50, f"{command} --mode {mode}: {peaks['short']:.0f} MB for 1 Mb, {peaks['long']:.0f} MB for 10 Mb")
            print(f"  {command} --mode {mode}: {peaks['short']:.0f} MB for 1 Mb, {peaks['long']:.0f} MB for 10 Mb")
