"""What the local model server takes on the CPU, and whether another runtime would do better.

    .venv-model/bin/python -m pip install --no-deps --target .build/model-runtimes \\
        -r benchmarks/requirements-model.txt
    .venv-model/bin/python -m benchmarks.model_cpu

writes ``benchmarks/results/model-cpu.md`` in some minutes; ``make benchmark-model`` does both. The
runtimes lie in a folder of their own, because libraries of the model server look for them and would
start otherwise than they do where people use it.
"""
