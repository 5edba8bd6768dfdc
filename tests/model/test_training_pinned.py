"""What `small` learns from stays what it was: weights trained on it are judged by the same scenes.

Change a digest only together with the bundled weights.
"""

import hashlib
import json

import numpy as np

from model.training.captions import LANGUAGES, write_caption
from model.training.config import SMALL
from model.training.dataset import scene_of
from model.training.drawing import _svg, draw_scene
from model.training.scenes import Scene, sample_scene
from model.training.tokenizer import build_tokenizer
from tests.model.training_materials import plain_concepts

CONCEPTS = plain_concepts()


def digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def scenes() -> list[Scene]:
    training = [scene_of(CONCEPTS, SMALL, bucket, i) for bucket in SMALL.buckets for i in range(80)]
    bucket = SMALL.buckets[0]
    judging = [
        sample_scene(
            CONCEPTS,
            width=bucket.width,
            height=bucket.height,
            seed=SMALL.seed,
            index=bucket.pictures + number,
            kinds=kinds,
            held_out=kinds > 1,
            steady=SMALL.steady,
        )
        for number in range(20)
        for kinds in (1, 2)
    ]
    return training + judging


def test_scenes_are_pinned() -> None:
    told = [
        f"{s.width} {s.height} {s.place} {s.weather} {s.style} {s.seed} "
        + " ".join(
            f"{p.concept.body} {p.x:.9f} {p.y:.9f} {p.size:.9f} {p.tilt:.9f} {p.mirrored}"
            for p in s.objects
        )
        for s in scenes()
    ]
    assert digest(*told) == "bb5a245d44950288"


def test_captions_are_pinned() -> None:
    written = []
    for scene in scenes():
        for language in LANGUAGES:
            rng = np.random.default_rng(scene.seed)
            written.append(write_caption(scene, language, rng))
            written.append(write_caption(scene, language, rng, shape="diary", complete=True))
            # Also what the next caption of the same generator would be.
            written.append(str(rng.integers(2**31)))
    assert digest(*written) == "572ddab60e7ee3cc"


def test_drawings_are_pinned() -> None:
    drawn = []
    for scene in scenes():
        rng = np.random.default_rng(scene.seed)
        drawn += [_svg(scene, rng), str(rng.integers(2**31))]
    assert digest(*drawn) == "c1897ca99134885e"


def test_a_flat_picture_is_pinned() -> None:
    """Flat: the other styles compute in floating point, which machines round differently."""
    flat = next(scene for scene in scenes() if scene.style == "flat")
    assert hashlib.sha256(draw_scene(flat).tobytes()).hexdigest()[:16] == "c1f68e0e3541244d"


def test_vocabulary_is_pinned() -> None:
    vocabulary = json.dumps(
        build_tokenizer(CONCEPTS, SMALL.text.tokens).get_vocab(), sort_keys=True
    )
    assert digest(vocabulary) == "9fc467a173886a69"
