import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from model.serving import graphs, metrics
from model.serving.logs import describe
from model.serving.settings import Settings

# Numbers of a network, above which its graph is only made when the settings ask for it: it takes
# as much memory again as the weights, and they are still needed to fall back on.
LARGEST_BY_ITSELF = 64_000_000
# How far a graph's answer may be from PyTorch's, as a part of the answer's largest number.
TOLERANCE = 1e-3

log = logging.getLogger("model.runtime")

Inputs = tuple[Any, ...]
Graph = Callable[[Inputs], Any]


class Runtime:
    """Runs a pipeline's UNet and decoder in OpenVINO, once their graphs are there.

    Until then, wherever a graph does not fit, and after any failure, PyTorch runs them.
    """

    def __init__(self, pipeline: Any, settings: Settings) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._denoiser = _Network(pipeline.unet, _denoiser_inputs, lambda answer: (answer,))
        self._decoder = _Network(pipeline.vae.decoder, _decoder_inputs, lambda answer: answer)
        self._offered: tuple[Graph, Graph] | None = None
        threading.Thread(target=self._prepare, name="runtime", daemon=True).start()

    def begin(self) -> None:
        """Between two steps, in the thread that draws: take what has become ready."""
        if self._offered:
            self._denoiser.graph, self._decoder.graph = self._offered
            self._offered = None
            metrics.FAST.set(1)

    def _prepare(self) -> None:
        began = time.monotonic()
        try:
            folder = graphs.find_or_export(self._settings)
            try:
                self._offered = self._load(folder)
            except Exception:
                graphs.forget(folder)
                raise
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
            log.warning("runtime_unavailable", extra={"error": detail})
        else:
            seconds = round(time.monotonic() - began, 3)
            log.info("runtime_ready", extra={"runtime": "openvino", "seconds": seconds})

    def _load(self, folder: Path) -> tuple[Graph, Graph]:
        import torch

        threads = torch.get_num_threads()
        denoiser = _load_graph(folder / graphs.DENOISER, threads)
        decoder = _load_graph(folder / graphs.DECODER, threads)
        inputs = _examples(self._pipeline, self._settings)
        self._denoiser.compare(denoiser, inputs)
        self._decoder.compare(decoder, inputs[:1])
        return denoiser, decoder


class _Network:
    """Stands in for a PyTorch network's forward."""

    def __init__(
        self, network: Any, inputs: Callable[..., Inputs | None], answer: Callable[[Any], Any]
    ) -> None:
        self.graph: Graph | None = None
        self._eager = network.forward
        self._inputs = inputs
        self._answer = answer
        network.forward = self

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if self.graph and (inputs := self._inputs(*arguments, **named)):
            try:
                return self._answer(self.graph(inputs))
            except Exception as error:
                self.graph = None
                metrics.FAST.set(0)
                log.error("runtime_failed", extra={"error": describe(error)})
        return self._eager(*arguments, **named)

    def compare(self, graph: Graph, inputs: Inputs) -> None:
        """Raise when a graph computes something else than the network."""
        import torch

        with torch.no_grad():
            answer = self._eager(*inputs)
            expected = answer if isinstance(answer, torch.Tensor) else answer[0]
        distance = (graph(inputs) - expected).abs().max() / expected.abs().max()
        if not distance <= TOLERANCE:
            raise ValueError(f"a graph's answer is {distance:.1e} from the network's")


def can_run(pipeline: Any, settings: Settings) -> bool:
    """Whether the settings and the pipeline ask for graphs and allow of them."""
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel

    unet, vae = getattr(pipeline, "unet", None), getattr(pipeline, "vae", None)
    if not (isinstance(unet, UNet2DConditionModel) and isinstance(vae, AutoencoderKL)):
        return False
    plain = (
        unet.device.type == "cpu"
        and unet.dtype == vae.dtype == torch.float32
        and unet.config.addition_embed_type in (None, "text")
        and unet.config.class_embed_type is None
        and isinstance(unet.config.cross_attention_dim, int)
    )
    small = unet.num_parameters() <= LARGEST_BY_ITSELF
    return plain and (settings.runtime == "openvino" or (settings.runtime == "auto" and small))


def _load_graph(file: Path, threads: int) -> Graph:
    """Compile a graph for one thread to call."""
    import torch

    request = (
        graphs.load_openvino()
        .Core()
        .compile_model(
            file,
            "CPU",
            {
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_PRECISION_HINT": "f32",
                "INFERENCE_NUM_THREADS": threads,
                "ENABLE_CPU_PINNING": False,  # other work on the machine would wait for its cores
            },
        )
        .create_infer_request()
    )

    def run(inputs: Inputs) -> Any:
        numbers = [each.detach().contiguous().numpy() for each in inputs]
        return torch.from_numpy(request.infer(numbers, share_inputs=True)[0])

    return run


def _denoiser_inputs(
    latents: Any,
    timestep: Any,
    encoder_hidden_states: Any,
    return_dict: bool = True,
    **others: Any,
) -> Inputs | None:
    """None for a call with anything that the graph does not take."""
    if return_dict or any(value is not None for value in others.values()):
        return None
    import torch

    times = torch.as_tensor(timestep, dtype=torch.float32).expand(latents.shape[0])
    return latents, times, encoder_hidden_states


def _decoder_inputs(latents: Any, others: Any = None) -> Inputs | None:
    return None if others is not None else (latents,)


def _examples(pipeline: Any, settings: Settings) -> Inputs:
    """What a guided step of one picture gives the UNet, but for its noise and two times."""
    import torch

    random = torch.Generator().manual_seed(0)
    size = next(iter(settings.sizes.values()))
    width, height = (side // pipeline.vae_scale_factor for side in size)
    config = pipeline.unet.config
    tokens = pipeline.tokenizer.model_max_length
    return (
        torch.randn(2, config.in_channels, height, width, generator=random),
        torch.tensor([500.0, 250.0]),
        torch.randn(2, tokens, config.cross_attention_dim, generator=random),
    )
