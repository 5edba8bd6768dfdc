import pytest

from model.serving.buckets import DECODER, DENOISER, Bucket, denoiser_batches, plan, wanted


def test_a_bucket_is_known_by_its_name() -> None:
    bucket = Bucket(DENOISER, 2, 64, 48)
    assert bucket.name == "denoiser-2x64x48"
    assert Bucket.of(bucket.name) == bucket


@pytest.mark.parametrize(
    ("max_batch", "batches"),
    [
        (1, [1, 2]),
        (2, [1, 2, 4]),
        (3, [1, 2, 4, 6]),
        (4, [1, 2, 4, 6, 8]),
        (8, [1, 2, 4, 6, 8, 12, 16]),
    ],
)
def test_batches_go_up_to_guided_steps_of_a_full_batch(max_batch: int, batches: list[int]) -> None:
    assert denoiser_batches(max_batch) == batches


def test_the_default_size_comes_first_and_small_batches_before_large_ones() -> None:
    found = wanted([(512, 512), (448, 592), (512, 512)], 8, 2)
    assert [bucket.name for bucket in found] == [
        "denoiser-1x64x64",
        "decoder-1x64x64",
        "denoiser-2x64x64",
        "denoiser-4x64x64",
        "denoiser-1x74x56",
        "decoder-1x74x56",
        "denoiser-2x74x56",
        "denoiser-4x74x56",
    ]


def shape(network: str, rows: int, *ready: int) -> list[tuple[int, int]]:
    return [(chunk.rows, chunk.batch) for chunk in plan(network, rows, ready)]


@pytest.mark.parametrize(
    ("rows", "ready", "chunks"),
    [
        (2, (1, 2, 4), [(2, 2)]),
        (3, (1, 2, 4), [(3, 4)]),
        (5, (1, 2, 4, 6, 8), [(5, 6)]),
        (9, (1, 2, 4, 6, 8), [(8, 8), (1, 1)]),
        (1, (2,), [(1, 2)]),  # half is padding, and still better than the eager network
        (1, (8,), []),
        (8, (1,), []),
        (3, (), []),
    ],
)
def test_a_call_is_made_of_what_is_ready_at_the_least_cost(
    rows: int, ready: tuple[int, ...], chunks: list[tuple[int, int]]
) -> None:
    assert shape(DENOISER, rows, *ready) == chunks


@pytest.mark.parametrize("rows", range(1, 33))
def test_every_row_is_computed_once(rows: int) -> None:
    chunks = shape(DENOISER, rows, *denoiser_batches(8))
    assert sum(count for count, _ in chunks) == rows
    assert all(0 < count <= batch for count, batch in chunks)


def test_pictures_are_decoded_one_by_one() -> None:
    assert shape(DECODER, 4, 1) == [(1, 1)] * 4
