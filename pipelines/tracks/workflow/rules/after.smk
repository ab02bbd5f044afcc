# What is done once with the joined files: the check, enrichment on features where there are some, and a report.


rule check:
    input:
        fasta=config["genome"],
        score="results/score",
        chunks=chunk_folders(),
        one_run=one_run_folders(),
    output:
        report="results/check.txt",
    params:
        script=script("check_tracks.py"),
        compare=f"--one-run {' '.join(one_run_folders())}" if config["compare"] else "",
    log:
        "logs/check.log",
    benchmark:
        "benchmarks/check.tsv"
    resources:
        mem_mb=memory,
        runtime=minutes,
    conda:
        "../envs/tools.yaml"
    shell:
        "python3 {params.script:q} --score {input.score} --chunks {input.chunks} {params.compare} "
        "> {output.report} 2> {log}"


rule annotate:
    input:
        fasta=config["genome"],
        boundaries="results/boundaries",
        control=lambda wildcards: f"results/controls/{wildcards.against[:-1]}" if wildcards.against else [],
        features=list(config["features"].values()),
    output:
        multiext("results/annotate/{against}enrichment", ".phase.tsv", ".agreement.tsv", ".profile.svg"),
        table="results/annotate/{against}enrichment.tsv",
    params:
        command=dna_hnet("annotate"),
        features=feature_options(),
        options=config["annotate_options"],
    log:
        "logs/annotate/{against}enrichment.log",
    benchmark:
        "benchmarks/annotate/{against}enrichment.tsv"
    resources:
        mem_mb=memory,
        runtime=minutes,
    conda:
        "../envs/tools.yaml"
    shell:
        # Of the control what has a partner: the chunks of the same stage and strand.
        "{params.command} $(for file in {input.boundaries}/*.chunks.bed.gz; do echo --boundaries $file; for folder in {input.control}; do "
        "if [ -e $folder/${{file##*/}} ]; then echo --control $folder/${{file##*/}}; fi; done; done) "
        "{params.features} -f {input.fasta:q} {params.options} -o {output.table} 2> {log}"


rule report:
    input:
        run=config["model"],
        genome="results/genome.dhg",
        score="results/score",
        boundaries="results/boundaries",
        enrichment=enrichment_tables(),
        features=list(config["features"].values()),
    output:
        page="results/report.html",
    params:
        command=dna_hnet("report"),
        # Rows by steps are no summary.
        scores="" if scored_by() else "--scores results/score/score.tsv",
        enrichment=" ".join(f"--enrichment {table}" for table in enrichment_tables()),
        features=feature_options(),
        options=config["report_options"],
    log:
        "logs/report.log",
    benchmark:
        "benchmarks/report.tsv"
    resources:
        mem_mb=memory,
        runtime=minutes,
    conda:
        "../envs/tools.yaml"
    shell:
        "{params.command} --run {input.run:q} {params.scores} --tracks {input.score}/score "
        "--boundaries {input.boundaries}/boundaries {params.enrichment} -f {input.genome} {params.features} {params.options} "
        "-o {output.page} 2> {log}"
