"""A tokenizer of CLIP's size that knows no words: every letter is a token."""

from __future__ import annotations

from typing import Any

VOCABULARY = 49408
BEGIN, END = VOCABULARY - 2, VOCABULARY - 1
TOKENS = 77


def tokenizer() -> Any:
    """CLIP's own, with the published size and special tokens; its other entries are never used."""
    from tokenizers import pre_tokenizers
    from transformers import CLIPTokenizer

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    entries = [*letters, *(f"{letter}</w>" for letter in letters)]
    entries += [f"<unused-{number}>" for number in range(BEGIN - len(entries))]
    entries += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {entry: number for number, entry in enumerate(entries)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=TOKENS)
