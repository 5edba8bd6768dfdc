"""How fast the picture server is, against diffusers itself.

    .venv-model/bin/python -m benchmarks.serving

or ``make benchmark-serving`` measures all on this machine; ``--help`` tells how to do it in
parts, as for a GPU that is lent for minutes. Each run leaves a JSON file for each model and part;
``benchmarks/results/serving.md`` is made of those in ``benchmarks/results/serving/``.
"""
