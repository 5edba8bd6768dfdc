import logging
import threading
from collections.abc import Callable
from typing import Any

from model.serving import buckets, metrics
from model.serving.buckets import Bucket
from model.serving.logs import describe
from model.serving.recording import Bucketed, Recorder

# How far a compiled answer may be from the eager one, as a part of the answer's largest number.
# Half precision rounds at other places when it is compiled; a wrong network is off by about 1.
TOLERANCE = {"float32": 1e-3, "float16": 3e-2, "bfloat16": 1e-1}

log = logging.getLogger("model.compiled")

Inputs = dict[str, Any]


class StandIn:
    """Stands in for a PyTorch network's forward, in the thread that draws."""

    def __init__(
        self,
        name: str,
        module: Any,
        read: Callable[..., Inputs | None],
        call: Callable[..., Any],
        wrap: Callable[[Any], Any],
    ) -> None:
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.shed: Callable[[], None] = self.forget_recordings
        self._name = name
        self._module = module
        self._read = read
        self._call = call
        self._wrap = wrap
        self._eager = module.network.forward
        # By the sides of latents, then by rows; only ever replaced as a whole, by either thread.
        self._ready: dict[tuple[int, int], dict[int, Bucketed]] = {}
        self._changing = threading.Lock()
        module.network.forward = self

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        import torch

        try:
            if self._ready and (inputs := self._read(*arguments, **named)):
                answer = self._run(inputs)
                if answer is not None:
                    return self._wrap(answer)
            metrics.CALLS.labels(self._name, "eager").inc()
            return self._eager(*arguments, **named)
        except (MemoryError, torch.OutOfMemoryError):
            self.shed()  # before somebody tries again with fewer rows
            raise

    def ready(self) -> list[Bucket]:
        return [
            Bucket(self._name, batch, *sides)
            for sides, batches in self._ready.items()
            for batch in batches
        ]

    def put(self, bucket: Bucket, function: Any, recorder: Recorder | None) -> None:
        def run(**inputs: Any) -> Any:
            return function(self._module, **inputs)

        sides = bucket.height, bucket.width
        added = {bucket.batch: Bucketed(self._name, bucket.batch, run, recorder)}
        with self._changing:
            self._ready = {**self._ready, sides: {**self._ready.get(sides, {}), **added}}
        metrics.COMPILED.inc()

    def forget_recordings(self) -> None:
        for batches in self._ready.values():
            for each in batches.values():
                each.forget_recording()

    def compare(self, function: Any, bucket: Bucket) -> None:
        """Raise when a function computes something else than the network. In any thread."""
        import torch

        from model.serving.networks import examples

        with torch.no_grad():
            inputs = examples(self._module, self.shapes, bucket)
            expected = self._call(self._eager, **inputs).float()
            answer = function(self._module, **inputs).float()
            distance = float((answer - expected).abs().max() / expected.abs().max())
        kind = next(self._module.parameters()).dtype
        rounded = torch.get_float32_matmul_precision() != "highest" and kind == torch.float32
        allowed = TOLERANCE["float16" if rounded else str(kind).removeprefix("torch.")]
        if not distance <= allowed:
            raise ValueError(f"a compiled answer is {distance:.1e} from the network's")

    def _run(self, inputs: Inputs) -> Any:
        """None where the eager network has to answer."""
        import torch

        from model.serving.networks import match

        if not match(inputs, self._module, self.shapes):
            return None
        sides = tuple(inputs["latents"].shape[2:])
        ready = self._ready.get(sides, {})
        rows = inputs["latents"].shape[0]
        answers, begin = [], 0
        for chunk in buckets.plan(self._name, rows, tuple(ready)):
            part = {name: each[begin : begin + chunk.rows] for name, each in inputs.items()}
            try:
                answers.append(ready[chunk.batch](part))
            except (MemoryError, torch.OutOfMemoryError):
                raise
            except Exception as error:
                self._give_up(sides, chunk.batch, error)
                return None
            begin += chunk.rows
        return torch.cat(answers) if len(answers) > 1 else next(iter(answers), None)

    def _give_up(self, sides: tuple[int, int], batch: int, error: Exception) -> None:
        with self._changing:
            left = {size: one for size, one in self._ready[sides].items() if size != batch}
            self._ready = {**self._ready, sides: left}
        metrics.COMPILED.dec()
        metrics.REFUSED.inc()
        name = Bucket(self._name, batch, *sides).name
        log.error("compiled_failed", extra={"bucket": name, "error": describe(error)})
