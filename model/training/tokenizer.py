"""A small bilingual tokenizer whose pieces are the recipe's own words, then syllables, then bytes.

A word of the recipe is always one piece, whatever Korean particle follows it; any other text is
spelled in common Hangul syllables and letters, and at last in UTF-8 bytes, so nothing is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import PreTrainedTokenizerFast

from model.training.assets import Concept
from model.training.captions import common_syllables, words
from model.training.naming import placements, plural

PAD, UNKNOWN, START, END = "<pad>", "<unk>", "<s>", "</s>"
WORD_START = "▁"
WORD_SCORE, CHARACTER_SCORE, BYTE_SCORE = -8.0, -12.0, -20.0
PARTICLES = re.findall(
    "[가-힣]+",
    "을 를 이 가 은 는 와 과 의 에 에서 에게 랑 이랑 하고 도 만 으로 로 부터 까지 처럼 이다 였다",
)


def build_tokenizer(
    concepts: tuple[Concept, ...], max_length: int, *, placed: bool = False
) -> PreTrainedTokenizerFast:
    """Build the tokenizer; the same concepts and words give the same one.

    Where things may be `placed` it knows plurals and the words for sizes and sides too.
    """
    scored = {PAD: 0.0, UNKNOWN: 0.0, START: 0.0, END: 0.0}
    scored |= {f"<0x{byte:02X}>": BYTE_SCORE for byte in range(256)}
    scored |= dict.fromkeys(_characters(), CHARACTER_SCORE)
    recipe_words = set(_recipe_words(concepts, placed=placed))
    for word in sorted(recipe_words, key=lambda word: (len(word), word)):
        scored.setdefault(word, WORD_SCORE)
        scored.setdefault(WORD_START + word, WORD_SCORE)
    tokenizer = Tokenizer(Unigram(list(scored.items()), unk_id=1, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(WORD_START), pre_tokenizers.Punctuation()]
    )
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(WORD_START)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}",
        special_tokens=[(START, 2), (END, 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        unk_token=UNKNOWN,
        bos_token=START,
        eos_token=END,
        model_max_length=max_length,
        clean_up_tokenization_spaces=False,
        # What a person writes is text, also where it looks like a control token.
        split_special_tokens=True,
    )


def _characters() -> list[str]:
    ascii_ = [chr(code) for code in range(ord("!"), 0x7F)]
    return [WORD_START, *ascii_, *common_syllables()]


def _recipe_words(concepts: tuple[Concept, ...], *, placed: bool) -> Iterator[str]:
    for concept in concepts:
        for names in concept.names.values():
            for name in names:
                yield from name.lower().split()
        if placed:
            for name in concept.names["en"]:
                yield from plural(name).split()
    yield from PARTICLES
    for text in _texts([words(), placements()] if placed else words()):
        yield from re.findall(r"[a-z]+|[가-힣]+", re.sub(r"\{.*?\}", " ", text.lower()))


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
