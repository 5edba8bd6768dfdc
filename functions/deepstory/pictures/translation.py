"""Korean to English by Amazon Translate."""

from __future__ import annotations

from typing import Any

from deepstory.errors import UnavailableError


class AmazonTranslation:
    def __init__(self, client: Any) -> None:
        self._client = client

    def __call__(self, text: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.translate_text(
                Text=text, SourceLanguageCode="ko", TargetLanguageCode="en"
            )
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError(retry_after=5) from error
        return str(answer["TranslatedText"])
