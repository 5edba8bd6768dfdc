import gc
import logging
import re

from model.serving.errors import RequestError, unavailable
from model.serving.logs import describe

OUT_OF_MEMORY = re.compile("out of memory|not enough memory|can't allocate memory", re.IGNORECASE)
DEVICE_FAILURE = re.compile(r"CUDA error|CUDNN_STATUS|CUBLAS_STATUS|device-side assert")

log = logging.getLogger("model.device")


def free_memory() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def ran_out_of_memory(error: Exception) -> bool:
    import torch

    known = isinstance(error, MemoryError | torch.OutOfMemoryError)
    return known or (isinstance(error, RuntimeError) and bool(OUT_OF_MEMORY.search(str(error))))


def lost_device(error: Exception) -> bool:
    """Whether nothing more can be drawn in this process."""
    import torch

    known = isinstance(error, torch.AcceleratorError)
    return known or (isinstance(error, RuntimeError) and bool(DEVICE_FAILURE.search(str(error))))


def answer_to(error: Exception) -> RequestError:
    """What those are told whose drawing failed."""
    if isinstance(error, RequestError):
        return error
    if lost_device(error):
        return unavailable("device_failed", "The device failed; the server restarts.")
    if ran_out_of_memory(error):
        return unavailable("out_of_memory", "The device has too little memory for this.")
    log.error("drawing_failed", extra={"error": describe(error)})
    return RequestError(500, "drawing_failed", "The picture could not be drawn.")
