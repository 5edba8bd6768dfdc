from typing import Any

from model.serving.rows import Cohort, Row
from model.serving.streams import Streams

Member = tuple[Row, Cohort]


class Plan:
    """All that the UNet is given besides latents, for rows that stay as they are for some steps.

    It is spent when one of them has no step left, or is guided no longer. A guided row takes two
    samples of the UNet, any other one: first all without their prompts, then all with them.
    """

    def __init__(self, pipeline: Any, streams: Streams, members: list[Member]) -> None:
        import torch

        device, dtype = pipeline.device, pipeline.unet.dtype
        places = [
            place
            for place, (row, cohort) in enumerate(members)
            if cohort.index < cohort.guided_steps(row)
        ]
        self._number = len(members)
        self._guided = len(places)
        self._left = min(_steps_alike(*member) for member in members)
        self._next = 0
        samples = [*(members[place] for place in places), *members]
        columns = [cohort.times[cohort.index : cohort.index + self._left] for _, cohort in samples]
        self._times = streams.upload(torch.stack(columns, dim=1), device)
        conditions = [members[place][0].negative for place in places]
        conditions += [row.prompt for row, _ in members]
        self._words = torch.cat([each.words for each in conditions])
        self._added = _added_conditions(pipeline, streams, members[0][0], conditions)
        self._strength = None
        if members[0][0].strength is not None:
            self._strength = torch.cat([row.strength for row, _ in members]).to(device, dtype)
        self._places = None
        if 0 < self._guided < self._number:
            self._places = streams.upload(torch.tensor(places), device)
        scales = [members[place][0].scale for place in places]
        self._scale: Any = scales[0] if scales else None
        if len(set(scales)) > 1:
            self._scale = streams.upload(torch.tensor(scales).view(-1, 1, 1, 1), device)

    @property
    def spent(self) -> bool:
        return self._next >= self._left

    def predict(self, unet: Any, latents: Any) -> Any:
        """The guided noise in the rows' latents."""
        answer = unet(
            self._samples(latents),
            self._times[self._next],
            encoder_hidden_states=self._words,
            timestep_cond=self._strength,
            cross_attention_kwargs=None,
            added_cond_kwargs=self._added,
            return_dict=False,
        )[0]
        self._next += 1
        if not self._guided:
            return answer
        plain, described = answer[: self._guided], answer[self._guided :]
        if self._places is None:
            return self._guide(plain, described)
        guided = self._guide(plain, described.index_select(0, self._places))
        return described.index_copy(0, self._places, guided)

    def _samples(self, latents: Any) -> Any:
        import torch

        if not self._guided:
            return latents
        twice = latents if self._places is None else latents.index_select(0, self._places)
        return torch.cat([twice, latents])

    def _guide(self, plain: Any, described: Any) -> Any:
        return (plain + self._scale * (described - plain)).to(plain.dtype)


def _steps_alike(row: Row, cohort: Cohort) -> int:
    """For how many steps a row needs as many samples as it does now."""
    until = cohort.guided_steps(row)
    return (until if cohort.index < until else cohort.steps) - cohort.index


def _added_conditions(
    pipeline: Any, streams: Streams, row: Row, conditions: list[Any]
) -> dict[str, Any] | None:
    """SDXL's pooled texts and picture sizes."""
    import torch

    if row.prompt.pooled is None:
        return None
    encoder = pipeline.text_encoder_2
    pooled = torch.cat([each.pooled for each in conditions])
    width, height = row.job.drawing.size
    numbers = pipeline._get_add_time_ids(
        (height, width),
        (0, 0),
        (height, width),
        dtype=pooled.dtype,
        text_encoder_projection_dim=encoder.config.projection_dim,
    )
    numbers = streams.upload(numbers.repeat(len(pooled), 1), pooled.device)
    return {"text_embeds": pooled, "time_ids": numbers}
