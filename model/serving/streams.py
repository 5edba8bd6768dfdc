from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

# How many steps are begun before Python waits for the first of them: while the GPU works on one,
# the next is prepared, so it is never idle; and who comes or leaves still counts at the next step.
STEPS_IN_FLIGHT = 2


class Streams:
    """On CUDA, what goes on beside the denoising; on a CPU, everything in its turn.

    Texts and pictures have a stream each, so that who joins does not wait for who leaves.
    """

    def __init__(self, device: Any) -> None:
        import torch

        self._torch = torch
        self.cuda = device.type == "cuda"
        self.texts, self.pictures = (
            torch.cuda.Stream(device) if self.cuda else None for _ in range(2)
        )
        self._steps: deque[Any] = deque()

    @contextmanager
    def aside(self, stream: Any, *needed: Any) -> Iterator[None]:
        """Do what follows on one of the streams, after what was begun so far made `needed`."""
        if stream is None:
            yield
            return
        if needed:
            stream.wait_stream(self._torch.cuda.current_stream())
        with self._torch.cuda.stream(stream):
            yield
        for tensor in needed:
            tensor.record_stream(stream)

    def bring_back(self, stream: Any, made: Iterable[Any]) -> None:
        """Let the denoising use what was made on one of the streams."""
        if stream is not None:
            current = self._torch.cuda.current_stream()
            current.wait_stream(stream)
            for tensor in made:
                tensor.record_stream(current)

    def upload(self, tensor: Any, device: Any) -> Any:
        """From the CPU to the device, without waiting for it."""
        if not self.cuda:
            return tensor.to(device)
        return tensor.pin_memory().to(device, non_blocking=True)

    def keep_step(self) -> None:
        """After a step was begun: wait until the one before it is done."""
        if self.cuda:
            event = self._torch.cuda.Event()
            event.record()
            self._steps.append(event)
            if len(self._steps) >= STEPS_IN_FLIGHT:
                self._steps.popleft().synchronize()
