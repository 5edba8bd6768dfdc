"""What becomes of what the model server drew."""

from __future__ import annotations

import pytest

from deepstory.pictures.entities import Picture
from deepstory.pictures.errors import ResultMissingError
from fakes.drawing import Studio
from fakes.pictures import LOCATION, MemoryPictureFiles, an_image


@pytest.fixture
def studio() -> Studio:
    return Studio()


@pytest.fixture
def sent(studio: Studio) -> Picture:
    """A picture that the model server has."""
    picture = studio.order()
    studio.dispatch(picture)
    return picture


def assert_ready(studio: Studio, picture: Picture) -> None:
    stored = studio.stored(picture)
    assert stored.status == "ready"
    assert stored.drawn is not None
    assert sorted(studio.files.objects) == [picture.image_key, picture.thumbnail_key]
    assert studio.output.objects == {}


def test_drawn_picture_is_kept_and_its_raw_result_removed(studio: Studio, sent: Picture) -> None:
    content = an_image((80, 60), "#1133dd")

    studio.complete(sent, content)

    assert_ready(studio, sent)
    drawn = studio.stored(sent).drawn
    assert drawn and (drawn.width, drawn.height, drawn.dominant_color) == (80, 60, "#1133dd")
    assert studio.files.objects[sent.image_key] == content
    assert studio.stored(sent).queue is None


def test_repeated_notification_changes_nothing(studio: Studio, sent: Picture) -> None:
    studio.complete(sent)
    stored, objects = studio.stored(sent), dict(studio.files.objects)

    studio.tell_complete(sent)

    assert studio.stored(sent) == stored
    assert studio.files.objects == objects


def test_result_of_a_given_up_sending_is_welcome(studio: Studio, sent: Picture) -> None:
    studio.switch("off")
    studio.fail(sent)
    assert studio.stored(sent).status == "waiting"

    studio.complete(sent)

    assert_ready(studio, sent)


def test_second_result_of_a_picture_is_thrown_away(studio: Studio, sent: Picture) -> None:
    studio.complete(sent, an_image(color="#00ff00"))
    studio.complete(sent, an_image(color="#0000ff"))

    assert_ready(studio, sent)
    assert studio.files.objects[sent.image_key] == an_image(color="#00ff00")


def test_result_of_a_cancelled_picture_leaves_nothing(studio: Studio, sent: Picture) -> None:
    studio.service.cancel(picture_id=sent.picture_id, owner_id=studio.user_id)

    studio.complete(sent)

    assert studio.stored(sent).status == "cancelled"
    assert studio.files.objects == studio.output.objects == {}


def test_result_of_a_deleted_picture_leaves_nothing(studio: Studio, sent: Picture) -> None:
    studio.service.remove(picture_id=sent.picture_id, owner_id=studio.user_id)

    studio.complete(sent)

    assert studio.files.objects == studio.output.objects == {}


@pytest.mark.parametrize("act", ["cancel", "remove"])
def test_picture_given_up_while_it_is_kept_leaves_nothing(
    studio: Studio, sent: Picture, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    keep = studio.files.keep

    def keep_and_meet(picture: Picture, *, image: bytes, thumbnail: bytes) -> None:
        getattr(studio.service, act)(picture_id=sent.picture_id, owner_id=studio.user_id)
        keep(picture, image=image, thumbnail=thumbnail)

    monkeypatch.setattr(studio.files, "keep", keep_and_meet)

    studio.complete(sent)

    assert studio.files.objects == studio.output.objects == {}


def test_two_deliveries_at_once_leave_one_picture(
    studio: Studio, sent: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = studio.files.keep

    def keep_twice(picture: Picture, *, image: bytes, thumbnail: bytes) -> None:
        monkeypatch.setattr(studio.files, "keep", keep)
        studio.complete(sent)
        keep(picture, image=image, thumbnail=thumbnail)

    monkeypatch.setattr(studio.files, "keep", keep_twice)

    studio.complete(sent)

    assert_ready(studio, sent)


class Crash(Exception):
    pass


@pytest.mark.parametrize("step", ["keep", "thumbnail", "replace", "drew", "output"])
def test_repetition_after_a_crash_at_any_step_ends_the_same(
    studio: Studio, sent: Picture, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise Crash

    def crash_between(self: MemoryPictureFiles, picture: Picture, **images: bytes) -> None:
        self.objects[picture.image_key] = images["image"]
        raise Crash

    with monkeypatch.context() as patch:
        if step == "thumbnail":
            patch.setattr(MemoryPictureFiles, "keep", crash_between)
        else:
            owner = {
                "keep": studio.files,
                "replace": studio.pictures,
                "drew": studio.server,
                "output": studio.output,
            }[step]
            patch.setattr(owner, "remove" if step == "output" else step, crash)
        with pytest.raises(Crash):
            studio.complete(sent)

    studio.tell_complete(sent)

    assert_ready(studio, sent)


def test_picture_cancelled_after_a_broken_delivery_leaves_nothing(
    studio: Studio, sent: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(studio.pictures, "replace", crash)
        with pytest.raises(Crash):
            studio.complete(sent)
    studio.service.cancel(picture_id=sent.picture_id, owner_id=studio.user_id)

    studio.tell_complete(sent)

    assert studio.files.objects == studio.output.objects == {}


@pytest.mark.parametrize("content", [b"", b"no image", an_image()[:60], an_image((8, 8))])
def test_what_is_no_picture_is_drawn_again(studio: Studio, sent: Picture, content: bytes) -> None:
    studio.complete(sent, content)

    stored = studio.stored(sent)
    assert (stored.status, stored.faults) == ("queued", 1)
    assert studio.files.objects == studio.output.objects == {}


def test_missing_result_is_drawn_again(studio: Studio, sent: Picture) -> None:
    studio.tell_complete(sent)

    assert studio.stored(sent).faults == 1
    with pytest.raises(ResultMissingError):
        studio.output.read(LOCATION)


def test_result_of_a_failure_is_removed(studio: Studio, sent: Picture) -> None:
    studio.output.objects[LOCATION] = b"{}"

    studio.fail(sent, location=LOCATION)

    assert studio.output.objects == {}


def test_failure_of_an_unknown_picture_is_nothing(studio: Studio, sent: Picture) -> None:
    studio.service.remove(picture_id=sent.picture_id, owner_id=studio.user_id)

    studio.fail(sent)

    assert studio.pictures.pictures == {}


@pytest.mark.parametrize("outcome", ["complete", "fail"])
def test_picture_that_changes_all_the_time_is_left_to_a_repetition(
    studio: Studio, sent: Picture, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    monkeypatch.setattr(studio.pictures, "replace", lambda *_, **__: False)

    with pytest.raises(RuntimeError):
        getattr(studio, outcome)(sent)


def test_drawing_wakes_and_times_the_server(studio: Studio) -> None:
    picture = studio.order()
    studio.dispatch(picture)
    studio.clock.advance(seconds=48)
    studio.complete(picture)
    server = studio.server.current()

    assert server.state == "ready"
    assert server.cold_start.value == 40  # less the 8 seconds of a drawing
    assert server.waking_since is None

    picture = studio.order()
    studio.dispatch(picture)
    studio.clock.advance(seconds=4)
    studio.complete(picture)

    assert studio.server.current().drawing.value == 4
