"""Save a tiny text-to-image pipeline of random weights: `tiny_pipeline.py KIND FOLDER`.

Its pictures are noise, but everything else about it is an ordinary diffusers folder.
"""

import sys
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerAncestralDiscreteScheduler,
    LatentConsistencyModelPipeline,
    LCMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    PreTrainedTokenizerFast,
)

WIDTH = 16
TOKENS = 32
VOCABULARY = {
    token: number
    for number, token in enumerate([*sorted(pre_tokenizers.ByteLevel.alphabet()), "<s>", "</s>"])
}


def tokenizer() -> PreTrainedTokenizerFast:
    inner = Tokenizer(models.BPE(vocab=VOCABULARY, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    ends = [(token, VOCABULARY[token]) for token in ("<s>", "</s>")]
    inner.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="</s>",
        unk_token="</s>",
        model_max_length=TOKENS,
    )


def text_config() -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        projection_dim=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=TOKENS,
        bos_token_id=VOCABULARY["<s>"],
        eos_token_id=VOCABULARY["</s>"],
        pad_token_id=VOCABULARY["</s>"],
    )


def vae() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=32,
    )


def unet(**more: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(8, 16),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=4,
        attention_head_dim=8,
        **more,
    )


def stable_diffusion(**unet_config: Any) -> StableDiffusionPipeline:
    return StableDiffusionPipeline(
        vae=vae(),
        text_encoder=CLIPTextModel(text_config()),
        tokenizer=tokenizer(),
        unet=unet(cross_attention_dim=WIDTH, **unet_config),
        scheduler=DDIMScheduler(clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def smallest() -> StableDiffusionPipeline:
    """Of as few layers as there can be: each is compiled for seconds."""
    inner = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(16,),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D",),
        mid_block_type=None,
        up_block_types=("UpBlock2D",),
        norm_num_groups=4,
        attention_head_dim=8,
        cross_attention_dim=WIDTH,
    )
    outer = AutoencoderKL(
        block_out_channels=(8,),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=8,
    )
    return StableDiffusionPipeline(**stable_diffusion().components | {"unet": inner, "vae": outer})


def distilled() -> StableDiffusionPipeline:
    """With a UNet that is told the guidance's scale instead of being guided."""
    return stable_diffusion(time_cond_proj_dim=8)


def latent_consistency() -> LatentConsistencyModelPipeline:
    """Of a class whose steps the engine does not know, and that takes no negative prompt."""
    parts = distilled().components | {"scheduler": LCMScheduler()}
    return LatentConsistencyModelPipeline(**parts, requires_safety_checker=False)


def stable_diffusion_checked() -> StableDiffusionPipeline:
    """With the safety checker of Stable Diffusion 1.5, whose random weights find nothing."""
    small = {
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    vision = {**small, "image_size": 32, "patch_size": 8}
    config = CLIPConfig(text_config=small, vision_config=vision, projection_dim=WIDTH)
    checker = StableDiffusionSafetyChecker(config)
    torch.nn.init.constant_(checker.concept_embeds_weights, 2.0)
    torch.nn.init.constant_(checker.special_care_embeds_weights, 2.0)
    size = {"height": 32, "width": 32}
    parts = stable_diffusion().components | {
        "safety_checker": checker,
        "feature_extractor": CLIPImageProcessor(size=size, crop_size=size),
    }
    return StableDiffusionPipeline(**parts, requires_safety_checker=True)


def stable_diffusion_xl() -> StableDiffusionXLPipeline:
    """With a scheduler that draws random numbers in every step, as many do."""
    return StableDiffusionXLPipeline(
        vae=vae(),
        text_encoder=CLIPTextModel(text_config()),
        text_encoder_2=CLIPTextModelWithProjection(text_config()),
        tokenizer=tokenizer(),
        tokenizer_2=tokenizer(),
        unet=unet(
            cross_attention_dim=2 * WIDTH,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + WIDTH,
        ),
        scheduler=EulerAncestralDiscreteScheduler(),
    )


KINDS = {
    "sd": stable_diffusion,
    "checked": stable_diffusion_checked,
    "sdxl": stable_diffusion_xl,
    "smallest": smallest,
    "distilled": distilled,
    "lcm": latent_consistency,
}

if __name__ == "__main__":
    kind, folder = sys.argv[1:]
    torch.manual_seed(0)
    KINDS[kind]().save_pretrained(folder)
