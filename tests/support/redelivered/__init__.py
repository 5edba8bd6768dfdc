"""The registry of Lambdas whose events come badly: every module's CASES are in it.

To add a Lambda, put a ``Case`` into a module here, or a new module beside these.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from support.redelivery import Case


def every_case() -> list[Case]:
    names = sorted(module.name for module in iter_modules(__path__))
    return [case for name in names for case in import_module(f"support.redelivered.{name}").CASES]
