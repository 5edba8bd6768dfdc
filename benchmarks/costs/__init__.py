"""What the service costs in a month, and which limit is reached at how many users.

``python -m benchmarks.costs`` writes the generated parts of ``docs/costs.md`` and
``docs/capacity.md``, and the chart.
"""
