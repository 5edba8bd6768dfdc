from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

# How many steps are begun before Python waits for the first of them: while the GPU works on one,
# the next is prepared, so it is never idle; and who comes or leaves still counts at the next step.
STEPS_IN_FLIGHT = 2


class Streams:
    """On CUDA, a stream beside the one that denoises; on a CPU, nothing of the kind."""

    def __init__(self, device: Any) -> None:
        import torch

        self._torch = torch
        self.beside = torch.cuda.Stream(device) if device.type == "cuda" else None
        self._steps: deque[Any] = deque()

    @contextmanager
    def aside(self, *needed: Any) -> Iterator[None]:
        """Do what follows beside the denoising, after what was begun so far made `needed`."""
        if self.beside is None:
            yield
            return
        if needed:
            self.beside.wait_stream(self._torch.cuda.current_stream())
        with self._torch.cuda.stream(self.beside):
            yield
        for tensor in needed:
            tensor.record_stream(self.beside)

    def bring_back(self, made: Iterable[Any]) -> None:
        """Let the denoising use what was made aside."""
        if self.beside is not None:
            current = self._torch.cuda.current_stream()
            current.wait_stream(self.beside)
            for tensor in made:
                tensor.record_stream(current)

    def upload(self, tensor: Any, device: Any) -> Any:
        """From the CPU to the device, without waiting for it."""
        if self.beside is None:
            return tensor.to(device)
        return tensor.pin_memory().to(device, non_blocking=True)

    def keep_step(self) -> None:
        """After a step was begun: wait until the one before it is done."""
        if self.beside is not None:
            event = self._torch.cuda.Event()
            event.record()
            self._steps.append(event)
            if len(self._steps) >= STEPS_IN_FLIGHT:
                self._steps.popleft().synchronize()
