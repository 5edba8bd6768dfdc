"""Secret diaries and their entries: for the two friends, and for nobody else, admins included."""

from __future__ import annotations

import msgspec
from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.common import PageQuery, PageView, position
from chalicelib.schemas.posts import EditEntry, WriteEntry
from chalicelib.schemas.secret_diaries import (
    DiaryReceiptView,
    DiaryView,
    RenameDiary,
    SecretEntryView,
    diaries_view,
    diary_view,
    receipt_view,
    secret_entries_view,
    secret_entry_view,
)
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="secret diaries")


@endpoints.add("GET", "/diaries", query=PageQuery, returns=PageView[DiaryView])
def list_diaries(call: Call[Nothing, PageQuery]) -> PageView[DiaryView]:
    """List one's open secret diaries, in the order in which the friends signed up."""
    scope = f"diaries {call.user_id}"
    page = services().secret_diaries.list_of(
        user_id=call.user_id, limit=call.query.limit, position=position(call.query, scope)
    )
    return diaries_view(page, scope)


@endpoints.add("GET", "/diaries/{diary_id}", returns=DiaryView)
def get_diary(call: Call[Nothing, Nothing]) -> DiaryView:
    """Return one of one's open diaries."""
    shown = services().secret_diaries.read(diary_id=call.path_id("diary_id"), user_id=call.user_id)
    return diary_view(shown)


@endpoints.add("PATCH", "/diaries/{diary_id}", body=RenameDiary, returns=DiaryView)
def rename_diary(call: Call[RenameDiary, Nothing]) -> DiaryView:
    """Give a diary another name, for both."""
    shown = services().secret_diaries.rename(
        diary_id=call.path_id("diary_id"), user_id=call.user_id, name=call.body.name
    )
    return diary_view(shown)


@endpoints.add("DELETE", "/diaries/{diary_id}", returns=DiaryReceiptView)
def leave_diary(call: Call[Nothing, Nothing]) -> DiaryReceiptView:
    """Leave the friendship: the diary closes at once, for both and for good.

    The answer is the receipt of what closed. Both keep their own entries in the exports of their
    accounts, and nothing of the other's.
    """
    receipt = services().secret_diaries.leave(
        diary_id=call.path_id("diary_id"), user_id=call.user_id
    )
    return receipt_view(receipt)


def _written_before(call: Call[WriteEntry, Nothing], answer: str) -> Reply:
    """Answer with the entry as it is now: the record of the request holds no diary text."""
    details = services().secret_entries.read(
        diary_id=call.path_id("diary_id"),
        entry_id=msgspec.json.decode(answer, type=str),
        user_id=call.user_id,
    )
    return Reply(body=secret_entry_view(details))


@endpoints.add(
    "POST",
    "/diaries/{diary_id}/entries",
    body=WriteEntry,
    returns=SecretEntryView,
    status=201,
    idempotent=True,
    replay=_written_before,
)
def write_secret_entry(call: Call[WriteEntry, Nothing]) -> SecretEntryView:
    """Write an entry for the friend, with or without a picture; it may still be developing."""
    details = services().secret_entries.write(
        diary_id=call.path_id("diary_id"),
        author_id=call.user_id,
        draft=call.body.draft(),
        claim=call.claim(lambda entry: entry.entry_id),
    )
    return secret_entry_view(details)


@endpoints.add(
    "GET", "/diaries/{diary_id}/entries", query=PageQuery, returns=PageView[SecretEntryView]
)
def list_secret_entries(call: Call[Nothing, PageQuery]) -> PageView[SecretEntryView]:
    """List the entries of both friends, newest first."""
    diary_id = call.path_id("diary_id")
    scope = f"secret entries {diary_id}"
    page = services().secret_entries.list_of(
        diary_id=diary_id,
        user_id=call.user_id,
        limit=call.query.limit,
        position=position(call.query, scope),
    )
    return secret_entries_view(page, scope)


@endpoints.add("GET", "/diaries/{diary_id}/entries/{entry_id}", returns=SecretEntryView)
def get_secret_entry(call: Call[Nothing, Nothing]) -> SecretEntryView:
    """Return an entry of either friend."""
    details = services().secret_entries.read(
        diary_id=call.path_id("diary_id"),
        entry_id=call.path_id("entry_id"),
        user_id=call.user_id,
    )
    return secret_entry_view(details)


@endpoints.add(
    "PATCH", "/diaries/{diary_id}/entries/{entry_id}", body=EditEntry, returns=SecretEntryView
)
def edit_secret_entry(call: Call[EditEntry, Nothing]) -> SecretEntryView:
    """Change what is given in one's own entry and keep the rest."""
    details = services().secret_entries.edit(
        diary_id=call.path_id("diary_id"),
        entry_id=call.path_id("entry_id"),
        author_id=call.user_id,
        changes=call.body.changes(),
    )
    return secret_entry_view(details)


@endpoints.add("DELETE", "/diaries/{diary_id}/entries/{entry_id}", status=204)
def delete_secret_entry(call: Call[Nothing, Nothing]) -> Reply:
    """Delete one's own entry; its picture stays in the gallery."""
    services().secret_entries.delete(
        diary_id=call.path_id("diary_id"),
        entry_id=call.path_id("entry_id"),
        author_id=call.user_id,
    )
    return Reply()
