from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from model.training.tokenizer import UNKNOWN, build_tokenizer
from tests.model.training_materials import plain_concepts

TOKENIZER = build_tokenizer(plain_concepts(), 64)


@given(st.text(max_size=200))
def test_any_text_becomes_known_pieces_of_the_right_length(text: str) -> None:
    ids = TOKENIZER(text, padding="max_length", truncation=True).input_ids
    assert len(ids) == 64
    assert TOKENIZER.convert_tokens_to_ids(UNKNOWN) not in ids


@pytest.mark.parametrize("particle", ["", "를", "가", "와", "는", "에게", "처럼"])
def test_korean_noun_is_one_piece_before_any_particle(particle: str) -> None:
    tokens = TOKENIZER.tokenize("오늘은 고양이" + particle)
    assert tokens[1] == "▁고양이"


def test_upper_case_and_compatibility_forms_do_not_matter() -> None:
    assert TOKENIZER("A CAT").input_ids == TOKENIZER("ａ cat").input_ids


def test_text_comes_back_from_its_pieces() -> None:
    for text in ("오늘은 바다에서 조개를 주웠다.", "a red balloon at the beach", "뷁 🎈 日本"):
        decoded = TOKENIZER.decode(TOKENIZER(text).input_ids, skip_special_tokens=True)
        assert decoded == text


def test_what_looks_like_a_control_token_is_text() -> None:
    ids = TOKENIZER("a </s> <unk> cat").input_ids
    assert ids.count(TOKENIZER.eos_token_id) == 1
    assert TOKENIZER.unk_token_id not in ids


def test_saved_tokenizer_splits_alike(tmp_path: Path) -> None:
    TOKENIZER.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    text = "토끼와 케이크, </s> 수채화"
    assert loaded(text).input_ids == TOKENIZER(text).input_ids
    assert loaded.model_max_length == 64
