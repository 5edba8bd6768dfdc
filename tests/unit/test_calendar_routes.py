"""The calendar and people's pages over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from deepstory.pictures.entities import Drawn
from fakes.posts import a_picture
from support.api import Api
from support.stories import me, someone_else, write


class TestCalendar:
    def test_month_has_days_with_entries_colour_and_thumbnail(self, stories: Api) -> None:
        pictures: Any = stories.services.picture_repository
        drawn = Drawn(width=64, height=64, dominant_color="#a0b0c0")
        # A picture's id has an id's form.
        picture_id = "0" * 26
        picture = a_picture(picture_id, owner_id=me(stories))
        pictures.pictures[picture_id] = type(picture)(
            **{name: getattr(picture, name) for name in picture.__struct_fields__}
            | {"drawn": drawn}
        )
        old = write(stories, diary_date="2026-11-02", visibility="private").json["id"]
        new = write(stories, diary_date="2026-11-02", picture_id=picture_id).json["id"]
        other = write(stories, diary_date="2026-11-09").json["id"]

        answer = stories.call("GET", "/me/calendar", query={"month": "2026-11"})

        assert answer.status == 200
        assert answer.json == {
            "month": "2026-11",
            "days": [
                {
                    "date": "2026-11-02",
                    "count": 2,
                    "entry_ids": [new, old],
                    "dominant_color": "#a0b0c0",
                    "thumbnail_url": "https://pictures.example/pictures/file.webp",
                },
                {"date": "2026-11-09", "count": 1, "entry_ids": [other]},
            ],
        }

    def test_present_month_needs_no_name(self, stories: Api) -> None:
        write(stories)

        assert stories.call("GET", "/me/calendar").json["month"] == "2026-11"

    def test_month_of_an_old_diary_is_a_month(self, stories: Api) -> None:
        write(stories, diary_date="1950-06-25")

        answer = stories.call("GET", "/me/calendar", query={"month": "1950-06"})

        assert [day["date"] for day in answer.json["days"]] == ["1950-06-25"]

    @pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-00", "1899-12", "2026-11-01"])
    def test_what_is_no_month_is_refused(self, stories: Api, month: str) -> None:
        answer = stories.call("GET", "/me/calendar", query={"month": month})

        assert answer.status == 422
        assert list(answer.json["error"]["fields"]) == ["month"]

    def test_on_this_day_is_paged(self, stories: Api) -> None:
        for year in (2023, 2024, 2025):
            write(stories, title=str(year), diary_date=f"{year}-11-22", visibility="private")
        someone_else(stories)
        assert stories.call("GET", "/me/on-this-day").json["items"] == []
        stories.token = log_in_again(stories)

        first = stories.call("GET", "/me/on-this-day", query={"limit": "2"}).json
        rest = stories.call("GET", "/me/on-this-day", query={"cursor": first["next_cursor"]}).json

        assert [post["title"] for post in first["items"]] == ["2025", "2024"]
        assert [post["title"] for post in rest["items"]] == ["2023"]
        assert rest["next_cursor"] is None

    def test_streak_follows_moving_and_deleting(self, stories: Api) -> None:
        today = write(stories).json["id"]
        write(stories, diary_date="2026-11-21")
        assert stories.call("GET", "/me/streak").json == {
            "current": 2,
            "longest": 2,
            "wrote_today": True,
        }

        stories.call("PATCH", f"/posts/{today}", {"diary_date": "2026-11-01"})
        assert stories.call("GET", "/me/streak").json == {
            "current": 1,
            "longest": 1,
            "wrote_today": False,
        }
        stories.call("DELETE", f"/posts/{today}")
        assert len(stories.call("GET", "/me/calendar").json["days"]) == 1


class TestAuthorPages:
    def test_everyone_may_see_a_name_and_since_when(self, stories: Api) -> None:
        user_id = me(stories)
        stories.token = None

        answer = stories.call("GET", f"/users/{user_id}")

        assert answer.status == 200
        wanted = {"id": user_id, "name": "미나", "since": "2026-11-22T03:00:00.000Z"}
        assert answer.json == wanted

    def test_public_posts_of_one_author_are_listed_to_the_end(self, stories: Api) -> None:
        author_id = me(stories)
        written = [write(stories).json["id"] for _ in range(5)]
        write(stories, visibility="private")
        someone_else(stories)
        write(stories)
        path = f"/users/{author_id}/posts"

        for token in (stories.token, None):
            stories.token = token
            found: list[str] = []
            query = {"limit": "2"}
            while True:
                page = stories.call("GET", path, query=query).json
                found += [post["id"] for post in page["items"]]
                if page["next_cursor"] is None:
                    break
                query["cursor"] = page["next_cursor"]
            assert found == written[::-1]

    def test_own_page_shows_what_others_see(self, stories: Api) -> None:
        write(stories, visibility="private")

        assert stories.call("GET", f"/users/{me(stories)}/posts").json["items"] == []

    def test_cursor_of_one_author_is_no_other_authors(self, stories: Api) -> None:
        first = me(stories)
        for _ in range(2):
            write(stories)
        page = stories.call("GET", f"/users/{first}/posts", query={"limit": "1"}).json
        someone_else(stories)

        answer = stories.call(
            "GET", f"/users/{me(stories)}/posts", query={"cursor": page["next_cursor"]}
        )

        assert (answer.status, answer.code) == (400, "invalid_cursor")

    @pytest.mark.parametrize("user_id", ["0" * 26, "x", "%00"])
    def test_nobody_has_no_page(self, stories: Api, user_id: str) -> None:
        assert stories.call("GET", f"/users/{user_id}").status == 404
        assert stories.call("GET", f"/users/{user_id}/posts").status == 404


def log_in_again(api: Api) -> str:
    credentials = {"email": "mina@example.com", "password": "correct horse"}
    return str(api.call("POST", "/auth/login", credentials).json["access_token"])
