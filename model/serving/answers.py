import base64
import io

from PIL.Image import Image
from starlette.responses import JSONResponse, Response

from model.serving.drawing import JSON, PNG, WEBP, Drawing
from model.serving.errors import RequestError


def error_answer(error: RequestError) -> Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    return JSONResponse(describe_error(error), error.status, headers)


def describe_error(error: RequestError) -> dict[str, object]:
    return {"error": {"code": error.code, "message": error.message}}


def picture_answer(
    drawing: Drawing, pictures: list[Image], media_type: str, seconds: float
) -> Response:
    if media_type != JSON:
        return Response(_encode(pictures[0], media_type), media_type=media_type)
    return JSONResponse(describe_pictures(drawing, pictures, seconds))


def describe_pictures(drawing: Drawing, pictures: list[Image], seconds: float) -> dict[str, object]:
    """The answer of kind application/json."""
    images = [
        {"seed": seed, "media_type": PNG, "data": base64.b64encode(data).decode()}
        for seed, picture in zip(drawing.seeds, pictures, strict=True)
        for data in [_encode(picture, PNG)]
    ]
    return {
        "images": images,
        "width": drawing.width,
        "height": drawing.height,
        "steps": drawing.steps,
        "guidance_scale": drawing.guidance_scale,
        "seconds": round(seconds, 3),
    }


def _encode(picture: Image, media_type: str) -> bytes:
    buffer = io.BytesIO()
    if media_type == WEBP:
        picture.save(buffer, "WEBP", quality=90)
    else:
        picture.save(buffer, "PNG")
    return buffer.getvalue()
