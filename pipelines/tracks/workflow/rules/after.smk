# What is done once with the joined files: the check, and on demand enrichment on features and a report.


rule one_run:
    input:
        genome="results/genome.dhg",
        model=config["model"],
        classes=class_files(),
    output:
        folder=directory("results/one_run"),
    params:
        score=dna_hnet("score"),
        boundaries=dna_hnet("boundaries"),
        classes=class_options(),
        score_options=config["score_options"],
        boundaries_options=config["boundaries_options"],
    log:
        "logs/one_run.log",
    benchmark:
        "benchmarks/one_run.tsv"
    threads: config["threads"]
    conda:
        "../envs/tools.yaml"
    shell:
        "rm -rf {output.folder}.partial && mkdir -p {output.folder}.partial/score {output.folder}.partial/boundaries && "
        "{params.score} --model {input.model} -f {input.genome} {params.classes} {params.score_options} "
        "--threads {threads} -o {output.folder}.partial/score/score.tsv --blocks {output.folder}.partial/score/score.blocks.tsv "
        "--tracks {output.folder}.partial/score/score 2> {log} && "
        "{params.boundaries} --model {input.model} -f {input.genome} {params.classes} {params.boundaries_options} "
        "--counts --threads {threads} -o {output.folder}.partial/boundaries/boundaries 2>> {log} && "
        "mv -T {output.folder}.partial {output.folder}"


rule check:
    input:
        fasta=config["genome"],
        score="results/score",
        boundaries="results/boundaries",
        one_run="results/one_run" if config["compare"] else [],
    output:
        report="results/check.txt",
    params:
        script=script("check_tracks.py"),
        compare="--one-run results/one_run" if config["compare"] else "",
    log:
        "logs/check.log",
    benchmark:
        "benchmarks/check.tsv"
    conda:
        "../envs/tools.yaml"
    shell:
        "python3 {params.script} --score {input.score} --boundaries {input.boundaries} {params.compare} "
        "> {output.report} 2> {log}"


rule annotate:
    input:
        fasta=config["genome"],
        boundaries="results/boundaries",
        features=list(config["features"].values()),
    output:
        folder=directory("results/annotate"),
    params:
        command=dna_hnet("annotate"),
        features=feature_options(),
        options=config["annotate_options"],
    log:
        "logs/annotate.log",
    benchmark:
        "benchmarks/annotate.tsv"
    conda:
        "../envs/tools.yaml"
    shell:
        "rm -rf {output.folder}.partial && mkdir -p {output.folder}.partial && "
        "{params.command} $(printf -- '--boundaries %s ' {input.boundaries}/*.chunks.bed.gz) "
        "{params.features} -f {input.fasta} {params.options} -o {output.folder}.partial/enrichment.tsv 2> {log} && "
        "mv -T {output.folder}.partial {output.folder}"


rule report:
    input:
        run=config["model"],
        genome="results/genome.dhg",
        score="results/score",
        boundaries="results/boundaries",
        annotate="results/annotate" if config["features"] else [],
        features=list(config["features"].values()),
    output:
        page="results/report.html",
    params:
        command=dna_hnet("report"),
        enrichment="--enrichment results/annotate/enrichment.tsv" if config["features"] else "",
        features=feature_options(),
        options=config["report_options"],
    log:
        "logs/report.log",
    benchmark:
        "benchmarks/report.tsv"
    conda:
        "../envs/tools.yaml"
    shell:
        "{params.command} --run {input.run} --scores {input.score}/score.tsv --tracks {input.score}/score "
        "--boundaries {input.boundaries}/boundaries {params.enrichment} -f {input.genome} {params.features} {params.options} "
        "-o {output.page} 2> {log}"
