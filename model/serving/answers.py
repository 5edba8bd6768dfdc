import base64
import io

from PIL.Image import Image
from starlette.responses import JSONResponse, Response

from model.serving.drawing import JSON, PNG, WEBP, Drawing
from model.serving.errors import RequestError


def error_answer(error: RequestError) -> Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    body = {"error": {"code": error.code, "message": error.message}}
    return JSONResponse(body, error.status, headers)


def picture_answer(
    drawing: Drawing, pictures: list[Image], media_type: str, seconds: float
) -> Response:
    if media_type != JSON:
        return Response(_encode(pictures[0], media_type), media_type=media_type)
    images = [
        {"seed": seed, "media_type": PNG, "data": base64.b64encode(data).decode()}
        for seed, picture in zip(drawing.seeds, pictures, strict=True)
        for data in [_encode(picture, PNG)]
    ]
    return JSONResponse(
        {
            "images": images,
            "width": drawing.width,
            "height": drawing.height,
            "steps": drawing.steps,
            "guidance_scale": drawing.guidance_scale,
            "seconds": round(seconds, 3),
        }
    )


def _encode(picture: Image, media_type: str) -> bytes:
    buffer = io.BytesIO()
    if media_type == WEBP:
        picture.save(buffer, "WEBP", quality=90)
    else:
        picture.save(buffer, "PNG")
    return buffer.getvalue()
