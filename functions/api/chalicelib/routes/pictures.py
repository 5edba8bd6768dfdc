"""Having pictures drawn, and one's own gallery."""

from __future__ import annotations

from datetime import date

from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.common import PageView, page_view, position
from chalicelib.schemas.pictures import (
    ModelPromptView,
    OrderPictures,
    OrderVariations,
    PicturesQuery,
    PicturesView,
    PictureView,
    WritePrompt,
    picture_view,
    pictures_view,
    shown_picture_view,
)
from chalicelib.validation import Nothing
from deepstory.pictures.orders import PictureOrder

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="pictures")


@endpoints.add(
    "POST",
    "/pictures",
    body=OrderPictures,
    returns=PicturesView,
    status=202,
    idempotent=True,
    errors=(429,),
)
def order_pictures(call: Call[OrderPictures, Nothing]) -> PicturesView:
    """Ask for pictures; they are drawn as soon as the model server can.

    Without `model_prompt` the model is told what `POST /pictures/prompt` answers. Several
    pictures of one request get consecutive seeds.
    """
    body = call.body
    pictures = services().picture_orders.order(
        owner_id=call.user_id,
        order=PictureOrder(
            prompt=body.prompt,
            model_prompt=body.model_prompt,
            style=body.style,
            aspect=body.aspect,
            negative_prompt=body.negative_prompt or None,
            seed=body.seed,
            count=body.count,
        ),
        claim=call.claim(pictures_view),
    )
    return pictures_view(pictures)


@endpoints.add("POST", "/pictures/prompt", body=WritePrompt, returns=ModelPromptView)
def write_prompt(call: Call[WritePrompt, Nothing]) -> ModelPromptView:
    """Return what the model would be told, to see and edit it first."""
    model_prompt = services().picture_orders.write_prompt(
        prompt=call.body.prompt, style=call.body.style
    )
    return ModelPromptView(model_prompt=model_prompt)


@endpoints.add("GET", "/pictures", query=PicturesQuery, returns=PageView[PictureView])
def list_pictures(call: Call[Nothing, PicturesQuery]) -> PageView[PictureView]:
    """List one's own pictures, newest first; months are those of one's own zone."""
    query = call.query
    scope = f"pictures\0{call.user_id}\0{query.style}\0{query.month}"
    page = services().pictures.list_own(
        owner_id=call.user_id,
        limit=query.limit,
        position=position(query, scope),
        style=query.style,
        month=date.fromisoformat(f"{query.month}-01") if query.month else None,
    )
    return page_view(page, [shown_picture_view(shown) for shown in page.items], scope)


@endpoints.add("GET", "/pictures/{picture_id}", returns=PictureView)
def get_picture(call: Call[Nothing, Nothing]) -> PictureView:
    """Return one of one's own pictures and how far it is."""
    picture_id = call.path_id("picture_id")
    return shown_picture_view(
        services().pictures.show(picture_id=picture_id, owner_id=call.user_id)
    )


@endpoints.add("POST", "/pictures/{picture_id}/cancel", returns=PictureView, errors=(409,))
def cancel_picture(call: Call[Nothing, Nothing]) -> PictureView:
    """Stop a picture that is not ready; before it is drawn it costs nothing of the day's quota."""
    picture_id = call.path_id("picture_id")
    return picture_view(services().pictures.cancel(picture_id=picture_id, owner_id=call.user_id))


@endpoints.add(
    "POST",
    "/pictures/{picture_id}/variations",
    body=OrderVariations,
    returns=PicturesView,
    status=202,
    idempotent=True,
    errors=(429,),
)
def order_variations(call: Call[OrderVariations, Nothing]) -> PicturesView:
    """Ask for the same picture again with other seeds."""
    pictures = services().picture_orders.order_variations(
        picture_id=call.path_id("picture_id"),
        owner_id=call.user_id,
        count=call.body.count,
        claim=call.claim(pictures_view),
    )
    return pictures_view(pictures)


@endpoints.add("DELETE", "/pictures/{picture_id}", status=204)
def delete_picture(call: Call[Nothing, Nothing]) -> Reply:
    """Delete one of one's own pictures, in whatever state it is."""
    picture_id = call.path_id("picture_id")
    services().pictures.remove(picture_id=picture_id, owner_id=call.user_id)
    return Reply()
