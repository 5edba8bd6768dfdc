"""Repeats what a compiled network does to the GPU from a recording, a CUDA graph.

Launching a step's thousand kernels takes a CPU longer than a fast GPU needs to run them; repeating
a recording takes one call. docs/adr/0026 tells why this and not inductor's own graphs.
"""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Protocol

from model.serving import metrics
from model.serving.logs import describe

# Calls before a recording: they find memory, load kernels and settle what is settled once.
CALLS_BEFORE = 2

log = logging.getLogger("model.compiled")

Inputs = dict[str, Any]


class Recorder(Protocol):
    def turn(self) -> AbstractContextManager[None]:
        """What is in it happens after what was in the turns before, on whatever streams."""

    def record(self, run: Callable[[], Any]) -> tuple[Callable[[], Any], Any]:
        """Record what `run` does; returns how to repeat it, and the tensor that is then filled."""


class Bucketed:
    """A network compiled for one shape, called by one thread with as many rows as there are.

    Answers are the caller's to keep: what a repetition would overwrite is copied.
    """

    def __init__(
        self, network: str, batch: int, function: Callable[..., Any], recorder: Recorder | None
    ) -> None:
        self._network = network
        self._batch = batch
        self._function = function
        self._recorder = recorder
        self._calls = 0
        self._held: Inputs = {}
        self._repeat: Callable[[], Any] | None = None
        self._answer: Any = None

    def __call__(self, inputs: Inputs) -> Any:
        rows = inputs["latents"].shape[0]
        if self._recorder and not self._repeat and self._calls >= CALLS_BEFORE:
            self._record(self._recorder, inputs)
        if self._recorder and self._repeat:
            with self._recorder.turn():
                self._hold(inputs, rows)
                self._repeat()
                answer = self._answer[:rows].clone()
            metrics.CALLS.labels(self._network, "graph").inc()
        else:
            self._calls += 1
            answer = self._function(**self._padded(inputs, rows))[:rows]
            metrics.CALLS.labels(self._network, "compiled").inc()
        metrics.PADDED.inc(self._batch - rows)
        return answer

    def forget_recording(self) -> None:
        """Give its memory back, and go on without."""
        self._recorder = self._repeat = self._answer = None
        self._held = {}

    def _padded(self, inputs: Inputs, rows: int) -> Inputs:
        import torch

        missing = self._batch - rows
        if not missing:
            return {name: each.contiguous() for name, each in inputs.items()}
        return {
            name: torch.cat([each, each[-1:].expand(missing, *each.shape[1:])]).contiguous()
            for name, each in inputs.items()
        }

    def _hold(self, inputs: Inputs, rows: int) -> None:
        """Put inputs where the recording reads them; rows beyond them keep what was there."""
        for name, each in inputs.items():
            self._held[name][:rows].copy_(each, non_blocking=True)

    def _record(self, recorder: Recorder, inputs: Inputs) -> None:
        import torch

        try:
            with torch.inference_mode(False), recorder.turn():
                padded = self._padded(inputs, inputs["latents"].shape[0])
                self._held = {name: each.clone() for name, each in padded.items()}
                self._repeat, self._answer = recorder.record(lambda: self._function(**self._held))
        except Exception as error:
            # Were the device lost, the call that follows would tell.
            self.forget_recording()
            metrics.REFUSED.inc()
            log.warning("recording_failed", extra={"error": describe(error)})


class CudaRecorder:
    """Records one network's shapes on a stream of its own, into memory that they share.

    They can share it because no two are repeated at once, which `turn` sees to, and none reads
    what an earlier one left: inputs lie outside of it, and answers are copied in the same turn.
    Another network, which may run beside this one, needs another recorder.
    """

    def __init__(self) -> None:
        import torch

        self._pool = torch.cuda.graph_pool_handle()
        self._stream = torch.cuda.Stream()
        self._turn = torch.cuda.Event()

    @contextmanager
    def turn(self) -> Iterator[None]:
        import torch

        torch.cuda.current_stream().wait_event(self._turn)
        try:
            yield
        finally:
            self._turn.record(torch.cuda.current_stream())

    def record(self, run: Callable[[], Any]) -> tuple[Callable[[], Any], Any]:
        import torch

        graph = torch.cuda.CUDAGraph()
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream), torch.no_grad():
            run()  # this stream's handles and workspaces must not be made while recording
            with _no_collection():
                # Only this thread is held to what a recording allows: others load and encode on.
                graph.capture_begin(pool=self._pool, capture_error_mode="thread_local")
                try:
                    answer = run()
                except BaseException:
                    with suppress(Exception):
                        graph.capture_end()
                    raise
                graph.capture_end()
        torch.cuda.current_stream().wait_stream(self._stream)
        return graph.replay, answer


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from freeing tensors of other streams in the middle of a recording."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
