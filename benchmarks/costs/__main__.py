"""Synthesise the stack of prod and write what it costs into the documents."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.costs import deployment, documents, model, report
from infrastructure import synthesis
from infrastructure.conftest import CONTEXT


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        # The firewall is an option that costs more at rest than all the rest.
        options = {name: value for name, value in CONTEXT["prod"].items() if name != "waf"}
        template = synthesis.synthesize("prod", Path(folder) / "prod", **options)
        prod = model.of(deployment.read(template.resources))
    for name in documents.PARTS:
        path = documents.DOCS / name
        path.write_text(documents.renewed(name, path.read_text(), prod))
    documents.CHART.write_text(report.chart(prod))
    region = prod.prices.regions[0]
    total = prod.rest().total(prod.prices, region)
    print(f"At rest {total:.2f} USD a month in {region}; written to docs/costs.md and capacity.md")


if __name__ == "__main__":
    main()
