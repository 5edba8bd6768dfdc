import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.model.running_server import RunningServer, StartServer, largest_difference, until

TOLERANCE = 1
DRAW: dict[str, Any] = {"prompt": "a cat", "steps": 4, "seed": 7}


def begin_drawing(server: RunningServer) -> None:
    until(lambda: server.metric("model_step_images_count") == 1)


def test_nothing_is_drawn_before_the_model_is_loaded_and_warmed(start_server: StartServer) -> None:
    server = start_server(FAULTY="yes")
    server.hold()
    until(lambda: server.ping() == 503)
    ping = server.request("GET", "/ping")
    refused = server.invoke(**DRAW)
    for answer in (ping, refused):
        assert (answer.status, answer.error_code) == (503, "loading")
        assert int(answer.headers["retry-after"]) >= 1
    assert server.metric("model_ready") == 0
    server.release()
    server.wait_until_ready()
    assert server.invoke(**DRAW).status == 200


def test_sigterm_finishes_what_was_accepted_and_refuses_the_rest(
    start_server: StartServer,
) -> None:
    server = start_server(FAULTY="yes").wait_until_ready()
    server.hold()
    drawing = server.invoke_later(**DRAW)
    begin_drawing(server)
    waiting = server.invoke_later(**DRAW | {"steps": 5})
    until(lambda: server.metric("model_waiting") == 1)
    server.terminate()
    until(lambda: server.ping() == 503)
    refused = server.invoke(**DRAW)
    assert (refused.status, refused.error_code) == (503, "draining")
    assert refused.headers["retry-after"]
    server.release()
    assert drawing.result().image().size == (32, 32)
    assert waiting.result().image().size == (32, 32)
    assert server.exit_code() == 0


def test_sigterm_gives_up_at_the_deadline_and_answers_everyone(start_server: StartServer) -> None:
    server = start_server(FAULTY="yes", MODEL_DRAIN_SECONDS="0.2").wait_until_ready()
    server.hold()
    drawing = server.invoke_later(**DRAW)
    begin_drawing(server)
    waiting = server.invoke_later(**DRAW | {"steps": 5})
    until(lambda: server.metric("model_waiting") == 1)
    server.terminate()
    assert [job.result().error_code for job in (drawing, waiting)] == ["draining"] * 2
    assert server.exit_code() == 0


def test_sigterm_ends_an_idle_or_loading_server_at_once(start_server: StartServer) -> None:
    loading = start_server(FAULTY="yes")
    loading.hold()
    until(lambda: loading.ping() == 503)
    loading.terminate()
    assert loading.exit_code() == 0
    idle = start_server().wait_until_ready()
    idle.terminate()
    assert idle.exit_code() == 0


def test_a_killed_server_answers_nothing_and_its_successor_draws_the_same(
    start_server: StartServer,
) -> None:
    server = start_server(FAULTY="yes").wait_until_ready()
    expected = server.invoke(**DRAW).image()
    server.hold()
    drawing = server.invoke_later(**DRAW)
    until(lambda: server.metric("model_step_images_count") == DRAW["steps"] + 1)
    server.process.kill()
    with pytest.raises(OSError):
        drawing.result()
    successor = start_server(SAGEMAKER_BIND_TO_PORT=str(server.port)).wait_until_ready()
    assert largest_difference(successor.invoke(**DRAW).image(), expected) <= TOLERANCE


def test_a_lost_device_answers_everyone_and_ends_the_process(start_server: StartServer) -> None:
    server = start_server(FAULTY="yes").wait_until_ready()
    server.hold()
    drawing = server.invoke_later(**DRAW)
    begin_drawing(server)
    waiting = server.invoke_later(**DRAW | {"steps": 5})
    until(lambda: server.metric("model_waiting") == 1)
    (server.faults / "raise").write_text("CUDA error: device-side assert triggered")
    server.release()
    for answer in (drawing.result(), waiting.result()):
        assert (answer.status, answer.error_code) == (503, "device_failed")
    assert server.ping() in (0, 503)
    assert server.exit_code() == 1
    assert "device_failed" in server.events()


def assert_loading_fails(server: RunningServer, reason: str) -> None:
    assert server.exit_code() == 1
    assert reason in server.log()


def test_damaged_weights_end_the_process(
    start_server: StartServer, tiny_weights: Path, tmp_path: Path
) -> None:
    weights: Path = shutil.copytree(tiny_weights, tmp_path / "weights")
    file = weights / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    assert_loading_fails(start_server(weights), "loading_failed")


def test_a_missing_folder_and_a_bad_setting_end_the_process(
    start_server: StartServer, tmp_path: Path
) -> None:
    assert_loading_fails(start_server(tmp_path / "nowhere"), "holds no model_index.json")
    assert_loading_fails(start_server(MODEL_MAX_BATCH="many"), "max_batch must be of type int")
    assert_loading_fails(start_server(SAGEMAKER_BIND_TO_PORT="70000"), "BIND_TO_PORT must be from")


def test_a_busy_port_ends_the_process_with_its_reason(start_server: StartServer) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        server = start_server(SAGEMAKER_BIND_TO_PORT=str(port))
        assert_loading_fails(server, "address already in use")


def test_whatever_else_goes_wrong_at_the_start_is_logged(start_server: StartServer) -> None:
    server = start_server(MODEL_BIND_HOST="x" * 64)  # no name of a host is so long
    assert_loading_fails(server, "UnicodeError")
    assert "crashed" in server.events()


def test_an_sdxl_pipeline_is_served_like_any_other(
    start_server: StartServer, tiny_sdxl_weights: Path
) -> None:
    """Its scheduler draws random numbers in every step: they too must be each image's own."""
    server = start_server(tiny_sdxl_weights).wait_until_ready()
    alone = [server.invoke(**DRAW | {"seed": seed}).image() for seed in (5, 6)]
    draw = DRAW | {"seed": 5, "num_images": 2}
    batched = server.invoke_images(**draw)
    for one, other in zip(alone, batched, strict=True):
        assert largest_difference(one, other) <= TOLERANCE
    assert server.invoke(**DRAW, negative_prompt="blurry").status == 200
