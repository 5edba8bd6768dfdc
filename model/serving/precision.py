"""In which numbers a pipeline computes, and how its weights lie in memory.

torch is imported inside the functions: it takes seconds, and the server answers meanwhile.
"""

from typing import Any

# SDXL's own decoder leaves the range of float16. Diffusers casts it to float32 and back for every
# picture, which moves its weights to other addresses; here it stays in float32.
WIDE_DECODER = "float32"


def choose_device(asked: str) -> str:
    import torch

    if asked == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return asked


def choose_dtype(asked: str, device: str) -> str:
    """`auto` is float16 on a GPU and float32 elsewhere.

    float16 and bfloat16 take the same time; float16 has three bits more of mantissa, is what the
    known models are published in, and is there on GPUs that have no bfloat16. What it lacks is
    range, which matters to the decoder of SDXL alone: see `tune`.
    """
    import torch

    on_gpu = device.startswith("cuda")
    if asked == "auto":
        return "float16" if on_gpu else "float32"
    if asked not in ("float32", "float16", "bfloat16"):
        raise ValueError("dtype must be one of auto, float32, float16, bfloat16")
    if asked == "bfloat16" and on_gpu and not torch.cuda.is_bf16_supported(False):
        raise ValueError("this GPU has no bfloat16: set dtype to auto or float16")
    return asked


def tune(pipeline: Any) -> Any:
    """Lay out a loaded pipeline, on its device already, for its fastest drawing; returns it.

    Pictures stay what they are but for rounding. On a CPU only what overflows is changed: nothing
    else was faster there.
    """
    if not networks_of(pipeline):
        return pipeline
    widen_decoder(pipeline)
    if pipeline.unet.device.type == "cuda":
        use_in_this_thread(pipeline.unet.device)
        set_backends(pipeline.unet.dtype)
        lay_out(pipeline.unet, pipeline.vae)
    return pipeline


def networks_of(pipeline: Any) -> bool:
    """Whether the pipeline draws with a UNet and a decoder as we know them."""
    from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel

    unet, vae = getattr(pipeline, "unet", None), getattr(pipeline, "vae", None)
    return isinstance(unet, UNet2DConditionModel) and isinstance(
        vae, AutoencoderKL | AutoencoderTiny
    )


def use_in_this_thread(device: Any) -> None:
    """Have streams and kernels of this thread be those of the device, where there are several."""
    import torch

    if device.type == "cuda":
        torch.cuda.set_device(device)


def side_scale(vae: Any) -> int:
    """How many pixels lie along a side of a number of the latents, as pipelines compute it."""
    return 1 << len(vae.config.block_out_channels) - 1


def set_backends(dtype: Any) -> None:
    """Let what is left in float32 beside half precision use TF32, whose mantissa is float16's.

    Somebody who asks for float32 gets it. Which attention kernel runs is PyTorch's own choice.
    """
    import torch

    if dtype != torch.float32:
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.allow_tf32 = True


def widen_decoder(pipeline: Any) -> None:
    """Keep a decoder that overflows in float16 in float32, as diffusers' pipeline would."""
    import torch

    vae = pipeline.vae
    overflows = hasattr(pipeline, "upcast_vae") and vae.config.force_upcast
    if not (overflows and vae.dtype == torch.float16):
        return
    wide = getattr(torch, WIDE_DECODER)
    vae.to(dtype=wide)

    def cast(_part: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        return arguments[0].to(wide), *arguments[1:]

    (vae.post_quant_conv or vae.decoder).register_forward_pre_hook(cast)


def lay_out(unet: Any, vae: Any) -> None:
    """Channels last, as convolutions on tensor cores read them, and one product for q, k and v."""
    import torch

    for network in (unet, vae):
        network.to(memory_format=torch.channels_last)
    fuse_projections(unet)


def fuse_projections(unet: Any) -> None:
    """Have diffusers fuse the attentions' projections, where they are the plain ones.

    It keeps the separate weights beside the fused ones; they are let go.
    """
    from diffusers.models.attention_processor import AttnProcessor, AttnProcessor2_0

    if not all(type(one) in (AttnProcessor, AttnProcessor2_0) for one in _processors(unet)):
        return
    unet.fuse_qkv_projections()
    for module in unet.modules():
        if getattr(module, "fused_projections", False):
            replaced = ("to_k", "to_v") if module.is_cross_attention else ("to_q", "to_k", "to_v")
            for name in replaced:
                delattr(module, name)


def _processors(unet: Any) -> list[Any]:
    return list(unet.attn_processors.values())
